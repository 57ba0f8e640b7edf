//! One invocation.
//!
//! A message of a batch fails if it is none that can be read (SQS gives it back until it lies in the dead-letter queue),
//! and all fail where the batch could not be evaluated or what was decided could not be written: nothing was announced
//! then that is not remembered. What was written and not sent stays in the outbox, and a delayed message wakes the
//! function to try again.

use std::collections::BTreeSet;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use aws_config::SdkConfig;
use jiff::Timestamp;
use serde_json::{Value, json};
use tokio::sync::Mutex;
use tokio::time::Instant;

use crate::aws::TableStore;
use crate::aws::blocking::Blocking;
use crate::aws::channel::{ChannelPublisher, Channels};
use crate::aws::deployment::Settings;
use crate::aws::describe::{collect, function_qualifiers, scopes};
use crate::aws::queue::{MOST_DELAY, Queue};
use crate::aws::table::Table;
use crate::aws::trail;
use crate::event::{self, Again, ByHand, Invocation, Own};
use crate::local::hosts;
use crate::monitor::{Batch, Decision, Input, Performed, Records, Store as _, decide, step};
use crate::network::Snapshot;
use crate::paths::ReadPathFile;
use crate::paths::model::PathFile;
use crate::reach::Surroundings;

use super::HandlerError;
use super::metrics::Metrics;
use super::path_file::{InForce, PathFileSource};

/// What an invocation needs at the least; with less left it gives everything back.
const LEAST_TIME: Duration = Duration::from_secs(3);

/// What is kept for the answer.
const KEPT_BACK: Duration = Duration::from_millis(1_000);

/// How soon what could not be sent is tried again, at first.
const TRY_AGAIN: Duration = Duration::from_secs(60);

/// How far back CloudTrail is asked who broke what a sweep found.
const LOOK_BACK: jiff::SignedDuration = jiff::SignedDuration::from_hours(24);

/// All that is made once, at a cold start.
#[derive(Debug)]
pub struct Handler {
    settings: Settings,
    config: SdkConfig,
    table: Table,
    channels: Channels,
    queue: Option<Queue>,
    files: Mutex<PathFileSource>,
}

/// One invocation, as the runtime tells of it.
#[derive(Debug, Clone)]
pub struct Invoked {
    /// Its id.
    pub request_id: String,
    /// The function's name.
    pub function: String,
    /// The function's ARN as it was invoked.
    pub function_arn: Option<String>,
    /// When it ends.
    pub deadline: Instant,
    /// The time.
    pub now: Timestamp,
}

/// What a run came to.
struct Ran {
    decision: Decision,
    performed: Performed,
}

impl Handler {
    /// With the configuration that all clients are made of.
    pub fn new(settings: Settings, config: SdkConfig) -> Self {
        let table = Table::new(&config, &settings.table);
        let queue = settings.queue_url.as_ref().map(|url| Queue::new(&config, url));
        Self {
            table,
            channels: Channels::new(config.clone(), settings.structure),
            queue,
            files: Mutex::new(PathFileSource::new(settings.clone())),
            settings,
            config,
        }
    }

