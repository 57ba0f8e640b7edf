//! `hopwatch replay`: events through the monitor, locally: what would have been announced.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use super::arguments::{LiveArguments, PathFileArgument};
use super::failure::Failure;
use super::output::Output;
use super::replay_steps::{Step, steps};
use super::{network_source, path_file};
use crate::alert::{self, Alert};
use crate::event::Again;
use crate::local::StateFile;
use crate::monitor::{
    Batch, Channels, Counters, Decision, FollowUp, Input, MemoryStore, Message, PublishError, Publisher,
    Records, Store, decide, step,
};
use crate::network::Snapshot;
use crate::paths::model::PathFile;
use crate::reach::Surroundings;
use crate::report::Look;
use crate::report::json::pretty;
use crate::report::look::{FAINT, STRONG, count};

const EXAMPLES: &str = "\
Examples:
  hopwatch replay events/sftp-outage
  hopwatch replay event.json --paths hopwatch.yaml --before network-before --after network
  hopwatch replay event.json --paths hopwatch.yaml --after network --state state.json
  hopwatch replay events/sftp-outage --output json

A folder holds the path file `hopwatch.yaml`, the network `before/`, and the steps in the order of their names:
`01-….json` with one event, a list of them, or one after another, and the network after it in a folder of the same name,
`01-…/` (absent: the network is unchanged). The clock is the events'.

Exit codes:
  0  it ran, whatever was announced
  2  bad usage or input: a message on stderr, nothing on stdout";

/// How long after the last event waiting alerts are followed: longer waits are told of, not waited for.
const PATIENCE: SignedDuration = SignedDuration::from_mins(16);

/// Run an event through the monitor, locally: what would have been announced?
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct ReplayArguments {
    /// A file of events, or a folder of steps
    #[arg(value_name = "FILE-OR-FOLDER")]
    source: PathBuf,
    #[command(flatten)]
    paths: PathFileArgument,
    #[command(flatten)]
    live: LiveArguments,
    /// The network before the first event: a folder of `aws … describe-…` JSON, or one such file
    #[arg(long, value_name = "PATH")]
    before: Option<PathBuf>,
    /// The network after the events of a single file
    #[arg(long, value_name = "PATH")]
    after: Option<PathBuf>,
    /// What is remembered: read where it is there, written at the end
    #[arg(long, value_name = "FILE")]
    state: Option<PathBuf>,
    /// How to tell it
    #[arg(long, value_enum, default_value_t = ReplayFormat::Text, value_name = "FORMAT")]
    output: ReplayFormat,
}

/// The forms of a replay.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum ReplayFormat {
    /// The alerts as a person gets them
    Text,
    /// A document for programs: each step with its alerts; `hopwatch schema alert` describes those
    Json,
}

/// `replay --output json`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct ReplayDocument<'a> {
    schema_version: u32,
    steps: &'a [Told],
    state: &'a Records,
}

/// What became of a step.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Told {
    step: String,
    time: Timestamp,
    counters: Counters,
    alerts: Vec<Alert>,
}

