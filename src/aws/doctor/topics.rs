//! Who has subscribed to the topics.

use aws_config::SdkConfig;
use aws_sdk_sns::Client;

use super::findings::{Findings, REDEPLOY, TOPICS};
use crate::aws::deployment::Settings;
use crate::aws::pages::each_page;
use crate::aws::trouble::Trouble;

/// A subscription that was never confirmed is the classic silence.
pub(super) async fn topics(config: &SdkConfig, settings: &Settings, found: &mut Findings) {
    let client = Client::new(config);
    for arn in settings.channels.topics() {
        let (confirmed, waiting) = match subscribed(&client, arn).await {
            Ok(subscribed) => subscribed,
            Err(trouble) => {
                found.failed(
                    TOPICS,
                    "sns:ListSubscriptionsByTopic",
                    &trouble,
                    &format!("the topic {arn} is not there: nobody hears anything"),
                    REDEPLOY,
                );
                continue;
            }
        };
        if !waiting.is_empty() {
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

/// How many have subscribed, and the addresses that have not confirmed it.
async fn subscribed(client: &Client, topic: &str) -> Result<(usize, Vec<String>), Trouble> {
    let (mut confirmed, mut waiting) = (0, Vec::new());
    each_page!(client.list_subscriptions_by_topic().topic_arn(topic), next_token, page => {
        for subscription in page.subscriptions() {
            // https://docs.aws.amazon.com/sns/latest/api/API_ListSubscriptionsByTopic.html
            if subscription.subscription_arn() == Some("PendingConfirmation") {
                waiting.push(crate::text::clean(subscription.endpoint().unwrap_or("?"), 80));
            } else {
                confirmed += 1;
            }
        }
    });
    Ok((confirmed, waiting))
}
