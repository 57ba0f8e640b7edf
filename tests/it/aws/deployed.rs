//! infra/template.yaml deployed as it is: an event put on the bus, the alert in a queue behind the topic, and nothing of
//! ours in between but the real binary.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use aws_config::SdkConfig;
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_sdk_dynamodb::types::AttributeValue;
use aws_sdk_eventbridge::types::RuleState;
use aws_sdk_lambda::types::FunctionResponseType;
use aws_sdk_sqs::types::QueueAttributeName;
use hopwatch::aws::config::{Settings, load};
use hopwatch::event::{Effect, Invocation, Own, Request, parse, rules};
use serde_json::{Value, json};

use super::harness::block_on;
use super::ministack::{ACCOUNT, Ministack};
use super::moto::{Account, REGION, moto};
use super::pair::Pair;
use super::runtime_api::bootstrap;
use crate::hopwatch::root;

/// How long a slow machine may take for one step.
const PATIENCE: Duration = Duration::from_secs(90);

/// A stack that runs.
struct Stack {
    server: Ministack,
    config: SdkConfig,
    outputs: Value,
    resources: Value,
}

fn infra(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("infra").join(name)
}

impl Stack {
    /// The hub's.
    async fn new(parameters: &[(&str, &str)]) -> Self {
        let machine = match std::env::consts::ARCH {
            "aarch64" => "arm64",
            other => other,
        };
        let machine = [("Architecture", machine)];
        let parameters: Vec<(&str, &str)> = machine.into_iter().chain(parameters.iter().copied()).collect();
        Self::of("template.yaml", &parameters).await
    }

    async fn of(template: &str, parameters: &[(&str, &str)]) -> Self {
        let server = Ministack::start();
        let credentials = Credentials::new(ACCOUNT, "secret", None, None, "test");
        let settings = Settings {
            region: Some(REGION.to_owned()),
            endpoint_url: Some(server.url().to_owned()),
            ..Settings::default()
        };
        let config = load(&settings)
            .await
            .to_builder()
            .credentials_provider(SharedCredentialsProvider::new(credentials))
            .build();
        let made = server.deploy(&infra(template), &bootstrap(), parameters);
        Self {
            server,
            config,
            outputs: made["outputs"].clone(),
            resources: made["resources"].clone(),
        }
    }

    fn output(&self, name: &str) -> &str {
        self.outputs[name]
            .as_str()
            .unwrap_or_else(|| panic!("{name} of {}", self.outputs))
    }

    /// The address of a queue that hears what the topic says.
    async fn hearing(&self) -> String {
        let made = aws_sdk_sqs::Client::new(&self.config)
            .create_queue()
            .queue_name("ears")
            .send();
        let url = made.await.unwrap().queue_url.unwrap();
        let subscribe = aws_sdk_sns::Client::new(&self.config)
            .subscribe()
            .topic_arn(self.output("TopicArn"))
            .protocol("sqs");
        let arn = format!("arn:aws:sqs:{REGION}:{ACCOUNT}:ears");
        subscribe.endpoint(arn).send().await.unwrap();
        url
    }

    /// What CloudTrail would put on the bus.
    async fn put(&self, event: &Value) {
        let text = |key: &str| event[key].as_str().unwrap().to_owned();
        let entry = aws_sdk_eventbridge::types::PutEventsRequestEntry::builder()
            .source(text("source"))
            .detail_type(text("detail-type"))
            .detail(event["detail"].to_string())
            .build();
        let put = aws_sdk_eventbridge::Client::new(&self.config)
            .put_events()
            .entries(entry);
        let put = put.send().await.unwrap();
        assert_eq!(put.failed_entry_count(), 0, "{put:?}");
    }

    /// The next message of a queue, waited for as long as a slow machine takes.
    async fn next(&self, url: &str) -> String {
        let sqs = aws_sdk_sqs::Client::new(&self.config);
        let until = Instant::now() + PATIENCE;
        while Instant::now() < until {
            let call = sqs.receive_message().queue_url(url).wait_time_seconds(2);
            if let Some(message) = call.send().await.unwrap().messages().first() {
                let delete = sqs.delete_message().queue_url(url);
                delete
                    .receipt_handle(message.receipt_handle().unwrap())
                    .send()
                    .await
                    .unwrap();
                return message.body().unwrap().to_owned();
            }
        }
        panic!("nothing came to {url}");
    }

