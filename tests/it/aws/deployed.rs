//! infra/template.yaml deployed as it is: an event put on the bus, the alert in a queue behind the topic, and nothing of
//! ours in between but the real binary.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use aws_config::SdkConfig;
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_sdk_dynamodb::types::AttributeValue;
use aws_sdk_sqs::types::QueueAttributeName;
use hopwatch::aws::config::{Settings, load};
use serde_json::{Value, json};

use super::harness::block_on;
use super::ministack::{ACCOUNT, Ministack};
use super::moto::{Account, REGION, moto};
use super::pair::Pair;
use super::runtime_api::bootstrap;

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
    async fn new(parameters: &[(&str, &str)]) -> Self {
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
        let parameters: Vec<(&str, &str)> = [("Architecture", "x86_64")]
            .into_iter()
            .chain(parameters.iter().copied())
            .collect();
        let made = server.deploy(&infra("template.yaml"), &bootstrap(), &parameters);
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
