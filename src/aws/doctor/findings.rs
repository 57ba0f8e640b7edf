//! What is found, link by link.

use std::error::Error;

use aws_sdk_ec2::config::http::HttpResponse;
use aws_sdk_ec2::error::{ProvideErrorMetadata, SdkError};

use crate::aws::trouble::{Trouble, TroubleKind};
use crate::report::link::{Finding, Health};

/// The links, from the change to the person.
pub(super) const CREDENTIALS: &str = "credentials";
pub(super) const TRAIL: &str = "trail";
pub(super) const FUNCTION: &str = "function";
pub(super) const SETTINGS: &str = "settings";
pub(super) const PATH_FILE: &str = "path file";
pub(super) const QUEUE: &str = "queue";
pub(super) const RULES: &str = "rules";
pub(super) const DEAD_LETTERS: &str = "dead letters";
pub(super) const TABLE: &str = "table";
pub(super) const SWEEPS: &str = "sweeps";
pub(super) const PATHS: &str = "paths";
pub(super) const TOPICS: &str = "topics";
pub(super) const TEST: &str = "test alert";

/// What mends whatever a deployment makes.
pub(super) const REDEPLOY: &str = "deploy infra/template.yaml again";

#[derive(Debug, Default)]
pub(super) struct Findings(pub(super) Vec<Finding>);

impl Findings {
    pub(super) fn ok(&mut self, link: &'static str, message: impl Into<String>) {
        self.add(link, Health::Ok, message.into(), None);
    }

    pub(super) fn wrong(&mut self, link: &'static str, message: impl Into<String>, mend: impl Into<String>) {
        self.add(link, Health::Wrong, message.into(), Some(mend.into()));
    }

    pub(super) fn unknown(&mut self, link: &'static str, message: impl Into<String>) {
        self.add(link, Health::Unknown, message.into(), None);
    }

    /// A call failed: what it would have told is unknown.
    pub(super) fn unread<E>(&mut self, link: &'static str, call: &str, error: &SdkError<E, HttpResponse>)
    where
        E: ProvideErrorMetadata + Error + 'static,
    {
        self.unknown(link, format!("{call}: {}", Trouble::of(error)));
    }

    /// A call failed: what it would have told is unknown, or not there.
    pub(super) fn failed(
        &mut self,
        link: &'static str,
        call: &str,
        trouble: &Trouble,
        absent: &str,
        mend: &str,
    ) {
        match trouble.kind {
            TroubleKind::NotFound => self.wrong(link, absent, mend),
            _ => self.unknown(link, format!("{call}: {trouble}")),
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
