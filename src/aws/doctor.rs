//! Can alerts arrive at all? Every link of the deployed chain, looked at.
//!
//! It starts at the function and follows what that says of itself: its settings lead to the path file, the table, the
//! queue and the topics, its queue leads to the rules. What may not be read is unknown, never well.

use std::collections::BTreeMap;
use std::time::Duration;

use aws_config::SdkConfig;
use aws_sdk_lambda::types::{FunctionResponseType, State};
use aws_sdk_sqs::types::QueueAttributeName;
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use serde_json::Value;

use super::table::Table;
use super::trouble::{Trouble, TroubleKind};
use crate::event::rules;
use crate::function::Settings;
use crate::monitor::State as PathState;
use crate::paths;

/// How long ago the last sweep may be: it runs each hour.
const SWEEP: SignedDuration = SignedDuration::from_hours(2);

/// How a link is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Health {
    /// It holds.
    Ok,
    /// It cannot be told.
    Unknown,
    /// It does not hold.
    Wrong,
}

/// What was found of a link.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The link.
    pub link: &'static str,
    /// How it is.
    pub health: Health,
    /// What was seen.
    pub message: String,
    /// What mends it: a command, or words.
    pub mend: Option<String>,
}

/// The links, from the change to the person.
const CREDENTIALS: &str = "credentials";
const TRAIL: &str = "trail";
const FUNCTION: &str = "function";
const SETTINGS: &str = "settings";
const PATH_FILE: &str = "path file";
const QUEUE: &str = "queue";
const RULES: &str = "rules";
const DEAD_LETTERS: &str = "dead letters";
const TABLE: &str = "table";
const SWEEPS: &str = "sweeps";
const PATHS: &str = "paths";
const TOPICS: &str = "topics";

#[derive(Debug, Default)]
struct Findings(Vec<Finding>);

impl Findings {
    fn ok(&mut self, link: &'static str, message: impl Into<String>) {
        self.add(link, Health::Ok, message.into(), None);
    }

    fn wrong(&mut self, link: &'static str, message: impl Into<String>, mend: impl Into<String>) {
        self.add(link, Health::Wrong, message.into(), Some(mend.into()));
    }

    fn unknown(&mut self, link: &'static str, message: impl Into<String>) {
        self.add(link, Health::Unknown, message.into(), None);
    }

    /// A call failed: what it would have told is unknown, or not there.
    fn failed(&mut self, link: &'static str, permission: &str, trouble: &Trouble, absent: &str, mend: &str) {
        match trouble.kind {
            TroubleKind::NotFound => self.wrong(link, absent, mend),
            _ => self.unknown(link, format!("{permission}: {trouble}")),
        }
    }

    fn add(&mut self, link: &'static str, health: Health, message: String, mend: Option<String>) {
        self.0.push(Finding {
            link,
            health,
            message,
            mend,
        });
    }
}

/// Looks at every link of a deployment, by its function's name or ARN.
pub async fn examine(config: &SdkConfig, function: &str, now: Timestamp) -> Vec<Finding> {
    let mut found = Findings::default();
    match aws_sdk_sts::Client::new(config)
        .get_caller_identity()
        .send()
        .await
    {
        Ok(identity) => {
            let (account, arn) = (identity.account().unwrap_or("?"), identity.arn().unwrap_or("?"));
            found.ok(CREDENTIALS, format!("account {account}, as {arn}"));
        }
        Err(error) => {
            found.unknown(
                CREDENTIALS,
                format!("sts:GetCallerIdentity: {}", Trouble::of(&error)),
            );
        }
    }
    trail(config, &mut found).await;
    let Some(environment) = of_function(config, function, &mut found).await else {
        return found.0;
    };
    let settings = match Settings::read(|name| environment.get(name).cloned()) {
        Ok(settings) => settings,
        Err(error) => {
            found.wrong(
                SETTINGS,
                error.to_string(),
                "deploy infra/template.yaml again, which sets them all",
            );
            return found.0;
        }
    };
    found.ok(SETTINGS, "complete");
    path_file(config, &settings, now, &mut found).await;
    wiring(config, function, &settings, &mut found).await;
    memory(config, &settings, now, &mut found).await;
    topics(config, &settings, &mut found).await;
    found.0
}

