//! Rules, queue, function, and what lies in the dead-letter queue.

use aws_config::SdkConfig;
use aws_sdk_lambda::types::{EventSourceMappingConfiguration, FunctionResponseType};
use aws_sdk_sqs::types::QueueAttributeName;
use serde_json::Value;

use super::findings::{DEAD_LETTERS, Findings, QUEUE, REDEPLOY, RULES};
use crate::aws::deployment::Settings;
use crate::aws::pages::{each_page, same_page_twice};
use crate::aws::trouble::Trouble;
use crate::event::{pattern, rules};

/// Rules → queue → function, and what lies in the dead-letter queue.
pub(super) async fn wiring(config: &SdkConfig, function: &str, settings: &Settings, found: &mut Findings) {
    let Some(url) = &settings.queue_url else {
        return found.wrong(QUEUE, "the function has no HOPWATCH_QUEUE_URL", REDEPLOY);
    };
    let sqs = aws_sdk_sqs::Client::new(config);
    let attributes = sqs
        .get_queue_attributes()
        .queue_url(url)
        .attribute_names(QueueAttributeName::All)
        .send()
        .await;
    let attributes = match attributes {
        Ok(answer) => answer.attributes().cloned().unwrap_or_default(),
        Err(error) => {
            return found.failed(
                QUEUE,
                "sqs:GetQueueAttributes",
                &Trouble::of(&error),
                &format!("the queue {url} is not there"),
                REDEPLOY,
            );
        }
    };
    let arn = attributes
        .get(&QueueAttributeName::QueueArn)
        .cloned()
        .unwrap_or_default();
    mapping(config, function, &arn, found).await;
    of_rules(config, &arn, found).await;
    let redrive = attributes.get(&QueueAttributeName::RedrivePolicy);
    let dead = redrive
        .and_then(|policy| serde_json::from_str::<Value>(policy).ok())
        .and_then(|policy| Some(policy.get("deadLetterTargetArn")?.as_str()?.to_owned()));
    let Some(dead) = dead else {
        return found.wrong(
            DEAD_LETTERS,
            "the queue has no dead-letter queue: what cannot be evaluated is lost after four days",
            REDEPLOY,
        );
    };
    let name = dead.rsplit(':').next().unwrap_or_default();
    let answer = async {
        let url = sqs
            .get_queue_url()
            .queue_name(name)
            .send()
            .await
            .map_err(|error| Trouble::of(&error))?;
        let url = url.queue_url().unwrap_or_default().to_owned();
        let count = QueueAttributeName::ApproximateNumberOfMessages;
        let call = sqs
            .get_queue_attributes()
            .queue_url(&url)
            .attribute_names(count.clone());
        let answer = call.send().await.map_err(|error| Trouble::of(&error))?;
        let count = answer
            .attributes()
            .and_then(|attributes| attributes.get(&count))
            .cloned();
        Ok::<_, Trouble>((url, count.unwrap_or_default()))
    };
    match answer.await {
        Ok((_, count)) if count == "0" => found.ok(DEAD_LETTERS, format!("{name} is empty")),
        Ok((url, count)) => found.wrong(
            DEAD_LETTERS,
            format!("{count} messages lie in {name}: the function could not evaluate them"),
            format!("aws sqs receive-message --queue-url {url}, and look into the function's log"),
        ),
        Err(trouble) => found.unknown(DEAD_LETTERS, format!("{name}: {trouble}")),
    }
}