    /// Handles a payload. The answer to an SQS batch names the messages that failed.
    ///
    /// # Errors
    ///
    /// If the whole failed, and the payload is no SQS batch.
    pub async fn handle(&self, payload: &Value, invoked: &Invoked) -> Result<Value, HandlerError> {
        let own = Own {
            function_arn: invoked.function_arn.clone(),
            role_arns: (self.settings.role_arn.iter())
                .chain(&self.settings.allowed_roles)
                .cloned()
                .collect(),
        };
        // `hopwatch doctor --send-test`
        if payload.get("test").is_some() {
            return self.send_test(invoked.now).await;
        }
        let mut metrics = Metrics::default();
        let parsed = event::parse(payload, &own)?;
        let mut failed: BTreeSet<String> = BTreeSet::new();
        if let Invocation::SqsBatch(messages) = &parsed {
            for message in messages {
                if let Err(error) = &message.request {
                    let id = message.message_id.clone().unwrap_or_default();
                    tracing::error!(message_id = id, %error, "a message cannot be read");
                    failed.insert(id);
                }
            }
            metrics.count("UnreadableMessages", failed.len());
        } else if let Invocation::Requests(requests) = &parsed {
            for error in requests.iter().filter_map(|request| request.as_ref().err()) {
                tracing::error!(%error, "a request cannot be read");
            }
        }
        let batch = Batch::of(&parsed);
        let ran = if batch == Batch::default() {
            Ok(None)
        } else {
            self.run(batch, &own, invoked, &mut metrics).await.map(Some)
        };
        metrics.count("FailedInvocations", usize::from(ran.is_err()));
        print_line(&metrics.line(&invoked.function, &invoked.request_id, invoked.now));
        match (parsed, ran) {
            (Invocation::SqsBatch(messages), ran) => {
                if let Err(error) = ran {
                    tracing::error!(error_type = error.name(), %error, "the batch failed, and is given back");
                    failed = messages
                        .iter()
                        .map(|message| message.message_id.clone().unwrap_or_default())
                        .collect();
                }
                let failures: Vec<Value> = failed.iter().map(|id| json!({"itemIdentifier": id})).collect();
                Ok(json!({"batchItemFailures": failures}))
            }
            (Invocation::Requests(requests), Ok(None)) => match requests.into_iter().find_map(Result::err) {
                Some(error) => Err(error.into()),
                None => Ok(json!({"evaluated": 0})),
            },
            (Invocation::Requests(_), Ok(Some(ran))) => {
                let mut answer = serde_json::to_value(ran.decision.counters).unwrap_or_default();
                if let Some(answer) = answer.as_object_mut() {
                    answer.insert("sent".to_owned(), ran.performed.published.len().into());
                    answer.insert("owed".to_owned(), ran.performed.failed.len().into());
                }
                Ok(answer)
            }
            (Invocation::Requests(_), Err(error)) => Err(error),
        }
    }

    async fn run(
        &self,
        batch: Batch,
        own: &Own,
        invoked: &Invoked,
        metrics: &mut Metrics,
    ) -> Result<Ran, HandlerError> {
        let until = invoked
            .deadline
            .checked_sub(KEPT_BACK)
            .unwrap_or(invoked.deadline);
        if until.saturating_duration_since(Instant::now()) < LEAST_TIME {
            return Err(HandlerError::OutOfTime);
        }
        let in_time = |_: tokio::time::error::Elapsed| HandlerError::OutOfTime;
        let in_force = tokio::time::timeout_at(until, self.path_file(invoked.now, metrics))
            .await
            .map_err(in_time)??;
        let started = Instant::now();
        let snapshot = tokio::time::timeout_at(until, self.network(&in_force.read.file))
            .await
            .map_err(in_time)??;
        metrics.milliseconds("DescribeTime", started.elapsed());
        let started = Instant::now();
        let world = World {
            surroundings: Surroundings {
                transparent: in_force.read.file.transparent.clone(),
                ..Surroundings::default()
            },
            read: in_force.read,
            snapshot,
            channels: self.settings.channels.clone(),
            now: invoked.now,
        };
        let store = TableStore::new(self.table.clone(), Blocking::until(until), invoked.now);
        let look = first_look(batch, world, store).await?;
        let look = self.with_history(look, own, until, metrics).await;
        let (ran, batch) = self.carry_out(look, until).await?;
        metrics.milliseconds("EvaluationTime", started.elapsed());
        let counters = ran.decision.counters;
        for (name, count) in [
            ("Changes", counters.changes),
            ("PathsEvaluated", counters.evaluated),
            ("PathsUp", counters.up),
            ("PathsDown", counters.down),
            ("PathsBlind", counters.blind),
            ("AlertsSent", ran.performed.published.len()),
            ("AlertsOwed", ran.performed.failed.len()),
            ("Sweeps", usize::from(!batch.sweeps.is_empty())),
        ] {
            metrics.count(name, count);
        }
        let newest = batch.changes.iter().filter_map(|change| change.time).max();
        if let (Some(newest), false) = (newest, ran.performed.published.is_empty()) {
            let age = invoked.now.duration_since(newest);
            metrics.milliseconds("AlertDelay", Duration::try_from(age).unwrap_or_default());
        }
        tracing::info!(
            changes = counters.changes,
            evaluated = counters.evaluated,
            up = counters.up,
            down = counters.down,
            blind = counters.blind,
            sent = ran.performed.published.len(),
            owed = ran.performed.failed.len(),
            "evaluated"
        );
        for (message, error) in &ran.performed.failed {
            tracing::error!(alert = message.alert.id, %error, "an alert was not taken; it stays owed");
        }
        if let Some(error) = &ran.performed.not_cleared {
            tracing::error!(%error, "what was sent could not be cleared: it will be sent again under the same id");
        }
        if !ran.performed.conflicts.is_empty() {
            return Err(HandlerError::Contention(ran.performed.conflicts.len()));
        }
        self.follow_up(&ran, invoked.now).await?;
        if !batch.sweeps.is_empty() {
            self.table.remember_sweep(invoked.now).await?;
        }
        Ok(ran)
    }

