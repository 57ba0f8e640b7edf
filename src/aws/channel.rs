//! Alerts out: SNS topics and EventBridge buses.
//!
//! <https://docs.aws.amazon.com/sns/latest/api/API_Publish.html>,
//! <https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html>

use std::collections::BTreeMap;

use aws_config::SdkConfig;
use aws_sdk_eventbridge::types::PutEventsRequestEntry;
use aws_sdk_sns::config::Region;
use aws_sdk_sns::error::DisplayErrorContext;
use aws_sdk_sns::types::MessageAttributeValue;

use crate::alert::sns::{self, Structure};
use crate::alert::{Alert, bus};
use crate::monitor::{Channel, Message, PublishError, Publisher};

use super::blocking::Blocking;

/// The clients that alerts leave by, made once.
#[derive(Debug, Clone)]
pub struct Channels {
    config: SdkConfig,
    structure: Structure,
}

impl Channels {
    /// With the credentials and Region of a configuration; a topic's or bus's own Region goes before that.
    pub fn new(config: SdkConfig, structure: Structure) -> Self {
        Self { config, structure }
    }

    async fn topic(&self, arn: &str, alert: &Alert) -> Result<(), PublishError> {
        let mut config = aws_sdk_sns::config::Builder::from(&self.config);
        if let Some(region) = region_of(arn) {
            config = config.region(Region::new(region.to_owned()));
        }
        let client = aws_sdk_sns::Client::from_conf(config.build());
        let message = sns::message(alert, self.structure).map_err(|error| PublishError(error.to_string()))?;
        let mut call = client
            .publish()
            .topic_arn(arn)
            .subject(message.subject)
            .message(message.body);
        if message.structure == Structure::Json {
            call = call.message_structure("json");
        }
        // One incident's alerts stay in order; a message that leaves twice arrives once.
        if arn.ends_with(".fifo") {
            call = call
                .message_group_id(&alert.incident)
                .message_deduplication_id(&alert.id);
        }
        for (name, value) in message.attributes {
            let value = MessageAttributeValue::builder()
                .data_type("String")
                .string_value(value)
                .build()
                .map_err(|error| PublishError(error.to_string()))?;
            call = call.message_attributes(name, value);
        }
        call.send()
            .await
            .map_err(|error| PublishError(format!("{arn}: {}", DisplayErrorContext(&error))))?;
        Ok(())
    }

    async fn bus(&self, bus: &str, alert: &Alert) -> Result<(), PublishError> {
        let mut config = aws_sdk_eventbridge::config::Builder::from(&self.config);
        if let Some(region) = region_of(bus) {
            config = config.region(Region::new(region.to_owned()));
        }
        let client = aws_sdk_eventbridge::Client::from_conf(config.build());
        let entry = bus::entry(alert).map_err(|error| PublishError(error.to_string()))?;
        let time = aws_smithy_types::DateTime::from_secs(alert.seen_at.as_second());
        let entry = PutEventsRequestEntry::builder()
            .source(bus::SOURCE)
            .detail_type(entry.detail_type)
            .detail(entry.detail)
            .event_bus_name(bus)
            .time(time)
            .build();
        let answer = client
            .put_events()
            .entries(entry)
            .send()
            .await
            .map_err(|error| PublishError(format!("{bus}: {}", DisplayErrorContext(&error))))?;
        // The call succeeds where entries fail.
        if answer.failed_entry_count() == 0 {
            return Ok(());
        }
        let failed = answer.entries().iter().find(|entry| entry.error_code().is_some());
        let (code, words) = failed.map_or(("?", ""), |entry| {
            (
                entry.error_code().unwrap_or("?"),
                entry.error_message().unwrap_or_default(),
            )
        });
        Err(PublishError(format!(
            "{bus}: the event was not taken: {code}: {words}"
        )))
    }

    /// Sends one text to a topic: for what is no alert about a path.
    ///
    /// # Errors
    ///
    /// If SNS does not take it.
    pub async fn notice(&self, arn: &str, subject: &str, text: &str) -> Result<(), PublishError> {
        let mut config = aws_sdk_sns::config::Builder::from(&self.config);
        if let Some(region) = region_of(arn) {
            config = config.region(Region::new(region.to_owned()));
        }
        let client = aws_sdk_sns::Client::from_conf(config.build());
        let mut call = client.publish().topic_arn(arn).subject(subject).message(text);
        if arn.ends_with(".fifo") {
            let digest: BTreeMap<&str, &str> = BTreeMap::from([("subject", subject), ("text", text)]);
            call = call
                .message_group_id("hopwatch")
                .message_deduplication_id(crate::monitor::incident_id(&format!("{digest:?}"), arn));
        }
        call.send()
            .await
            .map_err(|error| PublishError(format!("{arn}: {}", DisplayErrorContext(&error))))?;
        Ok(())
    }
}

/// The Region in an ARN; a bus may be given by its name.
fn region_of(arn: &str) -> Option<&str> {
    let mut parts = arn.split(':');
    (parts.next() == Some("arn"))
        .then(|| parts.nth(2))
        .flatten()
        .filter(|region| !region.is_empty())
}

/// The channels as the monitor's publisher, for one invocation.
#[derive(Debug)]
pub struct ChannelPublisher {
    channels: Channels,
    blocking: Blocking,
}

impl ChannelPublisher {
    /// For one invocation.
    pub fn new(channels: Channels, blocking: Blocking) -> Self {
        Self { channels, blocking }
    }
}

impl Publisher for ChannelPublisher {
    fn publish(&mut self, message: &Message) -> Result<(), PublishError> {
        let call = async {
            match &message.channel {
                Channel::Topic(arn) => self.channels.topic(arn, &message.alert).await,
                Channel::Bus(bus) => self.channels.bus(bus, &message.alert).await,
                // Whoever runs the function reads its log.
                Channel::Local => Ok(()),
            }
        };
        self.blocking
            .wait(call)
            .map_err(|error| PublishError(error.to_string()))?
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_region_of_an_arn() {
        assert_eq!(
            region_of("arn:aws:sns:eu-west-1:123456789012:alerts"),
            Some("eu-west-1")
        );
        assert_eq!(region_of("default"), None);
        assert_eq!(region_of("arn:aws:events::x"), None);
    }
}