/// EC2's calls become events by way of a trail that logs management events.
/// <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-event-cloudtrail.html>
async fn trail(config: &SdkConfig, found: &mut Findings) {
    let client = aws_sdk_cloudtrail::Client::new(config);
    let trails = match client.describe_trails().send().await {
        Ok(trails) => trails,
        Err(error) => {
            return found.unknown(
                TRAIL,
                format!("cloudtrail:DescribeTrails: {}", Trouble::of(&error)),
            );
        }
    };
    let mut stopped = None;
    for trail in trails.trail_list() {
        let Some(arn) = trail.trail_arn() else { continue };
        let status = match client.get_trail_status().name(arn).send().await {
            Ok(status) => status,
            Err(error) => {
                found.unknown(
                    TRAIL,
                    format!("cloudtrail:GetTrailStatus of {arn}: {}", Trouble::of(&error)),
                );
                continue;
            }
        };
        if status.is_logging() != Some(true) {
            stopped = Some(arn.to_owned());
            continue;
        }
        let selectors = client.get_event_selectors().trail_name(arn).send().await;
        let logs_calls = match &selectors {
            Ok(selectors) => {
                let basic = selectors.event_selectors().iter().any(|selector| {
                    selector.include_management_events() != Some(false)
                        && selector
                            .read_write_type()
                            .is_none_or(|kind| kind.as_str() != "ReadOnly")
                });
                let advanced = selectors.advanced_event_selectors().iter().any(|selector| {
                    selector.field_selectors().iter().any(|field| {
                        field.field() == "eventCategory"
                            && field.equals().iter().any(|value| value == "Management")
                    })
                });
                // A trail without selectors logs management events.
                basic
                    || advanced
                    || selectors.event_selectors().len() + selectors.advanced_event_selectors().len() == 0
            }
            Err(error) => {
                let trouble = Trouble::of(error);
                found.unknown(TRAIL, format!("cloudtrail:GetEventSelectors of {arn}: {trouble}"));
                continue;
            }
        };
        if logs_calls {
            return found.ok(TRAIL, format!("{arn} logs management events"));
        }
    }
    match stopped {
        Some(arn) => found.wrong(
            TRAIL,
            format!("{arn} is stopped, and no other trail logs management events here: no call becomes an event"),
            format!("aws cloudtrail start-logging --name {arn}"),
        ),
        None => found.wrong(
            TRAIL,
            "no trail logs management events here: no call becomes an event, and only the hourly sweep finds breaks",
            "aws cloudtrail create-trail --name management-events --s3-bucket-name BUCKET --is-multi-region-trail, then aws cloudtrail start-logging --name management-events",
        ),
    }
}

/// The function, and its environment.
async fn of_function(
    config: &SdkConfig,
    function: &str,
    found: &mut Findings,
) -> Option<BTreeMap<String, String>> {
    let client = aws_sdk_lambda::Client::new(config);
    let answer = match client
        .get_function_configuration()
        .function_name(function)
        .send()
        .await
    {
        Ok(answer) => answer,
        Err(error) => {
            found.failed(
                FUNCTION,
                "lambda:GetFunctionConfiguration",
                &Trouble::of(&error),
                &format!("there is no function `{function}` here"),
                "name the deployed one with --function (output FunctionName of the stack), or deploy infra/template.yaml",
            );
            return None;
        }
    };
    match answer.state() {
        None | Some(State::Active | State::Inactive) => found.ok(FUNCTION, format!("{function} is there")),
        Some(state) => found.wrong(
            FUNCTION,
            format!(
                "{function} is {}: {}",
                state.as_str(),
                answer.state_reason().unwrap_or("no reason is given")
            ),
            format!("aws lambda get-function --function-name {function}"),
        ),
    }
    let variables = answer
        .environment()
        .and_then(|environment| environment.variables());
    Some(
        variables
            .map(|variables| variables.clone().into_iter().collect())
            .unwrap_or_default(),
    )
}

