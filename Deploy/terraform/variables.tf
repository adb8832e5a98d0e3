variable "name" {
  type    = string
  default = "authorizer"
}

variable "kind" {
  description = "TOKEN or REQUEST for a REST API; HTTP (answered by a policy) or HTTP_SIMPLE (true or false) for an HTTP API, payload format 2.0"
  type        = string
  default     = "TOKEN"
  validation {
    condition     = contains(["TOKEN", "REQUEST", "HTTP", "HTTP_SIMPLE"], var.kind)
    error_message = "kind is TOKEN, REQUEST, HTTP or HTTP_SIMPLE."
  }
}

variable "zip" {
  description = "The zip of the release"
  type        = string
}

variable "architecture" {
  type    = string
  default = "arm64"
  validation {
    condition     = contains(["arm64", "x86_64"], var.architecture)
    error_message = "architecture is arm64 or x86_64."
  }
}

variable "jwks_uri" {
  type = string
}

variable "issuer" {
  description = "What iss must be; null is not checked"
  type        = string
}

variable "audience" {
  description = "What aud must hold, separated by commas; null is not checked"
  type        = string
}

variable "required_scopes" {
  type    = string
  default = null
}

variable "context_claims" {
  type    = string
  default = "sub"
}

variable "log_level" {
  type    = string
  default = "INFO"
}

variable "log_retention_days" {
  type    = number
  default = 30
}

variable "memory_megabytes" {
  type    = number
  default = 128
}

variable "result_ttl_seconds" {
  description = "A token is let in for up to this long after it expires"
  type        = number
  default     = 300
}

variable "allow_origin" {
  type    = string
  default = "*"
}

variable "resource_metadata_url" {
  description = "RFC 9728: the address of the metadata, at a custom domain of the API; null leaves it out"
  type        = string
  default     = null
  validation {
    condition     = var.resource_metadata_url == null || can(regex("^https://[^/?#']+/\\.well-known/oauth-protected-resource(/[^?#']+)?$", var.resource_metadata_url))
    error_message = "resource_metadata_url is https://HOST/.well-known/oauth-protected-resource, or that and the resource's path."
  }
}

variable "resource_metadata" {
  description = "What authorizer resource-metadata prints: a REST API serves it at that address, without authorization; null serves nothing"
  type        = string
  default     = null
}

variable "integration_url" {
  description = "What an HTTP API's route leads to"
  type        = string
  default     = "https://example.com/"
}
