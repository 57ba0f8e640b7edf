//! Who has subscribed to the topics.

use aws_config::SdkConfig;

use super::findings::{Findings, REDEPLOY, TOPICS};
use crate::aws::deployment::Settings;
use crate::aws::trouble::Trouble;

/// A subscription that was never confirmed is the classic silence.
pub(super) async fn topics(config: &SdkConfig, settings: &Settings, found: &mut Findings) {
    let client = aws_sdk_sns::Client::new(config);
    for arn in settings.channels.topics() {
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
                REDEPLOY,
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
