//! The table: whether it is there, the last sweep, and what the paths were found to be.

use aws_config::SdkConfig;
use jiff::{SignedDuration, Timestamp};

use super::findings::{Findings, PATHS, REDEPLOY, SWEEPS, TABLE};
use crate::aws::deployment::Settings;
use crate::aws::table::Table;
use crate::aws::trouble::Trouble;
use crate::monitor::State;

/// How long ago the last sweep may be: it runs each hour.
const SWEEP: SignedDuration = SignedDuration::from_hours(2);

/// The table, the last sweep, and what the paths were found to be.
pub(super) async fn memory(config: &SdkConfig, settings: &Settings, now: Timestamp, found: &mut Findings) {
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
                REDEPLOY,
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
            let of = |state: State| -> Vec<&str> {
                let records = records
                    .values()
                    .filter(|record| record.expires.is_none() && record.state == state);
                records.map(|record| record.name.as_str()).collect()
            };
            let (up, down, blind) = (of(State::Up), of(State::Down), of(State::Blind));
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
