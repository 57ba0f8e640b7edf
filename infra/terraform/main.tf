data "aws_caller_identity" "this" {}
data "aws_partition" "this" {}
data "aws_region" "this" {}

locals {
  account   = data.aws_caller_identity.this.account_id
  partition = data.aws_partition.this.partition
  region    = data.aws_region.this.name
  bus_arn   = "arn:${local.partition}:events:${local.region}:${local.account}:event-bus/default"

  # What hopwatch can read decides; `UPDATE_INFRA=1 cargo test --test it infra` writes both files.
  patterns = jsondecode(file("${path.module}/patterns.json"))
  reads    = jsondecode(file("${path.module}/reads.json"))

  path_file_statement = startswith(var.path_file, "s3://") ? {
    Effect   = "Allow"
    Action   = "s3:GetObject"
    Resource = "arn:${local.partition}:s3:::${trimprefix(var.path_file, "s3://")}"
    } : {
    Effect   = "Allow"
    Action   = "ssm:GetParameter"
    Resource = "arn:${local.partition}:ssm:${local.region}:${local.account}:parameter${trimprefix(var.path_file, "ssm:")}"
  }
}

# ── in ──────────────────────────────────────────────────────────────────────────────────────────────────────────────

resource "aws_cloudwatch_event_rule" "changes" {
  for_each      = local.patterns
  name          = "${var.name}-${each.key}"
  description   = "What may break a network path"
  event_pattern = jsonencode(each.value)
}

resource "aws_cloudwatch_event_target" "queue" {
  for_each = local.patterns
  rule     = aws_cloudwatch_event_rule.changes[each.key].name
  arn      = aws_sqs_queue.queue.arn
  dead_letter_config {
    arn = aws_sqs_queue.dead_letters.arn
  }
}

resource "aws_sqs_queue" "queue" {
  name                       = var.name
  sqs_managed_sse_enabled    = true
  visibility_timeout_seconds = 6 * aws_lambda_function.this.timeout
  message_retention_seconds  = 345600
  redrive_policy = jsonencode({
    deadLetterTargetArn = aws_sqs_queue.dead_letters.arn
    maxReceiveCount     = 5
  })
}

resource "aws_sqs_queue" "dead_letters" {
  name                      = "${var.name}-dead-letters"
  sqs_managed_sse_enabled   = true
  message_retention_seconds = 1209600
}

data "aws_iam_policy_document" "queue" {
  for_each = {
    queue        = aws_sqs_queue.queue
    dead_letters = aws_sqs_queue.dead_letters
  }
  statement {
    actions   = ["sqs:SendMessage"]
    resources = [each.value.arn]
    principals {
      type        = "Service"
      identifiers = ["events.amazonaws.com"]
    }
    condition {
      test     = "ArnEquals"
      variable = "aws:SourceArn"
      values   = [for rule in aws_cloudwatch_event_rule.changes : rule.arn]
    }
  }
}

resource "aws_sqs_queue_policy" "queue" {
  queue_url = aws_sqs_queue.queue.id
  policy    = data.aws_iam_policy_document.queue["queue"].json
}

resource "aws_sqs_queue_policy" "dead_letters" {
  queue_url = aws_sqs_queue.dead_letters.id
  policy    = data.aws_iam_policy_document.queue["dead_letters"].json
}

resource "aws_scheduler_schedule" "sweep" {
  name                = "${var.name}-sweep"
  description         = "Every hour all paths are looked at, whatever events told"
  schedule_expression = "rate(1 hour)"
  flexible_time_window {
    mode = "OFF"
  }
  target {
    arn      = aws_sqs_queue.queue.arn
    role_arn = aws_iam_role.sweep.arn
    input    = "{\"sweep\":\"all\",\"scheduled\":\"<aws.scheduler.scheduled-time>\"}"
  }
}

resource "aws_iam_role" "sweep" {
  name_prefix = "${var.name}-sweep-"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "scheduler.amazonaws.com" }
      Action    = "sts:AssumeRole"
      Condition = { StringEquals = { "aws:SourceAccount" = local.account } }
    }]
  })
}

