//! Alerts out: SNS topics and EventBridge buses.
//!
//! <https://docs.aws.amazon.com/sns/latest/api/API_Publish.html>,
//! <https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html>

use std::error::Error;

use aws_config::{Region, SdkConfig};
use aws_sdk_eventbridge::types::PutEventsRequestEntry;
use aws_sdk_sns::config::http::HttpResponse;
use aws_sdk_sns::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_sns::operation::publish::builders::PublishFluentBuilder;
use aws_sdk_sns::types::MessageAttributeValue;

use crate::alert::sns::{self, Structure};
use crate::alert::{Alert, bus};
use crate::monitor::{Channel, Message, PublishError, Publisher, incident_id};

use super::blocking::Blocking;
use super::trouble::Trouble;

/// Where alerts leave from.
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

    /// The configuration for a topic or a bus.
    fn config_of(&self, arn: &str) -> SdkConfig {
        match region_of(arn) {
            Some(region) => {
                let region = Region::new(region.to_owned());
                self.config.to_builder().region(region).build()
            }
            None => self.config.clone(),
        }
    }

    /// A message to a topic. Of a FIFO topic those of one group stay in order, and one that leaves twice arrives once.
    fn message(&self, arn: &str, subject: &str, body: &str, group: &str, id: &str) -> PublishFluentBuilder {
        let client = aws_sdk_sns::Client::new(&self.config_of(arn));
        let call = client.publish().topic_arn(arn).subject(subject).message(body);
        if arn.ends_with(".fifo") {
            call.message_group_id(group).message_deduplication_id(id)
        } else {
            call
        }
    }

    async fn topic(&self, arn: &str, alert: &Alert) -> Result<(), PublishError> {
        let message = sns::message(alert, self.structure).map_err(|error| PublishError(error.to_string()))?;
        let mut call = self.message(arn, &message.subject, &message.body, &alert.incident, &alert.id);
        if message.structure == Structure::Json {
            call = call.message_structure("json");
        }
        for (name, value) in message.attributes {
            let value = MessageAttributeValue::builder()
                .data_type("String")
                .string_value(value)
                .build()
                .map_err(|error| PublishError(error.to_string()))?;
            call = call.message_attributes(name, value);
        }
        call.send().await.map_err(|error| refused(arn, &error))?;
        Ok(())
    }

    async fn bus(&self, bus: &str, alert: &Alert) -> Result<(), PublishError> {
        let client = aws_sdk_eventbridge::Client::new(&self.config_of(bus));
        let entry = bus::entry(alert).map_err(|error| PublishError(error.to_string()))?;
        let time = aws_smithy_types::DateTime::from_secs(alert.seen_at.as_second());
        let entry = PutEventsRequestEntry::builder()
            .source(bus::SOURCE)
            .detail_type(entry.detail_type)
            .detail(entry.detail)
            .event_bus_name(bus)
            .time(time)
            .build();
        let answer = client.put_events().entries(entry).send().await;
        let answer = answer.map_err(|error| refused(bus, &error))?;
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

    /// Sends one text to a topic: for what is no alert about a path. To a FIFO topic the same text goes once an occasion:
    /// of two within five minutes SNS drops the second.
    /// <https://docs.aws.amazon.com/sns/latest/dg/fifo-message-dedup.html>
    ///
    /// # Errors
    ///
    /// If SNS does not take it.
    pub async fn notice(
        &self,
        arn: &str,
        subject: &str,
        text: &str,
        occasion: &str,
    ) -> Result<(), PublishError> {
        let id = incident_id(&format!("{occasion}\n{subject}\n{text}"), arn);
        let call = self.message(arn, subject, text, "hopwatch", &id);
        call.send().await.map_err(|error| refused(arn, &error))?;
        Ok(())
    }
}

fn refused<E>(channel: &str, error: &SdkError<E, HttpResponse>) -> PublishError
where
    E: ProvideErrorMetadata + Error + 'static,
{
    PublishError(format!("{channel}: {}", Trouble::of(error)))
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