    /// The path file in force; of a broken successor the deployment's topic is told once.
    async fn path_file(&self, now: Timestamp, metrics: &mut Metrics) -> Result<InForce, HandlerError> {
        let mut files = self.files.lock().await;
        let in_force = files.in_force(&self.config, &self.table, now).await?;
        metrics.count("PathFileBroken", usize::from(in_force.trouble.is_some()));
        let Some(trouble) = &in_force.trouble else {
            return Ok(in_force);
        };
        tracing::error!(
            problem = trouble.problem,
            "the path file is broken; its last valid version stays in force"
        );
        let channels = &self.settings.channels;
        if let (Some(topic), false) = (channels.topics().first(), trouble.is_told) {
            let text = format!(
                "The path file {} cannot be used as it is now. Its last valid version stays in force: what was watched is watched, what is new in it is not.\n\n{}\n\nMend it, and try it with `hopwatch validate`.\n",
                self.settings.paths, trouble.problem
            );
            match self
                .channels
                .notice(
                    topic,
                    "[hopwatch] The path file is broken",
                    &text,
                    &trouble.version,
                )
                .await
            {
                Ok(()) => files.told(&self.table, trouble).await?,
                Err(error) => tracing::error!(%error, "nobody could be told of the broken path file"),
            }
        }
        Ok(in_force)
    }

    /// Tells every topic of the deployment that this is a test.
    async fn send_test(&self, now: Timestamp) -> Result<Value, HandlerError> {
        let topics = self.settings.channels.topics();
        let text = "This is a test by `hopwatch doctor --send-test`: alerts about broken network paths will come this way.\n";
        let occasion = now.to_string();
        for topic in &topics {
            let sent = self
                .channels
                .notice(topic, "[hopwatch] Test alert", text, &occasion);
            sent.await
                .map_err(|error| HandlerError::Owed(1, error.to_string()))?;
        }
        Ok(json!({"sent": topics.len()}))
    }

    /// The live network, of everywhere that the path file looks.
    async fn network(&self, file: &PathFile) -> Result<Snapshot, HandlerError> {
        let here = self.config.region().map(ToString::to_string).unwrap_or_default();
        let scopes = scopes(&file.snapshot_scope, &file.paths, &here);
        let functions = function_qualifiers(&file.paths);
        // On the heap: dozens of calls are under way at once.
        let reading: Pin<Box<dyn Future<Output = _> + Send>> =
            Box::pin(collect(&self.config, &scopes, &functions));
        let collected = reading
            .await
            .map_err(|trouble| HandlerError::Network(trouble.to_string()))?;
        for unread in &collected.unread {
            tracing::warn!(?unread, "a call failed: what depends on it is undecided");
        }
        let loaded = collected
            .load()
            .map_err(|error| HandlerError::Network(error.to_string()))?;
        Ok(loaded.snapshot)
    }

    /// Adds to a batch what CloudTrail knows of the breaks that no event of it explains.
    async fn with_history(&self, mut look: Look, own: &Own, until: Instant, metrics: &mut Metrics) -> Look {
        let unexplained = match &look.decision {
            Some(decision) if !decision.unexplained.is_empty() => &decision.unexplained,
            _ => return look,
        };
        let now = look.world.now;
        let since = now.checked_sub(LOOK_BACK).unwrap_or(now);
        let look_up = trail::look_up(&self.config, unexplained, since, own);
        // Blame is worth a few seconds of waiting, and no more.
        let half = until.saturating_duration_since(Instant::now()) / 2;
        let found = tokio::time::timeout(half, look_up).await.unwrap_or_default();
        metrics.count("LookedUp", unexplained.len());
        for problem in &found.problems {
            tracing::warn!(problem, "who changed it could not be looked up");
        }
        if !found.events.is_empty() {
            let changes = found.events.into_iter().map(|event| event.change);
            look.batch.changes.extend(changes);
            look.decision = None;
        }
        look
    }