resource "aws_iam_role_policy" "sweep" {
  name = "send"
  role = aws_iam_role.sweep.id
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sqs:SendMessage", Resource = aws_sqs_queue.queue.arn }]
  })
}

resource "aws_cloudwatch_event_permission" "organization" {
  count        = var.organization_id == null ? 0 : 1
  principal    = "*"
  statement_id = "${var.name}-organization"
  condition {
    key   = "aws:PrincipalOrgID"
    type  = "StringEquals"
    value = var.organization_id
  }
}

# ── the function ────────────────────────────────────────────────────────────────────────────────────────────────────

resource "aws_lambda_function" "this" {
  function_name    = var.name
  description      = "Evaluates the required network paths after a change, and tells who must know"
  filename         = var.package
  source_code_hash = filebase64sha256(var.package)
  handler          = "bootstrap"
  runtime          = "provided.al2023"
  architectures    = [var.architecture]
  memory_size      = var.memory_size
  timeout          = 120
  role             = aws_iam_role.function.arn
  logging_config {
    log_format = "Text"
    log_group  = aws_cloudwatch_log_group.this.name
  }
  environment {
    variables = {
      HOPWATCH_PATHS             = var.path_file
      HOPWATCH_TABLE             = aws_dynamodb_table.this.name
      HOPWATCH_QUEUE_URL         = "https://sqs.${local.region}.${data.aws_partition.this.dns_suffix}/${local.account}/${var.name}"
      HOPWATCH_BUS               = "default"
      HOPWATCH_TOPIC             = aws_sns_topic.this.arn
      HOPWATCH_ALLOWED_TOPICS    = join(",", var.allowed_topic_arns)
      HOPWATCH_ALLOWED_ROLES     = join(",", var.member_role_arns)
      HOPWATCH_MESSAGE_STRUCTURE = var.message_structure
      HOPWATCH_ROLE_ARN          = aws_iam_role.function.arn
      AWS_LAMBDA_LOG_LEVEL       = var.log_level
    }
  }
  depends_on = [aws_iam_role_policy.function]
}

resource "aws_lambda_event_source_mapping" "queue" {
  event_source_arn                   = aws_sqs_queue.queue.arn
  function_name                      = aws_lambda_function.this.arn
  batch_size                         = 500
  maximum_batching_window_in_seconds = 20
  function_response_types            = ["ReportBatchItemFailures"]
  scaling_config {
    maximum_concurrency = 2
  }
}

resource "aws_cloudwatch_log_group" "this" {
  name              = "/hopwatch/${var.name}"
  retention_in_days = var.log_retention_days
}

resource "aws_iam_role" "function" {
  name_prefix = "${var.name}-"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "lambda.amazonaws.com" }
      Action    = "sts:AssumeRole"
    }]
  })
}

resource "aws_iam_role_policy" "function" {
  name = "hopwatch"
  role = aws_iam_role.function.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      [
        {
          Effect   = "Allow"
          Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
          Resource = "${aws_cloudwatch_log_group.this.arn}:*"
        },
        {
          Effect   = "Allow"
          Action   = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:SendMessage"]
          Resource = "arn:${local.partition}:sqs:${local.region}:${local.account}:${var.name}"
        },
        {
          Effect   = "Allow"
          Action   = ["dynamodb:Scan", "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:DeleteItem"]
          Resource = aws_dynamodb_table.this.arn
        },
        {
          Effect   = "Allow"
          Action   = "sns:Publish"
          Resource = concat([aws_sns_topic.this.arn], var.allowed_topic_arns)
        },
        {
          Effect   = "Allow"
          Action   = ["kms:GenerateDataKey", "kms:Decrypt"]
          Resource = aws_kms_key.topic.arn
        },
        {
          Effect   = "Allow"
          Action   = "events:PutEvents"
          Resource = local.bus_arn
        },
        {
          Effect   = "Allow"
          Action   = concat(local.reads, ["cloudtrail:LookupEvents"])
          Resource = "*"
        },
        local.path_file_statement,
      ],
      length(var.member_role_arns) == 0 ? [] : [
        {
          Effect   = "Allow"
          Action   = "sts:AssumeRole"
          Resource = var.member_role_arns
        },
      ],
    )
  })
}