pub(crate) fn replay(arguments: &ReplayArguments, look: Look) -> Result<Output, Failure> {
    let is_folder = arguments.source.is_dir();
    let mut steps = steps(&arguments.source, is_folder)?;
    let paths = PathFileArgument {
        paths: match &arguments.paths.paths {
            Some(path) => Some(path.clone()),
            None if is_folder => Some(arguments.source.join(super::arguments::DEFAULT_PATH_FILE)),
            None => None,
        },
    };
    let file = path_file::load(&paths, &arguments.live)?;
    let mut warnings = file.warnings();
    if is_folder && arguments.after.is_some() {
        warnings
            .push("warning: --after is left out: the steps of a folder have networks of their own".into());
    }
    let mut network = |path: &PathBuf| -> Result<Snapshot, Failure> {
        let network = network_source::saved(path)?;
        warnings.extend(network.warnings(look.verbose));
        Ok(network.snapshot)
    };
    let before = match &arguments.before {
        Some(path) => Some(network(path)?),
        None if is_folder => {
            let path = arguments.source.join("before");
            if path.exists() {
                Some(network(&path)?)
            } else {
                None
            }
        }
        None => None,
    };
    if !is_folder && let (Some(step), Some(after)) = (steps.first_mut(), &arguments.after) {
        step.network = Some(after.clone());
    }
    let first = match steps.iter().find_map(|step| step.network.as_ref()) {
        _ if before.is_some() => None,
        Some(path) => Some(network(path)?),
        None => return Err(Failure::NoReplayNetwork),
    };
    let mut networks = Vec::new();
    for step in &steps {
        networks.push(step.network.as_ref().map(&mut network).transpose()?);
    }
    for step in &steps {
        warnings.extend(step.warnings.iter().cloned());
    }
    let replay = Replay {
        file: &file.read.file,
        surroundings: Surroundings {
            transparent: file.read.file.transparent.clone(),
            ..Surroundings::default()
        },
        channels: Channels {
            local: true,
            ..Channels::default()
        },
    };
    let start = before.as_ref();
    let unseen = first.as_ref();
    let (told, state) = match &arguments.state {
        Some(path) => {
            let mut store = StateFile::open(path)?;
            let told = replay.run(&mut store, &steps, &networks, start, unseen)?;
            (told, store.list().map_err(Failure::Store)?.clone())
        }
        None => {
            let mut store = MemoryStore::default();
            let told = replay.run(&mut store, &steps, &networks, start, unseen)?;
            (told, store.records().clone())
        }
    };
    let text = match arguments.output {
        ReplayFormat::Json => pretty(&ReplayDocument {
            schema_version: alert::SCHEMA_VERSION,
            steps: &told,
            state: &state,
        })?,
        ReplayFormat::Text => text(&told, &state, look),
    };
    Ok(Output {
        warnings,
        ..Output::done(text)
    })
}

/// Keeps what would have been sent.
#[derive(Debug, Default)]
struct Collector {
    alerts: Vec<Alert>,
}

impl Publisher for Collector {
    fn publish(&mut self, message: &Message) -> Result<(), PublishError> {
        self.alerts.push(message.alert.clone());
        Ok(())
    }
}

/// What stays the same from step to step.
struct Replay<'a> {
    file: &'a PathFile,
    surroundings: Surroundings,
    channels: Channels,
}

/// Something to look at again, when its time comes.
struct Waiting {
    due: Timestamp,
    again: Again,
}

