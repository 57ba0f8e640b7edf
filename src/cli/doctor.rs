//! `hopwatch doctor`: can alerts arrive at all?

use clap::{Args, ValueEnum};
use serde::Serialize;

use super::arguments::LiveArguments;
use super::exit::Exit;
use super::failure::Failure;
use super::live;
use super::output::Output;
use crate::report::Look;
use crate::report::clean::clean;
use crate::report::json::pretty;
use crate::report::link::{Finding, Health};
use crate::report::look::{BAD, GOOD, UNKNOWN};

const EXAMPLES: &str = "\
Examples:
  hopwatch doctor --function hopwatch-Function-1A2B3C4D5E6F
  hopwatch doctor --function hopwatch --send-test
  hopwatch doctor --function hopwatch --output json

Exit codes:
  0  every link holds
  1  one does not
  2  bad usage or input: a message on stderr, nothing on stdout
  3  of one it cannot be told, and all others hold";

/// Can alerts arrive at all? Look at each link of the deployed chain.
///
/// The trail, the rules, the queue, the function and its settings, the path file, the table and the last sweep, what lies
/// in the dead-letter queue, and who has subscribed. What is wrong comes with what mends it.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct DoctorArguments {
    /// The deployed function: its name or ARN (output `FunctionName` of the stack)
    #[arg(long, value_name = "NAME", default_value = "hopwatch")]
    function: String,
    /// Have the function send a test alert to its topics
    #[arg(long)]
    send_test: bool,
    #[command(flatten)]
    live: LiveArguments,
    /// How to tell it
    #[arg(long, value_enum, default_value_t = DoctorFormat::Text, value_name = "FORMAT")]
    output: DoctorFormat,
}

/// The forms of what the doctor says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum DoctorFormat {
    /// A line a link
    Text,
    /// A document for programs
    Json,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Document<'a> {
    schema_version: u32,
    links: &'a [Finding],
}

pub(crate) fn doctor(arguments: &DoctorArguments, look: Look) -> Result<Output, Failure> {
    let links = live::doctor(&arguments.live, &arguments.function, arguments.send_test)?;
    let exit = match links.iter().map(|found| found.health).max() {
        Some(Health::Wrong) => Exit::NotAsExpected,
        Some(Health::Unknown) => Exit::Undecided,
        Some(Health::Ok) | None => Exit::AsExpected,
    };
    let text = match arguments.output {
        DoctorFormat::Json => pretty(&Document {
            schema_version: 1,
            links: &links,
        })?,
        DoctorFormat::Text => text(&links, look),
    };
    Ok(Output {
        exit,
        ..Output::done(text)
    })
}

fn text(links: &[Finding], look: Look) -> String {
    let width = links.iter().map(|found| found.link.len()).max().unwrap_or(0);
    let mut text = String::new();
    for found in links {
        let (style, sign) = match found.health {
            Health::Ok if look.quiet => continue,
            Health::Ok => (GOOD, "✓"),
            Health::Wrong => (BAD, "✗"),
            Health::Unknown => (UNKNOWN, "?"),
        };
        text.push_str(&format!(
            " {} {:width$}  {}\n",
            look.paint(style, sign),
            found.link,
            clean(&found.message)
        ));
        if let Some(mend) = &found.mend {
            text.push_str(&format!("   {:width$}  → {}\n", "", clean(mend)));
        }
    }
    text
}