async fn path_file(config: &SdkConfig, settings: &Settings, now: Timestamp, found: &mut Findings) {
    let location = &settings.paths;
    let text = match location.fetch(config, None).await {
        Ok(Some(fetched)) => fetched.text,
        Ok(None) => return found.unknown(PATH_FILE, format!("{location} gave nothing")),
        Err(error) => return found.unknown(PATH_FILE, error.to_string()),
    };
    let read = paths::read(&text, &location.to_string(), Some(now)).and_then(|read| {
        read.check_allowed(Some(&settings.allowed_topics), Some(&settings.allowed_roles))?;
        Ok(read)
    });
    match read {
        Ok(read) if read.file.paths.is_empty() => found.wrong(
            PATH_FILE,
            format!("{location} has no paths: nothing is watched"),
            "write the paths that must work into it",
        ),
        Ok(read) => found.ok(PATH_FILE, format!("{location}: {} paths", read.file.paths.len())),
        Err(errors) => {
            let first = errors
                .problems()
                .first()
                .map(paths::Problem::one_line)
                .unwrap_or_default();
            found.wrong(
                PATH_FILE,
                format!("it is broken, and its last valid version is in force: {first}"),
                "hopwatch validate",
            );
        }
    }
}

/// Rules → queue → function, and what lies in the dead-letter queue.
async fn wiring(config: &SdkConfig, function: &str, settings: &Settings, found: &mut Findings) {
    let Some(url) = &settings.queue_url else {
        return found.wrong(
            QUEUE,
            "the function has no HOPWATCH_QUEUE_URL",
            "deploy infra/template.yaml again",
        );
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
                "deploy infra/template.yaml again",
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
            "deploy infra/template.yaml again",
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
    let call = client
        .list_event_source_mappings()
        .function_name(function)
        .event_source_arn(queue);
    let mappings = match call.send().await {
        Ok(answer) => answer.event_source_mappings().to_vec(),
        Err(error) => {
            return found.unknown(
                QUEUE,
                format!("lambda:ListEventSourceMappings: {}", Trouble::of(&error)),
            );
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

async fn of_rules(config: &SdkConfig, queue: &str, found: &mut Findings) {
    let client = aws_sdk_eventbridge::Client::new(config);
    let names = match client.list_rule_names_by_target().target_arn(queue).send().await {
        Ok(answer) => answer.rule_names().to_vec(),
        Err(error) => {
            return found.unknown(
                RULES,
                format!("events:ListRuleNamesByTarget: {}", Trouble::of(&error)),
            );
        }
    };
    let mut patterns: Vec<Value> = Vec::new();
    let mut disabled = None;
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
            Err(error) => found.unknown(
                RULES,
                format!("events:DescribeRule of {name}: {}", Trouble::of(&error)),
            ),
        }
    }
    if let Some(name) = disabled {
        return found.wrong(
            RULES,
            format!("the rule {name} is disabled"),
            format!("aws events enable-rule --name {name}"),
        );
    }
    let whole = crate::event::pattern();
    let missing: Vec<&str> = rules()
        .into_iter()
        .filter(|rule| !patterns.contains(&rule.pattern) && !patterns.contains(&whole))
        .map(|rule| rule.name)
        .collect();
    match missing.as_slice() {
        [] => found.ok(
            RULES,
            format!("{} enabled, with this version's patterns", names.len()),
        ),
        missing => found.wrong(
            RULES,
            format!(
                "no rule to the queue has this version's pattern of {}: some changes wake nobody",
                missing.join(", ")
            ),
            "deploy the infra/ of this version",
        ),
    }
}

/// The table, the last sweep, and what the paths were found to be.
async fn memory(config: &SdkConfig, settings: &Settings, now: Timestamp, found: &mut Findings) {
    let client = aws_sdk_dynamodb::Client::new(config);
    let name = &settings.table;
    match client.describe_table().table_name(name).send().await {
        Ok(_) => found.ok(TABLE, format!("{name} is there")),
        Err(error) => {
            return found.failed(
                TABLE,
                "dynamodb:DescribeTable",
                &Trouble::of(&error),
                &format!("the table {name} is not there"),
                "deploy infra/template.yaml again",
            );
        }
    }
    let table = Table::new(config, name);
    match table.last_sweep().await {
        Ok(Some(last)) if now.duration_since(last) <= SWEEP => {
            found.ok(SWEEPS, format!("the last was at {last}"));
        }
        Ok(Some(last)) => found.wrong(
            SWEEPS,
            format!("the last that worked was at {last}: it runs each hour"),
            "aws scheduler list-schedules, and look into the function's log",
        ),
        Ok(None) => found.unknown(SWEEPS, "there was none yet"),
        Err(error) => found.unknown(SWEEPS, error.to_string()),
    }
    match table.records().await {
        Ok(records) => {
            let of = |state: PathState| -> Vec<&str> {
                let records = records
                    .values()
                    .filter(|record| record.expires.is_none() && record.state == state);
                records.map(|record| record.name.as_str()).collect()
            };
            let (up, down, blind) = (of(PathState::Up), of(PathState::Down), of(PathState::Blind));
            let owed = records.values().filter(|record| record.owes()).count();
            let words = format!(
                "{} as expected, {} not, {} cannot be told",
                up.len(),
                down.len(),
                blind.len()
            );
            if owed > 0 {
                found.wrong(
                    PATHS,
                    format!("{words}; alerts of {owed} could not be sent yet"),
                    "look into the function's log for `an alert was not taken`",
                );
            } else if let Some(first) = blind.first() {
                found.wrong(
                    PATHS,
                    format!("{words}: as `{}`", crate::text::clean(first, 80)),
                    "hopwatch check, which says what is missing",
                );
            } else {
                found.ok(PATHS, words);
            }
        }
        Err(error) => found.unknown(PATHS, error.to_string()),
    }
}

/// A subscription that was never confirmed is the classic silence.
async fn topics(config: &SdkConfig, settings: &Settings, found: &mut Findings) {
    let channels = &settings.channels;
    let mut arns: Vec<&String> = channels
        .topic
        .iter()
        .chain(channels.by_severity.values())
        .collect();
    arns.sort_unstable();
    arns.dedup();
    let client = aws_sdk_sns::Client::new(config);
    for arn in arns {
        let mut pages = client
            .list_subscriptions_by_topic()
            .topic_arn(arn)
            .into_paginator()
            .items()
            .send();
        let (mut confirmed, mut waiting, mut failed) = (0, Vec::new(), None);
        while let Some(subscription) = pages.next().await {
            match subscription {
                // https://docs.aws.amazon.com/sns/latest/api/API_ListSubscriptionsByTopic.html
                Ok(one) if one.subscription_arn() == Some("PendingConfirmation") => {
                    waiting.push(crate::text::clean(one.endpoint().unwrap_or("?"), 80));
                }
                Ok(_) => confirmed += 1,
                Err(error) => failed = Some(Trouble::of(&error)),
            }
        }
        if let Some(trouble) = failed {
            found.failed(
                TOPICS,
                "sns:ListSubscriptionsByTopic",
                &trouble,
                &format!("the topic {arn} is not there: nobody hears anything"),
                "deploy infra/template.yaml again",
            );
        } else if !waiting.is_empty() {
            found.wrong(
                TOPICS,
                format!(
                    "subscriptions of {arn} wait to be confirmed: {} hear nothing",
                    waiting.join(", ")
                ),
                "follow the link in the mail `AWS Notification - Subscription Confirmation`",
            );
        } else if confirmed == 0 {
            found.wrong(
                TOPICS,
                format!("nobody has subscribed to {arn}"),
                format!("aws sns subscribe --topic-arn {arn} --protocol email --notification-endpoint YOU@EXAMPLE.COM"),
            );
        } else {
            found.ok(TOPICS, format!("{arn}: {confirmed} subscribed"));
        }
    }
}

/// Has the function send a test alert to its topics, with its own permissions.
///
/// # Errors
///
/// If it cannot be invoked, or says that it failed.
pub async fn send_test(config: &SdkConfig, function: &str) -> Result<String, String> {
    let payload = serde_json::json!({"test": "alert"}).to_string();
    let call = aws_sdk_lambda::Client::new(config)
        .invoke()
        .function_name(function)
        .payload(payload.into_bytes().into());
    let answer = tokio::time::timeout(Duration::from_secs(60), call.send())
        .await
        .map_err(|_| "the function did not answer in a minute".to_owned())?
        .map_err(|error| Trouble::of(&error).to_string())?;
    let text = answer
        .payload()
        .map(|payload| String::from_utf8_lossy(payload.as_ref()).into_owned());
    let text = crate::text::clean(&text.unwrap_or_default(), 400);
    match answer.function_error() {
        Some(_) => Err(text),
        None => Ok(text),
    }
}
