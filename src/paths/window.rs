//! Maintenance windows: when they begin, and whether an instant lies in one.
//!
//! A window covers every instant from a start of its cron expression until its duration is over. Where the clocks go
//! forward over a start, the window begins when they have; where they go back over one, it begins at the first of
//! the two. Expressions that name no hour or minute follow the clock instead (cron(8), on daylight saving).

use jiff::civil::Date;
use jiff::tz::{AmbiguousOffset, TimeZone, TimeZoneDatabase};
use jiff::{SignedDuration, Span, Timestamp};

use super::cron::Cron;
use super::model::MaintenanceWindow;
use super::node::excerpt;
use super::problem::Wrong;
use super::suggestion::did_you_mean;

/// The longest window, in days. It bounds how far back a start is looked for.
pub(super) const LONGEST_DAYS: i64 = 31;

/// How many windows that follow each other without a gap are taken as one.
const MOST_JOINED: usize = 2_000;

/// Clocks have never gone back by more than a day, nor by more than this within one.
const MOST_REPEATED_MINUTES: u16 = 4 * 60;

/// An IANA time zone, from the data that is built in: the same answer on every machine.
pub(super) fn time_zone(written: &str) -> Result<TimeZone, Wrong> {
    let database = TimeZoneDatabase::bundled();
    if let Ok(zone) = database.get(written) {
        return Ok(zone);
    }
    let names: Vec<String> = database
        .available()
        .map(|name| name.as_str().to_owned())
        .collect();
    let by_city = names
        .iter()
        .find(|name| {
            name.rsplit('/')
                .next()
                .is_some_and(|city| city.eq_ignore_ascii_case(&written.replace(' ', "_")))
        })
        .map(|name| format!("did you mean `{name}`?"));
    let help = by_city
        .or_else(|| did_you_mean(written, names.iter().map(String::as_str)))
        .unwrap_or_else(|| "write a name of the IANA database, such as `Europe/Berlin` or `UTC`".into());
    Err(Wrong::new(format!("`{}` is no time zone", excerpt(written))).help(help))
}

impl MaintenanceWindow {
    /// Whether it is in force at that instant.
    pub fn covers(&self, at: Timestamp) -> bool {
        self.end_of_latest(at).is_some()
    }

    /// When the time in which it is in force at `at` is over, windows that touch taken as one. `None`: it is not in
    /// force. Of a window that never ends, an instant some way on.
    pub fn ends_at(&self, at: Timestamp) -> Option<Timestamp> {
        let mut end = self.end_of_latest(at)?;
        for _ in 0..MOST_JOINED {
            match self.end_of_latest(end) {
                Some(later) if later > end => end = later,
                _ => break,
            }
        }
        Some(end)
    }

    /// The end of the latest window that began at `at` or before, if it lies beyond `at`.
    fn end_of_latest(&self, at: Timestamp) -> Option<Timestamp> {
        let start = latest_start(&self.cron, &self.time_zone, at)?;
        let end = start.checked_add(self.duration).unwrap_or(Timestamp::MAX);
        (end > at).then_some(end)
    }

    /// Whether its starts follow each other so closely that it is always in force.
    pub(super) fn never_ends(&self) -> bool {
        longest_gap(&self.cron).is_some_and(|gap| gap <= self.duration)
    }
}

/// The latest start at `at` or before, as far back as a window can reach.
fn latest_start(cron: &Cron, zone: &TimeZone, at: Timestamp) -> Option<Timestamp> {
    let today = zone.to_datetime(at).date();
    // A fold at midnight puts the first minutes of tomorrow before the last of today.
    let mut date = today.tomorrow().unwrap_or(today);
    let mut latest: Option<Timestamp> = None;
    for back in -1..=LONGEST_DAYS + 1 {
        if cron.is_due_on(date) {
            let start = latest_start_on(cron, zone, date, at);
            latest = latest.max(start);
        }
        if latest.is_some() && back >= 1 {
            break;
        }
        date = date.yesterday().ok()?;
    }
    latest
}

fn latest_start_on(cron: &Cron, zone: &TimeZone, date: Date, at: Timestamp) -> Option<Timestamp> {
    let mut latest: Option<(u16, Timestamp)> = None;
    for minute in cron.minutes_of_day_from_last() {
        if latest.is_some_and(|(found, _)| found.saturating_sub(minute) > MOST_REPEATED_MINUTES) {
            break;
        }
        for start in instants(cron, zone, date, minute).into_iter().flatten() {
            if start <= at && latest.is_none_or(|(_, best)| start > best) {
                latest = Some((minute, start));
            }
        }
    }
    latest.map(|(_, start)| start)
}

/// When the clock of the zone shows that minute of that day, for this expression: never, once or twice.
fn instants(cron: &Cron, zone: &TimeZone, date: Date, minute: u16) -> [Option<Timestamp>; 2] {
    let (hour, minute) = (
        i8::try_from(minute / 60).unwrap_or(0),
        i8::try_from(minute % 60).unwrap_or(0),
    );
    let ambiguous = zone.to_ambiguous_timestamp(date.at(hour, minute, 0, 0));
    match ambiguous.offset() {
        AmbiguousOffset::Unambiguous { .. } => [ambiguous.compatible().ok(), None],
        AmbiguousOffset::Gap { .. } if cron.is_periodic() => [None, None],
        // When the clocks go forward: the transition before the time that would have been shown.
        AmbiguousOffset::Gap { .. } => {
            let shown = ambiguous.later().ok();
            let transition = shown.and_then(|shown| {
                let after = shown.checked_add(Span::new().nanoseconds(1)).unwrap_or(shown);
                zone.preceding(after)
                    .next()
                    .map(|transition| transition.timestamp())
            });
            [transition, None]
        }
        AmbiguousOffset::Fold { .. } if cron.is_periodic() => {
            [ambiguous.earlier().ok(), ambiguous.later().ok()]
        }
        AmbiguousOffset::Fold { .. } => [ambiguous.earlier().ok(), None],
    }
}

/// The longest time between two starts, changes of clocks aside. `None`: it starts less than twice in a year.
fn longest_gap(cron: &Cron) -> Option<SignedDuration> {
    const DAY: i64 = 24 * 60;
    let minutes: Vec<i64> = cron.minutes_of_day_from_last().map(i64::from).collect();
    let (last, first) = (*minutes.first()?, *minutes.last()?);
    let within = minutes
        .iter()
        .zip(minutes.iter().skip(1))
        .map(|(later, earlier)| later - earlier)
        .max()
        .unwrap_or(0);
    let start = Date::constant(2023, 1, 1);
    let due: Vec<i64> = (0..=400i64)
        .filter(|days| {
            start
                .checked_add(Span::new().days(*days))
                .is_ok_and(|date| cron.is_due_on(date))
        })
        .collect();
    let days = due
        .iter()
        .zip(due.iter().skip(1))
        .map(|(earlier, later)| later - earlier)
        .max()?;
    Some(SignedDuration::from_mins(within.max(days * DAY - last + first)))
}
