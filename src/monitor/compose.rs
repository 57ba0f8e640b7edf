//! From a transition to the alert that tells of it, about one path.

use crate::alert::{Alert, AlertKind, AlertPath, Cut, SCHEMA_VERSION};
use crate::reach::report::{Blocker, FixCommand, PathResult};

use super::decide::Input;
use super::fingerprint::alert_id;
use super::outbox::OutboxEntry;
use super::record::{Announced, Record, State, Story};

/// The longest command that is made of several.
const MOST_COMMANDS: usize = 8;

/// The alert of a path's transition, owed to the path's channels.
pub(crate) fn transition(
    record: &Record,
    kind: AlertKind,
    result: PathResult,
    story: &Story,
    input: &Input<'_>,
    found_at_start: bool,
) -> OutboxEntry {
    let outage = (kind == AlertKind::Restored)
        .then_some(record.last_incident.as_ref())
        .flatten();
    let outage = outage.filter(|last| last.until == story.since);
    let incident = match (kind, outage, &record.incident) {
        (AlertKind::Restored, Some(last), _) => last.id.clone(),
        (_, _, Some(incident)) => incident.id.clone(),
        _ => record.blindness.clone().unwrap_or_default(),
    };
    let is_down = matches!(kind, AlertKind::Broken | AlertKind::Changed | AlertKind::Reminder);
    let cause = is_down.then(|| cause(record, &result)).flatten();
    let fix = is_down
        .then(|| story.fix.clone().or_else(|| fix(&result)))
        .flatten();
    let hop = result.hops.first();
    let account = (cause.as_ref()).map_or_else(
        || hop.and_then(|hop| hop.account.clone()),
        |blocker| blocker.account.clone(),
    );
    let region = (cause.as_ref()).map_or_else(
        || hop.and_then(|hop| hop.region.clone()),
        |blocker| blocker.region.clone(),
    );
    let path = AlertPath {
        result,
        asked: record.declared.asked.clone(),
        owner: record.declared.owner.clone(),
        runbook: record.declared.runbook.clone(),
        labels: record.declared.labels.clone(),
        since: outage.map_or(record.since, |last| last.since),
        until: outage.map(|last| last.until),
    };
    OutboxEntry {
        owed: input.channels.of(&record.declared),
        alert: Alert {
            schema_version: SCHEMA_VERSION,
            id: alert_id(
                &incident,
                kind.as_str(),
                // What nobody is known to have done is not told with what somebody did.
                &match &story.blame {
                    Some(_) => story.trigger.clone(),
                    None => format!("{} by nobody known", story.trigger),
                },
                if kind == AlertKind::Reminder {
                    record.reminders
                } else {
                    0
                },
            ),
            incident,
            kind,
            cause,
            blame: story.blame.clone().filter(|_| !found_at_start),
            fix,
            outage_seconds: outage.map(|last| last.until.duration_since(last.since).as_secs()),
            reminder: record.reminders.saturating_sub(1),
            found_at_start,
            seen_again: kind == AlertKind::Changed
                && record
                    .announced
                    .as_ref()
                    .is_some_and(|told| told.state == State::Blind && told.fingerprint == record.fingerprint),
            trigger: story.trigger.clone(),
            seen_at: input.now,
            account,
            region,
            cut: Cut::default(),
            paths: vec![path],
        },
    }
}

/// The alert of a path that is no longer watched; `None`: nothing was told of it that would have to be taken back.
/// `redefined`: the file has another path under that name.
pub(crate) fn withdrawn(old: &Record, input: &Input<'_>, redefined: bool) -> Option<OutboxEntry> {
    let told: &Announced = old.announced.as_ref().filter(|told| told.state != State::Up)?;
    let incident = old.incident.as_ref().map(|incident| incident.id.clone());
    let incident = incident.or_else(|| old.blindness.clone()).unwrap_or_default();
    let trigger = input.batch.trigger(&old.name, input.now);
    let result = PathResult {
        name: old.name.clone(),
        expect: old.declared.expect,
        verdict: old.verdict,
        as_expected: (told.state == State::Down).then_some(false),
        severity: old.declared.severity,
        reason: None,
        blockers: Vec::new(),
        arrives: Vec::new(),
        arrives_more: 0,
        hops: Vec::new(),
        branches: Vec::new(),
        dependencies: old.dependencies.clone(),
        notices: if redefined {
            vec!["the path file now asks something else under this name".to_owned()]
        } else {
            Vec::new()
        },
    };
    Some(OutboxEntry {
        owed: input.channels.of(&old.declared),
        alert: Alert {
            schema_version: SCHEMA_VERSION,
            id: alert_id(&incident, AlertKind::Withdrawn.as_str(), &trigger, 0),
            incident,
            kind: AlertKind::Withdrawn,
            paths: vec![AlertPath {
                result,
                asked: old.declared.asked.clone(),
                owner: old.declared.owner.clone(),
                runbook: old.declared.runbook.clone(),
                labels: old.declared.labels.clone(),
                since: old.since,
                until: None,
            }],
            cause: None,
            blame: None,
            fix: None,
            outage_seconds: None,
            reminder: 0,
            found_at_start: false,
            seen_again: false,
            trigger,
            seen_at: input.now,
            account: None,
            region: None,
            cut: Cut::default(),
        },
    })
}

/// The blocker to name: of those that the path broke by, the first.
fn cause(record: &Record, result: &PathResult) -> Option<Blocker> {
    let by = |blocker: &&Blocker| {
        (record.incident.as_ref()).is_some_and(|incident| incident.components.contains(&blocker.component))
    };
    result
        .blockers
        .iter()
        .find(by)
        .or_else(|| result.blockers.first())
        .cloned()
}

/// All fixes of a path as one: they were tried together, and with all of them nothing is lost any more. A blocker without
/// one is mended by another's.
fn fix(result: &PathResult) -> Option<FixCommand> {
    let fixes: Vec<&FixCommand> = result
        .blockers
        .iter()
        .filter_map(|blocker| blocker.fix.as_ref())
        .collect();
    let (commands, sentences) = FixCommand::told_once(fixes.iter().copied());
    if commands.is_empty() || commands.len() > MOST_COMMANDS || fixes.iter().any(|fix| !fix.verified) {
        return None;
    }
    Some(FixCommand {
        command: commands.join(" && "),
        message: sentences.join("; "),
        verified: true,
    })
}