impl Replay<'_> {
    fn run(
        &self,
        store: &mut impl Store,
        steps: &[Step],
        networks: &[Option<Snapshot>],
        before: Option<&Snapshot>,
        unseen: Option<&Snapshot>,
    ) -> Result<Vec<Told>, Failure> {
        let mut told = Vec::new();
        let mut waiting: Vec<Waiting> = Vec::new();
        let oldest = steps.iter().filter_map(Step::oldest).min();
        let mut now = match oldest {
            Some(oldest) => oldest.checked_sub(SignedDuration::from_secs(1)).unwrap_or(oldest),
            None => path_file::now(),
        };
        let mut current = before;
        if let Some(before) = before {
            let batch = Batch::default();
            self.once(
                store,
                "before",
                &batch,
                (None, before),
                now,
                &mut waiting,
                &mut told,
            )?;
        }
        for (index, one) in steps.iter().enumerate() {
            let at = one.newest().unwrap_or(now).max(now);
            if let Some(network) = current {
                self.due(store, network, Some(at), &mut waiting, &mut told)?;
            }
            now = at;
            let after = networks
                .get(index)
                .and_then(Option::as_ref)
                .or(current)
                .or(unseen);
            let Some(after) = after else { continue };
            self.once(
                store,
                &one.name,
                &one.batch,
                (current, after),
                now,
                &mut waiting,
                &mut told,
            )?;
            current = Some(after);
        }
        if let Some(network) = current {
            let end = now.checked_add(PATIENCE).unwrap_or(now);
            self.due(store, network, Some(end), &mut waiting, &mut told)?;
        }
        Ok(told)
    }

    /// Looks again at what is due before an instant.
    fn due(
        &self,
        store: &mut impl Store,
        network: &Snapshot,
        until: Option<Timestamp>,
        waiting: &mut Vec<Waiting>,
        told: &mut Vec<Told>,
    ) -> Result<(), Failure> {
        loop {
            waiting.sort_by(|a, b| (a.due, &a.again.paths).cmp(&(b.due, &b.again.paths)));
            let is_due = |waiting: &Waiting| until.is_none_or(|until| waiting.due < until);
            if !waiting.first().is_some_and(is_due) {
                return Ok(());
            }
            let next = waiting.remove(0);
            let batch = Batch {
                agains: vec![next.again],
                ..Batch::default()
            };
            self.once(store, "later", &batch, (None, network), next.due, waiting, told)?;
        }
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "what stays and what comes, and where both are kept"
    )]
    fn once(
        &self,
        store: &mut impl Store,
        name: &str,
        batch: &Batch,
        (before, after): (Option<&Snapshot>, &Snapshot),
        now: Timestamp,
        waiting: &mut Vec<Waiting>,
        told: &mut Vec<Told>,
    ) -> Result<(), Failure> {
        let mut collector = Collector::default();
        let run = |records: &Records| {
            decide(&Input {
                batch,
                paths: &self.file.paths,
                surroundings: &self.surroundings,
                after,
                before,
                records,
                now,
                channels: &self.channels,
            })
        };
        let (decision, performed) = step(store, &mut collector, run).map_err(Failure::Store)?;
        if let Some(error) = performed.not_cleared {
            return Err(Failure::Store(error));
        }
        waiting.extend(follow(&decision, now));
        told.push(Told {
            step: name.to_owned(),
            time: now,
            counters: decision.counters,
            alerts: collector.alerts,
        });
        Ok(())
    }
}

fn follow(decision: &Decision, now: Timestamp) -> impl Iterator<Item = Waiting> {
    decision
        .follow_ups
        .iter()
        .filter_map(move |FollowUp { after, again }| {
            Some(Waiting {
                due: now.checked_add(*after).ok()?,
                again: again.clone(),
            })
        })
}

/// The alerts as a terminal shows them, under a line for each step.
fn text(told: &[Told], state: &Records, look: Look) -> String {
    let mut text = String::new();
    for step in told {
        // Looking again and finding nothing new is of no interest.
        if step.alerts.is_empty() && (step.step == "later" || look.quiet) && !look.verbose {
            continue;
        }
        let counters = step.counters;
        let parts = [
            count(counters.changes, "change", "changes"),
            format!(
                "{} of {} evaluated",
                counters.evaluated,
                count(counters.paths, "path", "paths")
            ),
            match step.alerts.len() {
                0 => "nothing to announce".to_owned(),
                number => count(number, "alert", "alerts"),
            },
        ];
        let time = step.time.strftime("%Y-%m-%d %H:%M:%SZ");
        let head = format!(
            "── {} · {time} · {}",
            crate::report::clean::clean(&step.step),
            parts.join(" · ")
        );
        text.push_str(&look.paint(FAINT, &head));
        text.push_str("\n\n");
        for alert in &step.alerts {
            text.push_str(&look.paint(STRONG, &format!("Subject: {}", alert::subject(alert))));
            text.push_str("\n\n");
            text.push_str(&alert::text(alert, look));
            text.push('\n');
        }
    }
    for record in state.values() {
        let name = crate::report::clean::clean(&record.name);
        if let Some(held) = &record.held {
            text.push_str(&format!("held back until {}: {name}\n", held.until));
        } else if let Some(settling) = &record.settling {
            text.push_str(&format!("not announced before {}: {name}\n", settling.until));
        }
    }
    text
}