# ── what is remembered ──────────────────────────────────────────────────────────────────────────────────────────────

resource "aws_dynamodb_table" "this" {
  name         = var.name
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "pk"
  attribute {
    name = "pk"
    type = "S"
  }
  ttl {
    attribute_name = "expires"
    enabled        = true
  }
  point_in_time_recovery {
    enabled = true
  }
  server_side_encryption {
    enabled = true
  }
}

# ── out ─────────────────────────────────────────────────────────────────────────────────────────────────────────────

# A key of our own: alarms cannot publish to a topic under SNS's own key.
resource "aws_kms_key" "topic" {
  description             = "Encrypts hopwatch's alerts"
  enable_key_rotation     = true
  deletion_window_in_days = 7
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "Administer"
        Effect    = "Allow"
        Principal = { AWS = "arn:${local.partition}:iam::${local.account}:root" }
        Action    = "kms:*"
        Resource  = "*"
      },
      {
        Sid       = "Alarms"
        Effect    = "Allow"
        Principal = { Service = "cloudwatch.amazonaws.com" }
        Action    = ["kms:GenerateDataKey*", "kms:Decrypt"]
        Resource  = "*"
        Condition = { StringEquals = { "aws:SourceAccount" = local.account } }
      },
    ]
  })
}

resource "aws_sns_topic" "this" {
  name              = var.name
  display_name      = "hopwatch"
  kms_master_key_id = aws_kms_key.topic.arn
}

resource "aws_sns_topic_policy" "this" {
  arn = aws_sns_topic.this.arn
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "Alarms"
        Effect    = "Allow"
        Principal = { Service = "cloudwatch.amazonaws.com" }
        Action    = "sns:Publish"
        Resource  = aws_sns_topic.this.arn
        Condition = { StringEquals = { "aws:SourceAccount" = local.account } }
      },
      {
        Sid       = "OnlyEncrypted"
        Effect    = "Deny"
        Principal = "*"
        Action    = "sns:Publish"
        Resource  = aws_sns_topic.this.arn
        Condition = { Bool = { "aws:SecureTransport" = "false" } }
      },
    ]
  })
}

resource "aws_sns_topic_subscription" "email" {
  count     = var.alert_email == null ? 0 : 1
  topic_arn = aws_sns_topic.this.arn
  protocol  = "email"
  endpoint  = var.alert_email
}

resource "aws_chatbot_slack_channel_configuration" "this" {
  count              = var.slack_workspace_id == null ? 0 : 1
  configuration_name = "${var.name}-alerts"
  slack_team_id      = var.slack_workspace_id
  slack_channel_id   = var.slack_channel_id
  iam_role_arn       = aws_iam_role.slack[0].arn
  sns_topic_arns     = [aws_sns_topic.this.arn]
  logging_level      = "ERROR"
}

# It may do nothing: alerts come to the channel, and nobody acts from there.
resource "aws_iam_role" "slack" {
  count       = var.slack_workspace_id == null ? 0 : 1
  name_prefix = "${var.name}-slack-"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "chatbot.amazonaws.com" }
      Action    = "sts:AssumeRole"
      Condition = { StringEquals = { "aws:SourceAccount" = local.account } }
    }]
  })
}

# ── who watches the watcher ─────────────────────────────────────────────────────────────────────────────────────────

