variable "name" {
  description = "What everything is called, and begins with."
  type        = string
  default     = "hopwatch"
}

variable "package" {
  description = "The function's zip, as `cargo lambda build --release --bin bootstrap --output-format zip` makes it."
  type        = string
}

variable "architecture" {
  description = "What the package was built for."
  type        = string
  default     = "arm64"
  validation {
    condition     = contains(["arm64", "x86_64"], var.architecture)
    error_message = "The architecture is arm64 or x86_64."
  }
}

variable "path_file" {
  description = "Where the path file is: s3://bucket/key or ssm:/name."
  type        = string
  validation {
    condition     = can(regex("^(s3://[^/]+/.+|ssm:/.+)$", var.path_file))
    error_message = "The path file is s3://bucket/key or ssm:/name."
  }
}

variable "alert_email" {
  description = "An address that hears every alert; it must confirm the subscription."
  type        = string
  default     = null
}

variable "slack_workspace_id" {
  description = "The workspace's id in Amazon Q Developer in chat applications, as in T0123456789; null for no Slack."
  type        = string
  default     = null
}

variable "slack_channel_id" {
  description = "The Slack channel's id; of no effect without slack_workspace_id."
  type        = string
  default     = null
}

variable "allowed_topic_arns" {
  description = "Further topics that the path file may name."
  type        = list(string)
  default     = []
}

variable "member_role_arns" {
  description = "Roles in other accounts that the path file may have assumed (infra/member-account.yaml makes them)."
  type        = list(string)
  default     = []
}

variable "organization_id" {
  description = "The organization whose accounts may forward their events to this account's bus."
  type        = string
  default     = null
}

variable "message_structure" {
  description = "A text for each protocol (json), or one text for all (string)."
  type        = string
  default     = "json"
  validation {
    condition     = contains(["json", "string"], var.message_structure)
    error_message = "The message structure is json or string."
  }
}

variable "memory_size" {
  description = "The function's memory in MB."
  type        = number
  default     = 512
}

variable "log_retention_days" {
  description = "How long logs are kept."
  type        = number
  default     = 30
}

variable "log_level" {
  description = "error, warn, info or debug."
  type        = string
  default     = "info"
  validation {
    condition     = contains(["error", "warn", "info", "debug"], var.log_level)
    error_message = "The log level is error, warn, info or debug."
  }
}
