# One of four APIs, by the variable kind; GET /hello is the protected route. Deploy/README.md says what each part is for.

terraform {
  required_version = ">= 1.5"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.40, < 6"
    }
  }
}

data "aws_partition" "current" {}
data "aws_region" "current" {}
data "aws_caller_identity" "current" {}

locals {
  is_simple   = var.kind == "HTTP_SIMPLE"
  is_http     = var.kind == "HTTP" || local.is_simple
  rest        = local.is_http ? 0 : 1
  http        = local.is_http ? 1 : 0
  metadata    = !local.is_http && var.resource_metadata != null ? 1 : 0
  api_id      = local.is_http ? aws_apigatewayv2_api.api[0].id : aws_api_gateway_rest_api.api[0].id
  execution   = "arn:${data.aws_partition.current.partition}:execute-api:${data.aws_region.current.name}:${data.aws_caller_identity.current.account_id}:${local.api_id}"
  invoke_path = "arn:${data.aws_partition.current.partition}:apigateway:${data.aws_region.current.name}:lambda:path/2015-03-31/functions/${aws_lambda_function.authorizer.arn}/invocations"
}

# The configuration creates the log group, with a retention; the function does not need the permission to create groups.
resource "aws_cloudwatch_log_group" "authorizer" {
  name              = "/aws/lambda/${var.name}"
  retention_in_days = var.log_retention_days
}

resource "aws_iam_role" "authorizer" {
  name = var.name
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = "lambda.amazonaws.com" }, Action = "sts:AssumeRole" }]
  })
}

resource "aws_iam_role_policy" "logs" {
  name = "logs"
  role = aws_iam_role.authorizer.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
      Resource = "${aws_cloudwatch_log_group.authorizer.arn}:*"
    }]
  })
}

resource "aws_lambda_function" "authorizer" {
  function_name    = var.name
  role             = aws_iam_role.authorizer.arn
  runtime          = "provided.al2023"
  handler          = "bootstrap"
  filename         = var.zip
  source_code_hash = filebase64sha256(var.zip)
  architectures    = [var.architecture]
  # The least that Lambda offers: the binary needs 4 MB, and a decision less than the millisecond that is billed.
  memory_size = var.memory_megabytes
  # The gateway waits ten seconds at most for an HTTP API.
  timeout = 10

  logging_config {
    log_format            = "JSON"
    application_log_level = var.log_level
    system_log_level      = "WARN"
    log_group             = aws_cloudwatch_log_group.authorizer.name
  }

  environment {
    variables = { for name, value in {
      JWKS_URI        = var.jwks_uri
      RESOURCE        = "${local.execution}/prod/*"
      ISSUER          = var.issuer
      AUDIENCE        = var.audience
      REQUIRED_SCOPES = var.required_scopes
      CONTEXT_CLAIMS  = var.context_claims
      # Must agree with enable_simple_responses below: where it does not, every request is a 500.
      HTTP_API_RESPONSE     = local.is_simple ? "simple" : "iam"
      LOG_LEVEL             = var.log_level
      RESOURCE_METADATA_URI = var.resource_metadata_url
    } : name => value if value != null }
  }
}

resource "aws_lambda_permission" "api" {
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.authorizer.function_name
  principal     = "apigateway.amazonaws.com"
  source_arn    = "${local.execution}/authorizers/*"
}

# A REST API.

resource "aws_api_gateway_rest_api" "api" {
  count = local.rest
  name  = var.name
  endpoint_configuration {
    types = ["REGIONAL"]
  }
}

resource "aws_api_gateway_authorizer" "tokens" {
  count                            = local.rest
  name                             = "tokens"
  rest_api_id                      = aws_api_gateway_rest_api.api[0].id
  type                             = var.kind
  authorizer_uri                   = local.invoke_path
  authorizer_result_ttl_in_seconds = var.result_ttl_seconds
  identity_source                  = "method.request.header.Authorization"
  # A value that does not look like a token gets its 401 from the gateway; the function is not invoked, nothing is logged.
  identity_validation_expression = var.kind == "TOKEN" ? "^[Bb]earer [A-Za-z0-9_-]+[.][A-Za-z0-9_-]+[.][A-Za-z0-9_-]+$" : null
}