locals {
  alarms = {
    dead-letters = {
      description = "hopwatch could not evaluate some events. They lie in the dead-letter queue; the function's log says why."
      namespace   = "AWS/SQS"
      metric      = "ApproximateNumberOfMessagesVisible"
      dimensions  = { QueueName = aws_sqs_queue.dead_letters.name }
      statistic   = "Maximum"
      period      = 60
      periods     = 1
      datapoints  = 1
      comparison  = "GreaterThanThreshold"
      threshold   = 0
      missing     = "notBreaching"
    }
    errors = {
      description = "hopwatch's function fails (crashes, time-outs, memory)."
      namespace   = "AWS/Lambda"
      metric      = "Errors"
      dimensions  = { FunctionName = aws_lambda_function.this.function_name }
      statistic   = "Sum"
      period      = 300
      periods     = 1
      datapoints  = 1
      comparison  = "GreaterThanThreshold"
      threshold   = 0
      missing     = "notBreaching"
    }
    failed-invocations = {
      description = "hopwatch gives its batches back (no path file, no network, no table). The function's log says why."
      namespace   = "hopwatch"
      metric      = "FailedInvocations"
      dimensions  = { FunctionName = aws_lambda_function.this.function_name }
      statistic   = "Sum"
      period      = 300
      periods     = 3
      datapoints  = 2
      comparison  = "GreaterThanThreshold"
      threshold   = 0
      missing     = "notBreaching"
    }
    old-messages = {
      description = "Events wait for hopwatch for more than a quarter of an hour."
      namespace   = "AWS/SQS"
      metric      = "ApproximateAgeOfOldestMessage"
      dimensions  = { QueueName = aws_sqs_queue.queue.name }
      statistic   = "Maximum"
      period      = 60
      periods     = 5
      datapoints  = 5
      comparison  = "GreaterThanThreshold"
      threshold   = 900
      missing     = "notBreaching"
    }
    no-sweep = {
      description = "hopwatch has not looked at all paths for two hours. Until it does, what no event tells of goes unseen."
      namespace   = "hopwatch"
      metric      = "Sweeps"
      dimensions  = { FunctionName = aws_lambda_function.this.function_name }
      statistic   = "Sum"
      period      = 3600
      periods     = 2
      datapoints  = 2
      comparison  = "LessThanThreshold"
      threshold   = 1
      missing     = "breaching"
    }
  }
}

resource "aws_cloudwatch_metric_alarm" "this" {
  for_each            = local.alarms
  alarm_name          = "${var.name}-${each.key}"
  alarm_description   = each.value.description
  namespace           = each.value.namespace
  metric_name         = each.value.metric
  dimensions          = each.value.dimensions
  statistic           = each.value.statistic
  period              = each.value.period
  evaluation_periods  = each.value.periods
  datapoints_to_alarm = each.value.datapoints
  threshold           = each.value.threshold
  comparison_operator = each.value.comparison
  treat_missing_data  = each.value.missing
  alarm_actions       = [aws_sns_topic.this.arn]
  ok_actions          = [aws_sns_topic.this.arn]
}

resource "aws_cloudwatch_dashboard" "this" {
  dashboard_name = "${var.name}-${local.region}"
  dashboard_body = jsonencode({
    widgets = [
      for index, widget in [
        ["Paths", "Maximum", 3600, [for metric in ["PathsUp", "PathsDown", "PathsBlind"] : ["hopwatch", metric, "FunctionName", aws_lambda_function.this.function_name]]],
        ["Alerts", "Sum", 300, [for metric in ["AlertsSent", "AlertsOwed", "FailedInvocations"] : ["hopwatch", metric, "FunctionName", aws_lambda_function.this.function_name]]],
        ["Time", "p90", 300, [for metric in ["DescribeTime", "EvaluationTime", "AlertDelay"] : ["hopwatch", metric, "FunctionName", aws_lambda_function.this.function_name]]],
        ["Queues", "Maximum", 60, [
          ["AWS/SQS", "ApproximateAgeOfOldestMessage", "QueueName", aws_sqs_queue.queue.name],
          ["AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName", aws_sqs_queue.dead_letters.name],
        ]],
        ] : {
        type   = "metric"
        x      = 12 * (index % 2)
        y      = 6 * floor(index / 2)
        width  = 12
        height = 6
        properties = {
          title   = widget[0]
          region  = local.region
          view    = "timeSeries"
          stat    = widget[1]
          period  = widget[2]
          metrics = widget[3]
        }
      }
    ]
  })
}
