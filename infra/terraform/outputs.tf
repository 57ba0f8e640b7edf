output "topic_arn" {
  description = "Where alerts go."
  value       = aws_sns_topic.this.arn
}

output "function_name" {
  description = "The function."
  value       = aws_lambda_function.this.function_name
}

output "function_role_arn" {
  description = "For the trust of infra/member-account.yaml."
  value       = aws_iam_role.function.arn
}

output "queue_url" {
  description = "The function's queue."
  value       = aws_sqs_queue.queue.url
}

output "dead_letter_queue_url" {
  description = "What could not be evaluated."
  value       = aws_sqs_queue.dead_letters.url
}

output "table_name" {
  description = "What is remembered."
  value       = aws_dynamodb_table.this.name
}