# RFC 6750: the answer to a client without a valid token. It is static: the reason is in the function's log.
resource "aws_api_gateway_gateway_response" "unauthorized" {
  count         = local.rest
  rest_api_id   = aws_api_gateway_rest_api.api[0].id
  response_type = "UNAUTHORIZED"
  status_code   = "401"
  response_parameters = {
    "gatewayresponse.header.Access-Control-Allow-Origin"   = "'${var.allow_origin}'"
    "gatewayresponse.header.Access-Control-Expose-Headers" = "'WWW-Authenticate'"
    "gatewayresponse.header.WWW-Authenticate"              = var.resource_metadata_url == null ? "'Bearer'" : "'Bearer resource_metadata=\"${var.resource_metadata_url}\"'"
  }
  response_templates = { "application/json" = "{\"message\":\"Unauthorized\"}" }
}

# The reason, and the scopes that the client needs. A header cannot have them: values of $context in headers are not documented.
# The context's challenge contains quotation marks, which a template does not escape, so a JSON body cannot have it.
resource "aws_api_gateway_gateway_response" "access_denied" {
  count               = local.rest
  rest_api_id         = aws_api_gateway_rest_api.api[0].id
  response_type       = "ACCESS_DENIED"
  status_code         = "403"
  response_parameters = { "gatewayresponse.header.Access-Control-Allow-Origin" = "'${var.allow_origin}'" }
  response_templates  = { "application/json" = "{\"message\":\"Forbidden\",\"reason\":\"$context.authorizer.reason\",\"error\":\"$context.authorizer.error\",\"scope\":\"$context.authorizer.required_scopes\"}" }
}

resource "aws_api_gateway_resource" "hello" {
  count       = local.rest
  rest_api_id = aws_api_gateway_rest_api.api[0].id
  parent_id   = aws_api_gateway_rest_api.api[0].root_resource_id
  path_part   = "hello"
}

resource "aws_api_gateway_method" "hello" {
  count         = local.rest
  rest_api_id   = aws_api_gateway_rest_api.api[0].id
  resource_id   = aws_api_gateway_resource.hello[0].id
  http_method   = "GET"
  authorization = "CUSTOM"
  authorizer_id = aws_api_gateway_authorizer.tokens[0].id
}

resource "aws_api_gateway_integration" "hello" {
  count             = local.rest
  rest_api_id       = aws_api_gateway_rest_api.api[0].id
  resource_id       = aws_api_gateway_resource.hello[0].id
  http_method       = aws_api_gateway_method.hello[0].http_method
  type              = "MOCK"
  request_templates = { "application/json" = "{\"statusCode\":200}" }
}

resource "aws_api_gateway_method_response" "hello" {
  count       = local.rest
  rest_api_id = aws_api_gateway_rest_api.api[0].id
  resource_id = aws_api_gateway_resource.hello[0].id
  http_method = aws_api_gateway_method.hello[0].http_method
  status_code = "200"
}

resource "aws_api_gateway_integration_response" "hello" {
  count              = local.rest
  rest_api_id        = aws_api_gateway_rest_api.api[0].id
  resource_id        = aws_api_gateway_resource.hello[0].id
  http_method        = aws_api_gateway_method.hello[0].http_method
  status_code        = aws_api_gateway_method_response.hello[0].status_code
  response_templates = { "application/json" = "{\"hello\":\"$context.authorizer.principalId\"}" }
  depends_on         = [aws_api_gateway_integration.hello]
}

# RFC 9728: the metadata at /.well-known/oauth-protected-resource, and below it for a resource with a path. Without
# authorization: clients read it before they get a token.

resource "aws_api_gateway_resource" "well_known" {
  count       = local.metadata
  rest_api_id = aws_api_gateway_rest_api.api[0].id
  parent_id   = aws_api_gateway_rest_api.api[0].root_resource_id
  path_part   = ".well-known"
}

resource "aws_api_gateway_resource" "metadata" {
  count       = local.metadata
  rest_api_id = aws_api_gateway_rest_api.api[0].id
  parent_id   = aws_api_gateway_resource.well_known[0].id
  path_part   = "oauth-protected-resource"
}

resource "aws_api_gateway_resource" "metadata_of_path" {
  count       = local.metadata
  rest_api_id = aws_api_gateway_rest_api.api[0].id
  parent_id   = aws_api_gateway_resource.metadata[0].id
  path_part   = "{path+}"
}

resource "aws_api_gateway_method" "metadata" {
  count         = 2 * local.metadata
  rest_api_id   = aws_api_gateway_rest_api.api[0].id
  resource_id   = [aws_api_gateway_resource.metadata[0].id, aws_api_gateway_resource.metadata_of_path[0].id][count.index]
  http_method   = "GET"
  authorization = "NONE"
}