async fn mapping(config: &SdkConfig, function: &str, queue: &str, found: &mut Findings) {
    let client = aws_sdk_lambda::Client::new(config);
    let mappings = match mappings(&client, function, queue).await {
        Ok(mappings) => mappings,
        Err(trouble) => {
            return found.unknown(QUEUE, format!("lambda:ListEventSourceMappings: {trouble}"));
        }
    };
    let Some(mapping) = mappings.first() else {
        return found.wrong(
            QUEUE,
            "the queue does not lead to the function: events are kept, and nobody reads them",
            format!("aws lambda create-event-source-mapping --function-name {function} --event-source-arn {queue} --function-response-types ReportBatchItemFailures"),
        );
    };
    let uuid = mapping.uuid().unwrap_or("?");
    let state = mapping.state().unwrap_or("?");
    if !matches!(state, "Enabled" | "Enabling" | "Updating" | "Creating") {
        return found.wrong(
            QUEUE,
            format!("the mapping from the queue to the function is {state}"),
            format!("aws lambda update-event-source-mapping --uuid {uuid} --enabled"),
        );
    }
    if !mapping
        .function_response_types()
        .contains(&FunctionResponseType::ReportBatchItemFailures)
    {
        return found.wrong(
            QUEUE,
            "the mapping ignores which messages failed: a message that cannot be read is taken for done",
            format!("aws lambda update-event-source-mapping --uuid {uuid} --function-response-types ReportBatchItemFailures"),
        );
    }
    found.ok(QUEUE, format!("leads to the function ({})", state.to_lowercase()));
}

async fn mappings(
    client: &aws_sdk_lambda::Client,
    function: &str,
    queue: &str,
) -> Result<Vec<EventSourceMappingConfiguration>, Trouble> {
    let call = client
        .list_event_source_mappings()
        .function_name(function)
        .event_source_arn(queue);
    let mut mappings = Vec::new();
    each_page!(call, next_marker, page => mappings.extend_from_slice(page.event_source_mappings()));
    Ok(mappings)
}

/// Paged, though the SDK has no paginator for it.
async fn rule_names(client: &aws_sdk_eventbridge::Client, target: &str) -> Result<Vec<String>, Trouble> {
    let mut names = Vec::new();
    let mut token: Option<String> = None;
    loop {
        let call = client.list_rule_names_by_target().target_arn(target);
        let answer = call.set_next_token(token.clone()).send().await;
        let answer = answer.map_err(|error| Trouble::of(&error))?;
        names.extend_from_slice(answer.rule_names());
        let next = answer.next_token.filter(|token| !token.is_empty());
        if next.is_none() {
            return Ok(names);
        }
        if next == token {
            return Err(same_page_twice());
        }
        token = next;
    }
}

async fn of_rules(config: &SdkConfig, queue: &str, found: &mut Findings) {
    let client = aws_sdk_eventbridge::Client::new(config);
    let names = match rule_names(&client, queue).await {
        Ok(names) => names,
        Err(trouble) => {
            return found.unknown(RULES, format!("events:ListRuleNamesByTarget: {trouble}"));
        }
    };
    let mut patterns: Vec<Value> = Vec::new();
    let (mut disabled, mut unread) = (None, None);
    for name in &names {
        match client.describe_rule().name(name).send().await {
            Ok(rule) => {
                if rule.state().is_some_and(|state| state.as_str() == "DISABLED") {
                    disabled = Some(name.clone());
                } else if let Some(pattern) = rule
                    .event_pattern()
                    .and_then(|text| serde_json::from_str(text).ok())
                {
                    patterns.push(pattern);
                }
            }
            Err(error) => unread = Some(format!("events:DescribeRule of {name}: {}", Trouble::of(&error))),
        }
    }
    if let Some(name) = disabled {
        return found.wrong(
            RULES,
            format!("the rule {name} is disabled"),
            format!("aws events enable-rule --name {name}"),
        );
    }
    let whole = pattern();
    let missing: Vec<&str> = rules()
        .into_iter()
        .filter(|rule| !patterns.contains(&rule.pattern) && !patterns.contains(&whole))
        .map(|rule| rule.name)
        .collect();
    match (missing.as_slice(), unread) {
        // What is missed may be what that one has.
        ([_, ..], Some(unread)) => found.unknown(RULES, unread),
        ([], _) => found.ok(
            RULES,
            format!("{} enabled, with this version's patterns", names.len()),
        ),
        (missing, None) => found.wrong(
            RULES,
            format!(
                "no rule to the queue has this version's pattern of {}: some changes wake nobody",
                missing.join(", ")
            ),
            "deploy the infra/ of this version",
        ),
    }
}
