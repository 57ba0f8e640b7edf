//! A FIFO topic: what leaves twice arrives once, and what belongs to one incident stays in order.
//!
//! <https://docs.aws.amazon.com/sns/latest/dg/fifo-message-dedup.html>

use std::collections::HashMap;

use aws_sdk_sqs::types::{MessageSystemAttributeName, QueueAttributeName};
use serde_json::{Value, json};

use super::function::{Deployment, batch};
use super::harness::block_on;
use super::moto::moto;
use super::proxy::{Proxy, Step};

/// A FIFO topic in place of the deployment's, and the address of the FIFO queue behind it.
pub(super) async fn ordered(deployment: &mut Deployment) -> String {
    let sns = aws_sdk_sns::Client::new(&deployment.config);
    let topic = sns
        .create_topic()
        .name("ordered.fifo")
        .attributes("FifoTopic", "true");
    let topic = topic.send().await.unwrap().topic_arn.unwrap();
    let queue = aws_sdk_sqs::Client::new(&deployment.config)
        .create_queue()
        .queue_name("ordered.fifo")
        .set_attributes(Some(HashMap::from([(
            QueueAttributeName::FifoQueue,
            "true".to_owned(),
        )])))
        .send()
        .await
        .unwrap()
        .queue_url
        .unwrap();
    let subscribe = sns.subscribe().topic_arn(&topic).protocol("sqs");
    subscribe.endpoint(deployment.arn(&queue)).send().await.unwrap();
    deployment.topic = topic;
    queue
}

/// The group and the alert of each message in the queue.
async fn received(deployment: &Deployment, queue: &str) -> Vec<(String, Value)> {
    let sqs = aws_sdk_sqs::Client::new(&deployment.config);
    let mut received = Vec::new();
    loop {
        let call = sqs
            .receive_message()
            .queue_url(queue)
            .max_number_of_messages(10)
            .message_system_attribute_names(MessageSystemAttributeName::MessageGroupId);
        let answer = call.send().await.unwrap();
        if answer.messages().is_empty() {
            return received;
        }
        for message in answer.messages() {
            let envelope: Value = serde_json::from_str(message.body().unwrap()).unwrap();
            let alert = serde_json::from_str(envelope["Message"].as_str().unwrap()).unwrap();
            let group = message.attributes().unwrap()[&MessageSystemAttributeName::MessageGroupId].clone();
            received.push((group, alert));
            let delete = sqs.delete_message().queue_url(queue);
            delete
                .receipt_handle(message.receipt_handle().unwrap())
                .send()
                .await
                .unwrap();
        }
    }
}

#[test]
fn what_leaves_twice_arrives_once_and_an_incident_is_a_group() {
    block_on(async {
        let mut deployment = Deployment::with_paths().await;
        let queue = ordered(&mut deployment).await;
        let proxy = Proxy::before(moto().url());
        let mut function = deployment.watching(proxy.url());

        // SNS takes it, the answer is lost on its way, and the client tries again.
        proxy.script("sns", "Publish", [Step::Close(0)]);
        deployment.delete_entry().await;
        function.invoke(batch(&[deployment.deleted("e-1")])).response();
        assert_eq!(proxy.count("sns", "Publish"), 2, "{}", function.log());

        deployment.entry(false, 100, (22, 22)).await;
        function.invoke(batch(&[deployment.created("e-2")])).response();

        let received = received(&deployment, &queue).await;
        let kinds: Vec<&Value> = received.iter().map(|(_, alert)| &alert["kind"]).collect();
        assert_eq!(kinds, ["broken", "restored"], "{}", function.log());
        let incident = &received[0].1["incident"];
        for (group, alert) in &received {
            assert_eq!((&json!(group), &alert["incident"]), (incident, incident));
        }
    });
}
