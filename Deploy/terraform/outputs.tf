output "url" {
  value = "https://${local.api_id}.execute-api.${data.aws_region.current.name}.${data.aws_partition.current.dns_suffix}/prod/hello"
}

output "function_name" {
  value = aws_lambda_function.authorizer.function_name
}