resource "aws_api_gateway_integration" "metadata" {
  count             = 2 * local.metadata
  rest_api_id       = aws_api_gateway_rest_api.api[0].id
  resource_id       = aws_api_gateway_method.metadata[count.index].resource_id
  http_method       = aws_api_gateway_method.metadata[count.index].http_method
  type              = "MOCK"
  request_templates = { "application/json" = "{\"statusCode\":200}" }
}

resource "aws_api_gateway_method_response" "metadata" {
  count               = 2 * local.metadata
  rest_api_id         = aws_api_gateway_rest_api.api[0].id
  resource_id         = aws_api_gateway_method.metadata[count.index].resource_id
  http_method         = aws_api_gateway_method.metadata[count.index].http_method
  status_code         = "200"
  response_parameters = { "method.response.header.Access-Control-Allow-Origin" = true }
}

resource "aws_api_gateway_integration_response" "metadata" {
  count               = 2 * local.metadata
  rest_api_id         = aws_api_gateway_rest_api.api[0].id
  resource_id         = aws_api_gateway_method.metadata[count.index].resource_id
  http_method         = aws_api_gateway_method.metadata[count.index].http_method
  status_code         = aws_api_gateway_method_response.metadata[count.index].status_code
  response_parameters = { "method.response.header.Access-Control-Allow-Origin" = "'${var.allow_origin}'" }
  response_templates  = { "application/json" = var.resource_metadata }
  depends_on          = [aws_api_gateway_integration.metadata]
}

resource "aws_api_gateway_deployment" "api" {
  count       = local.rest
  rest_api_id = aws_api_gateway_rest_api.api[0].id
  triggers = { change = sha1(jsonencode([
    aws_api_gateway_authorizer.tokens[0], aws_api_gateway_gateway_response.unauthorized[0],
    aws_api_gateway_gateway_response.access_denied[0], aws_api_gateway_method.hello[0],
    aws_api_gateway_integration.hello[0], aws_api_gateway_integration_response.hello[0],
    aws_api_gateway_integration.metadata, aws_api_gateway_integration_response.metadata,
  ])) }
  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_api_gateway_stage" "prod" {
  count         = local.rest
  rest_api_id   = aws_api_gateway_rest_api.api[0].id
  deployment_id = aws_api_gateway_deployment.api[0].id
  stage_name    = "prod"
}

# An HTTP API. It does not have gateway responses: CORS is its own setting; Deploy/README.md describes refusals.

resource "aws_apigatewayv2_api" "api" {
  count         = local.http
  name          = var.name
  protocol_type = "HTTP"
  cors_configuration {
    allow_origins = [var.allow_origin]
    allow_headers = ["authorization"]
    allow_methods = ["GET"]
  }
}

resource "aws_apigatewayv2_authorizer" "tokens" {
  count                             = local.http
  api_id                            = aws_apigatewayv2_api.api[0].id
  name                              = "tokens"
  authorizer_type                   = "REQUEST"
  authorizer_payload_format_version = "2.0"
  enable_simple_responses           = local.is_simple
  authorizer_uri                    = local.invoke_path
  authorizer_result_ttl_in_seconds  = var.result_ttl_seconds
  # A kept true or false is good for every route of the token, so it is kept for each route. A request without the header
  # gets its 401 from the gateway.
  identity_sources = local.is_simple ? ["$request.header.Authorization", "$context.routeKey"] : ["$request.header.Authorization"]
}

resource "aws_apigatewayv2_integration" "hello" {
  count                  = local.http
  api_id                 = aws_apigatewayv2_api.api[0].id
  integration_type       = "HTTP_PROXY"
  integration_method     = "GET"
  integration_uri        = var.integration_url
  payload_format_version = "1.0"
}

resource "aws_apigatewayv2_route" "hello" {
  count              = local.http
  api_id             = aws_apigatewayv2_api.api[0].id
  route_key          = "GET /hello"
  authorization_type = "CUSTOM"
  authorizer_id      = aws_apigatewayv2_authorizer.tokens[0].id
  target             = "integrations/${aws_apigatewayv2_integration.hello[0].id}"
}

resource "aws_apigatewayv2_stage" "prod" {
  count       = local.http
  api_id      = aws_apigatewayv2_api.api[0].id
  name        = "prod"
  auto_deploy = true
}