    async fn next_alert(&self, url: &str) -> Value {
        let envelope: Value = serde_json::from_str(&self.next(url).await).unwrap();
        serde_json::from_str(envelope["Message"].as_str().unwrap()).unwrap()
    }

    /// What is remembered of a path, once something is.
    async fn record_of(&self, path: &str) -> Value {
        let dynamodb = aws_sdk_dynamodb::Client::new(&self.config);
        let key = AttributeValue::S(format!("path#{path}"));
        let until = Instant::now() + PATIENCE;
        while Instant::now() < until {
            let get = dynamodb.get_item().table_name(self.output("TableName"));
            if let Some(item) = get.key("pk", key.clone()).send().await.unwrap().item {
                return serde_json::from_str(item["record"].as_s().unwrap()).unwrap();
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        panic!("nothing was remembered of {path}");
    }

    async fn path_file(&self, text: &str) {
        let put = aws_sdk_ssm::Client::new(&self.config).put_parameter();
        put.name("/hopwatch/paths")
            .value(text)
            .r#type(aws_sdk_ssm::types::ParameterType::String)
            .send()
            .await
            .unwrap();
    }

    /// A trail, as every account should have one.
    async fn trail(&self) {
        let client = aws_sdk_cloudtrail::Client::new(&self.config);
        let create = client.create_trail().name("all").s3_bucket_name("code");
        create.is_multi_region_trail(true).send().await.unwrap();
        client.start_logging().name("all").send().await.unwrap();
    }

    /// `hopwatch doctor` on it: its exit code, and the links that are not well.
    fn doctor(&self, arguments: &[&str]) -> (i32, Vec<Value>) {
        let folder = tempfile::tempdir().unwrap();
        let function = self.output("FunctionName");
        let arguments = [&["doctor", "--output", "json", "--function", function], arguments].concat();
        let run = super::network::run(
            &Account::by_key(ACCOUNT),
            self.server.url(),
            folder.path(),
            &arguments,
        );
        let document: Value = serde_json::from_str(&run.stdout).unwrap_or_else(|_| panic!("{}", run.stderr));
        let mut links = document["links"].as_array().unwrap().clone();
        links.retain(|link| link["health"] != "ok");
        (run.code, links)
    }

    async fn send(&self, body: &Value) {
        let send = aws_sdk_sqs::Client::new(&self.config).send_message();
        send.queue_url(self.output("QueueUrl"))
            .message_body(body.to_string())
            .send()
            .await
            .unwrap();
    }
}

#[test]
fn an_event_on_the_bus_becomes_an_alert() {
    block_on(async {
        let stack = Stack::new(&[]).await;
        let ec2 = Account::anybody().config(moto().url(), REGION).await;
        let pair = Pair::new(&ec2, ACCOUNT).await;
        stack.path_file(&pair.paths()).await;
        let ears = stack.hearing().await;
        // As the schedule does every hour.
        stack.send(&json!({"sweep": "all"})).await;
        stack.record_of(Pair::NAME).await;

        pair.delete_entry().await;
        stack.put(&pair.deleted("e-1")).await;
        let broken = stack.next_alert(&ears).await;
        assert_eq!(broken["kind"], "broken");
        assert_eq!(broken["cause"]["component"], pair.acl);
        assert_eq!(broken["blame"]["eventName"], "DeleteNetworkAclEntry");

        pair.entry(false, 100, (22, 22)).await;
        stack.put(&pair.created("e-2")).await;
        let restored = stack.next_alert(&ears).await;
        assert_eq!(
            (&restored["kind"], &restored["incident"]),
            (&json!("restored"), &broken["incident"])
        );

        stack.trail().await;
        let (code, links) = stack.doctor(&[]);
        assert_eq!((code, links.as_slice()), (0, [].as_slice()));
        assert_eq!(stack.doctor(&["--send-test"]).0, 0);
        assert!(stack.next(&ears).await.contains("doctor --send-test"));

        // What is no event lies in the dead-letter queue in the end; here nobody waits twelve minutes between the tries.
        let soon = HashMap::from([(QueueAttributeName::VisibilityTimeout, "1".to_owned())]);
        let sqs = aws_sdk_sqs::Client::new(&stack.config);
        let set = sqs.set_queue_attributes().queue_url(stack.output("QueueUrl"));
        set.set_attributes(Some(soon)).send().await.unwrap();
        stack.send(&json!("no event")).await;
        assert_eq!(
            stack.next(stack.output("DeadLetterQueueUrl")).await,
            "\"no event\""
        );
    });
}

/// By the answers of each service, not by the template's text.
#[test]
fn the_deployed_parts_are_wired_to_each_other() {
    block_on(async {
        let stack = Stack::new(&[("AlertEmail", "network@example.com")]).await;
        let arn = |output: &str| {
            let name = stack.output(output).rsplit('/').next().unwrap();
            format!("arn:aws:sqs:{REGION}:{ACCOUNT}:{name}")
        };
        let (queue, dead) = (arn("QueueUrl"), arn("DeadLetterQueueUrl"));

        let bus = aws_sdk_eventbridge::Client::new(&stack.config);
        for rule in rules() {
            let name = format!("hopwatch-{}", rule.name);
            let made = bus.describe_rule().name(&name).send().await.unwrap();
            assert_eq!(made.state(), Some(&RuleState::Enabled), "{name}");
            let pattern: Value = serde_json::from_str(made.event_pattern().unwrap()).unwrap();
            assert_eq!(pattern, rule.pattern, "{name}");
            let targets = bus.list_targets_by_rule().rule(&name).send().await.unwrap();
            let [target] = targets.targets() else {
                panic!("{name}: {targets:?}");
            };
            assert_eq!(target.arn(), queue, "{name}");
            let dead_letters = target.dead_letter_config().and_then(|config| config.arn());
            assert_eq!(dead_letters, Some(dead.as_str()), "{name}");
        }

        let sqs = aws_sdk_sqs::Client::new(&stack.config);
        let attributes = sqs
            .get_queue_attributes()
            .queue_url(stack.output("QueueUrl"))
            .attribute_names(QueueAttributeName::All)
            .send()
            .await
            .unwrap();
        let attribute = |name: &QueueAttributeName| -> Value {
            serde_json::from_str(&attributes.attributes().unwrap()[name]).unwrap()
        };
        let redrive = attribute(&QueueAttributeName::RedrivePolicy);
        assert_eq!(redrive["deadLetterTargetArn"], dead);
        let policy = attribute(&QueueAttributeName::Policy);
        assert_eq!(
            policy["Statement"][0]["Principal"]["Service"],
            "events.amazonaws.com"
        );

        let lambda = aws_sdk_lambda::Client::new(&stack.config);
        let function = stack.output("FunctionName");
        let mappings = lambda
            .list_event_source_mappings()
            .function_name(function)
            .send()
            .await
            .unwrap();
        let [mapping] = mappings.event_source_mappings() else {
            panic!("{mappings:?}");
        };
        assert_eq!(mapping.event_source_arn(), Some(queue.as_str()));
        assert_eq!(
            mapping.function_response_types(),
            [FunctionResponseType::ReportBatchItemFailures]
        );
        assert_eq!(mapping.maximum_batching_window_in_seconds(), Some(20));
        let concurrency = mapping
            .scaling_config()
            .and_then(aws_sdk_lambda::types::ScalingConfig::maximum_concurrency);
        assert_eq!(concurrency, Some(2));

        let configured = lambda
            .get_function_configuration()
            .function_name(function)
            .send()
            .await
            .unwrap();
        let visibility = attribute(&QueueAttributeName::VisibilityTimeout)
            .as_i64()
            .unwrap();
        assert!(visibility >= 6 * i64::from(configured.timeout().unwrap()));
        let environment = configured.environment().unwrap().variables().unwrap();
        for (name, output) in [
            ("HOPWATCH_TABLE", "TableName"),
            ("HOPWATCH_QUEUE_URL", "QueueUrl"),
            ("HOPWATCH_TOPIC", "TopicArn"),
            ("HOPWATCH_ROLE_ARN", "FunctionRoleArn"),
        ] {
            assert_eq!(environment[name], stack.output(output), "{name}");
        }
        assert_eq!(configured.role(), Some(stack.output("FunctionRoleArn")));

        let sns = aws_sdk_sns::Client::new(&stack.config);
        let subscriptions = sns
            .list_subscriptions_by_topic()
            .topic_arn(stack.output("TopicArn"))
            .send()
            .await
            .unwrap();
        let endpoints: Vec<_> = subscriptions
            .subscriptions()
            .iter()
            .map(|one| one.endpoint())
            .collect();
        assert_eq!(endpoints, [Some("network@example.com")]);
        for part in [
            "Sweep",
            "DeadLettersAlarm",
            "ErrorsAlarm",
            "OldMessagesAlarm",
            "NoSweepAlarm",
            "Dashboard",
        ] {
            assert!(stack.resources[part].is_string(), "{part} of {}", stack.resources);
        }
        samples_are_delivered_exactly_if_they_matter(&bus).await;
    });
}

/// By a matcher that is not ours.
async fn samples_are_delivered_exactly_if_they_matter(bus: &aws_sdk_eventbridge::Client) {
    let patterns: Vec<String> = rules().into_iter().map(|rule| rule.pattern.to_string()).collect();
    let (mut delivered, mut left_out) = (0, 0);
    for entry in std::fs::read_dir(root().join("events")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "json") {
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        let value: Value = serde_json::from_str(&text).unwrap();
        if value.get("detail").is_none() {
            continue;
        }
        let matters = match parse(&value, &Own::default()) {
            Ok(Invocation::Requests(requests)) => match requests.first() {
                // A firewall's dry run is a call that worked, and its request is too far down for a rule.
                Some(Ok(Request::Event(event))) => {
                    let dry = event.change.effect == Effect::DryRun;
                    event.change.matters() || dry && value["detail"].get("errorCode").is_none()
                }
                _ => false,
            },
            _ => continue,
        };
        let mut is_delivered = false;
        for pattern in &patterns {
            let test = bus.test_event_pattern().event_pattern(pattern).event(&text);
            is_delivered |= test.send().await.unwrap().result();
        }
        assert_eq!(is_delivered, matters, "{}", path.display());
        *(if matters { &mut delivered } else { &mut left_out }) += 1;
    }
    assert!(
        delivered > 40 && left_out > 5,
        "{delivered} delivered, {left_out} left out"
    );
}

#[test]
fn a_member_account_forwards_to_the_hub() {
    block_on(async {
        let hub_bus = format!("arn:aws:events:{REGION}:{ACCOUNT}:event-bus/default");
        let role = format!("arn:aws:iam::{ACCOUNT}:role/hub");
        let parameters = [
            ("HubRoleArn", role.as_str()),
            ("HubBusArn", &hub_bus),
            ("ExternalId", "a-long-secret"),
        ];
        let stack = Stack::of("member-account.yaml", &parameters).await;
        let bus = aws_sdk_eventbridge::Client::new(&stack.config);
        for rule in rules() {
            let rules = bus.list_rules().send().await.unwrap();
            let mut made = rules.rules().iter();
            let made = made.find(|made| made.name().is_some_and(|name| name.ends_with(rule.name)));
            let made = made.unwrap_or_else(|| panic!("{} of {rules:?}", rule.name));
            let pattern: Value = serde_json::from_str(made.event_pattern().unwrap()).unwrap();
            assert_eq!(pattern, rule.pattern, "{}", rule.name);
            let targets = bus
                .list_targets_by_rule()
                .rule(made.name().unwrap())
                .send()
                .await
                .unwrap();
            assert_eq!(targets.targets()[0].arn(), hub_bus);
            assert!(targets.targets()[0].role_arn().is_some());
        }
    });
}