    /// Carries out what was decided, on a thread where waiting is allowed; decides anew where that is needed.
    async fn carry_out(&self, look: Look, until: Instant) -> Result<(Ran, Batch), HandlerError> {
        let mut publisher = ChannelPublisher::new(self.channels.clone(), Blocking::until(until));
        blocking(move || {
            let Look {
                batch,
                world,
                mut store,
                mut decision,
            } = look;
            let run = |records: &_| {
                // It was made over these very records, as long as nobody else has written.
                let made = decision.take();
                made.unwrap_or_else(|| world.decide(&batch, records))
            };
            let (decision, performed) = step(&mut store, &mut publisher, run)?;
            Ok((Ran { decision, performed }, batch))
        })
        .await
    }

    /// Sees to it that the function is woken for what is to be looked at again, and for what is still owed.
    async fn follow_up(&self, ran: &Ran, now: Timestamp) -> Result<(), HandlerError> {
        let mut orders: Vec<(Duration, Again)> = Vec::new();
        for follow_up in &ran.decision.follow_ups {
            let after = Duration::try_from(follow_up.after).unwrap_or_default();
            // What SQS cannot hold back for so long is the sweep's.
            if after <= MOST_DELAY {
                orders.push((after, follow_up.again.clone()));
            }
        }
        let owed: BTreeSet<String> = (ran.performed.failed.iter())
            .flat_map(|(message, _)| message.alert.paths.iter().map(|path| path.result.name.clone()))
            .collect();
        if !owed.is_empty() {
            // The longer it is owed, the longer the wait.
            let oldest = ran
                .performed
                .failed
                .iter()
                .map(|(message, _)| message.alert.seen_at)
                .min();
            let age = oldest
                .map(|oldest| now.duration_since(oldest))
                .unwrap_or_default();
            let after = Duration::try_from(age)
                .unwrap_or_default()
                .clamp(TRY_AGAIN, MOST_DELAY);
            let paths = owed.iter().take(100).cloned().collect();
            orders.push((
                after,
                Again {
                    paths,
                    event: None,
                    attempt: 0,
                },
            ));
        }
        let Some(queue) = &self.queue else {
            return match owed.len() {
                0 => Ok(()),
                owed => Err(HandlerError::Owed(
                    owed,
                    "the function has no HOPWATCH_QUEUE_URL".to_owned(),
                )),
            };
        };
        for (after, again) in orders {
            let message = ByHand::Again(again).to_json();
            if let Err(error) = queue.send(&message, after).await {
                tracing::error!(%error, "nothing will be looked at again before the next sweep");
                if !owed.is_empty() {
                    return Err(HandlerError::Owed(owed.len(), error.to_string()));
                }
            }
        }
        Ok(())
    }
}

/// All that a decision rests on but the batch and what is remembered.
#[derive(Debug)]
struct World {
    read: Arc<ReadPathFile>,
    surroundings: Surroundings,
    snapshot: Snapshot,
    channels: crate::monitor::Channels,
    now: Timestamp,
}

impl World {
    fn decide(&self, batch: &Batch, records: &Records) -> Decision {
        decide(&Input {
            batch,
            paths: &self.read.file.paths,
            surroundings: &self.surroundings,
            after: &self.snapshot,
            before: None,
            records,
            now: self.now,
            channels: &self.channels,
        })
    }
}

/// A batch looked at, and what was decided over what the store holds.
struct Look {
    batch: Batch,
    world: World,
    store: TableStore,
    /// `None`: to be made again.
    decision: Option<Decision>,
}

async fn first_look(batch: Batch, mut world: World, mut store: TableStore) -> Result<Look, HandlerError> {
    blocking(move || {
        let records = store.list()?;
        world.surroundings.hosts = hosts::resolve(&hosts::unpinned(&world.read.file.paths));
        let decision = Some(world.decide(&batch, records));
        Ok(Look {
            batch,
            world,
            store,
            decision,
        })
    })
    .await
}

/// Runs what waits on a thread of its own.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, HandlerError> + Send + 'static,
) -> Result<T, HandlerError> {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done,
        Err(error) => Err(HandlerError::Ended(error.to_string())),
    }
}

/// One line on standard output, where CloudWatch Logs reads it.
fn print_line(line: &str) {
    use std::io::Write as _;
    let mut out = std::io::stdout().lock();
    // A log that cannot be written is nothing that an invocation fails by.
    let _ = writeln!(out, "{line}");
}
