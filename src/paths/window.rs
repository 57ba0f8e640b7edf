//! Maintenance windows: when they begin, and whether an instant lies in one.
//!
//! A window covers every instant from a start of its cron expression until its duration is over. Where the clocks go
//! forward over a start, the window begins when they have; where they go back over one, it begins at the first of
//! the two. Expressions that name no hour or minute follow the clock instead (cron(8), on daylight saving).

use jiff::civil::Date;
use jiff::tz::{AmbiguousOffset, TimeZone, TimeZoneDatabase};
use jiff::{SignedDuration, Span, Timestamp};

use super::cron::{self, Cron};
use super::duration;
use super::fields::{self, Fields, Given};
use super::key;
use super::model::MaintenanceWindow;
use super::node::{Node, excerpt};
use super::problem::{Problem, Problems, Wrong};
use super::suggestion::did_you_mean;

/// The longest window, in days. It bounds how far back a start is looked for.
const LONGEST_DAYS: i64 = 31;

/// How many windows that follow each other without a gap are taken as one.
const MOST_JOINED: usize = 2_000;

/// Clocks have never gone back by more than a day, nor by more than this within one.
const MOST_REPEATED_MINUTES: u16 = 4 * 60;

/// An IANA time zone, from the data that is built in: the same answer on every machine.
fn time_zone(written: &str) -> Result<TimeZone, Wrong> {
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
        .unwrap_or_else(|| {
            if written.contains(['+', '-']) {
                "name a place, such as `Europe/Berlin`: its clocks change, those of an offset do not".into()
            } else {
                "write a name of the IANA database, such as `Europe/Berlin` or `UTC`".into()
            }
        });
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
    fn never_ends(&self) -> bool {
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

pub(super) fn read(
    problems: &mut Problems,
    name: &'static str,
    node: &Node,
) -> Option<Vec<MaintenanceWindow>> {
    let items = fields::list(problems, name, node, true)?;
    let mut windows = Vec::with_capacity(items.len());
    for item in items {
        // Looking for the nearest time zone costs something.
        if problems.is_full() {
            break;
        }
        windows.extend(read_window(problems, item));
    }
    (windows.len() == items.len()).then_some(windows)
}

fn read_window(problems: &mut Problems, node: &Node) -> Option<MaintenanceWindow> {
    let fields = Fields::of(problems, node, &key::WINDOW)?;
    let cron = fields.parse(problems, "cron", cron::parse);
    let duration = fields.parse(problems, "duration", |written| {
        let duration = duration::parse(written)?;
        if duration.is_zero() {
            Err(Wrong::new("a window has some length"))
        } else if duration > SignedDuration::from_hours(24 * LONGEST_DAYS) {
            Err(Wrong::new(format!(
                "`{}` is more than {} days",
                excerpt(written),
                LONGEST_DAYS
            ))
            .help("a path that nobody should hear of for so long is muted: `muteUntil` with a `reason`"))
        } else {
            Ok(duration)
        }
    });
    let time_zone = fields.parse(problems, "timeZone", time_zone);
    for (key, absent) in [("cron", cron.is_absent()), ("duration", duration.is_absent())] {
        if absent && !fields.has_unknown() {
            problems.error(
                Problem::at(fields.place, format!("a maintenance window without `{key}`"))
                    .label("not whole")
                    .help("write `{ cron: \"0 2 * * sun\", duration: 2h, timeZone: Europe/Berlin }`"),
            );
        }
    }
    let time_zone = match time_zone {
        Given::Bad => return None,
        Given::Absent => jiff::tz::TimeZone::UTC,
        Given::Is(zone, _) => zone,
    };
    let window = MaintenanceWindow {
        cron: cron.value()?,
        duration: duration.value()?,
        time_zone,
    };
    if window.never_ends() {
        problems.warning(
            Problem::at(
                fields.place,
                "this maintenance window never ends: the next begins before it is over",
            )
            .label("always in force")
            .help(
                "its path would never be announced as broken; to mute it, write `muteUntil` with a `reason`",
            ),
        );
    }
    Some(window)
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;
    use jiff::{SignedDuration, Timestamp};
    use proptest::prelude::*;

    use super::super::model::MaintenanceWindow;
    use super::{duration, time_zone};

    fn window(cron: &str, length: &str, zone: &str) -> MaintenanceWindow {
        MaintenanceWindow {
            cron: cron.parse().unwrap(),
            duration: duration::parse(length).unwrap(),
            time_zone: time_zone(zone).unwrap(),
        }
    }

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    /// In force from the first to before the last of each pair, and not just outside.
    fn in_force(window: &MaintenanceWindow, spans: &[(&str, &str)]) {
        let second = SignedDuration::from_secs(1);
        for (from, to) in spans.iter().map(|(from, to)| (at(from), at(to))) {
            assert!(!window.covers(from - second), "before {from}");
            assert!(window.covers(from), "at {from}");
            assert!(window.covers(to - second), "before {to}");
            assert!(!window.covers(to), "at {to}");
            assert_eq!(window.ends_at(from), Some(to));
            assert_eq!(window.ends_at(to - second), Some(to));
            assert_eq!(window.ends_at(to), None);
        }
    }

    #[test]
    fn a_weekly_window_follows_the_clock_of_its_zone() {
        let window = window("0 2 * * sun", "2h", "Europe/Berlin");
        in_force(
            &window,
            &[
                ("2026-11-29T02:00:00+01:00", "2026-11-29T04:00:00+01:00"),
                ("2026-07-05T02:00:00+02:00", "2026-07-05T04:00:00+02:00"),
            ],
        );
        assert!(!window.covers(at("2026-11-30T02:30:00+01:00")));
    }

    #[test]
    fn a_window_may_reach_into_the_next_days() {
        in_force(
            &window("0 23 * * fri", "12h", "UTC"),
            &[("2026-11-27T23:00:00Z", "2026-11-28T11:00:00Z")],
        );
        in_force(
            &window("0 0 1 * *", "10d", "UTC"),
            &[("2026-11-01T00:00:00Z", "2026-11-11T00:00:00Z")],
        );
        in_force(
            &window("0 0 1 1 *", "31d", "UTC"),
            &[("2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z")],
        );
    }

    #[test]
    fn windows_that_touch_are_one() {
        in_force(
            &window("0 2,3 * * *", "1h", "UTC"),
            &[("2026-11-27T02:00:00Z", "2026-11-27T04:00:00Z")],
        );
        in_force(
            &window("0 2,3 * * *", "90m", "UTC"),
            &[("2026-11-27T02:00:00Z", "2026-11-27T04:30:00Z")],
        );
        in_force(
            &window("*/15 22 * * *", "10m", "UTC"),
            &[("2026-11-27T22:15:00Z", "2026-11-27T22:25:00Z")],
        );
    }

    /// Clocks in Berlin go from 02:00 to 03:00 at 01:00Z of 28 March 2027.
    #[test]
    fn a_start_that_is_skipped_comes_when_the_clocks_have_changed() {
        in_force(
            &window("30 2 * * *", "1h", "Europe/Berlin"),
            &[("2027-03-28T01:00:00Z", "2027-03-28T02:00:00Z")],
        );
        in_force(
            &window("0 1 * * *", "3h", "Europe/Berlin"),
            &[("2027-03-28T00:00:00Z", "2027-03-28T03:00:00Z")],
        );
        // At midnight, as Brazil's clocks did.
        in_force(
            &window("0 0 4 11 *", "1h", "America/Sao_Paulo"),
            &[("2018-11-04T03:00:00Z", "2018-11-04T04:00:00Z")],
        );
        // What follows the clock is due when the clock shows it; nothing is made up for.
        let periodic = window("30 * * * *", "10m", "Europe/Berlin");
        assert!(!periodic.covers(at("2027-03-28T01:05:00Z")));
        assert!(periodic.covers(at("2027-03-28T01:35:00Z")));
    }

    /// Clocks in Berlin go from 03:00 to 02:00 at 01:00Z of 25 October 2026.
    #[test]
    fn a_start_that_comes_twice_counts_once() {
        let window_once = window("30 2 * * *", "15m", "Europe/Berlin");
        in_force(&window_once, &[("2026-10-25T00:30:00Z", "2026-10-25T00:45:00Z")]);
        assert!(!window_once.covers(at("2026-10-25T01:35:00Z")));
        let periodic = window("30 * * * *", "15m", "Europe/Berlin");
        in_force(
            &periodic,
            &[
                ("2026-10-25T00:30:00Z", "2026-10-25T00:45:00Z"),
                ("2026-10-25T01:30:00Z", "2026-10-25T01:45:00Z"),
            ],
        );
        // A window that has begun lasts as long as it says, whatever the clocks do.
        in_force(
            &window("0 2 * * *", "2h", "Europe/Berlin"),
            &[("2026-10-25T00:00:00Z", "2026-10-25T02:00:00Z")],
        );
    }

    #[test]
    fn a_window_that_never_ends_is_known() {
        for (cron, length, never) in [
            ("* * * * *", "1m", true),
            ("*/5 * * * *", "5m", true),
            ("*/5 * * * *", "4m", false),
            ("0 0 * * *", "1d", true),
            ("0 0 * * *", "23h", false),
            ("0 0 * * mon-fri", "1d", false),
            ("0 0 * * mon-fri", "3d", true),
            ("0 0 1 * *", "31d", true),
            ("0 0 1 * *", "30d", false),
            ("0 0 29 2 *", "31d", false),
        ] {
            assert_eq!(
                window(cron, length, "UTC").never_ends(),
                never,
                "{cron} for {length}"
            );
        }
    }

    #[test]
    fn the_end_of_a_window_that_never_ends_is_some_way_on() {
        let window = window("* * * * *", "1h", "UTC");
        let now = at("2026-11-27T00:00:00Z");
        assert!(window.ends_at(now).unwrap() > now + SignedDuration::from_hours(24));
    }

    #[test]
    fn the_edges_of_time_are_no_trouble() {
        for zone in [
            "UTC",
            "Europe/Berlin",
            "Pacific/Apia",
            "Pacific/Kiritimati",
            "America/Havana",
        ] {
            let window = window("* * * * *", "31d", zone);
            for at in [Timestamp::MIN, Timestamp::MAX, Timestamp::UNIX_EPOCH] {
                window.covers(at);
                window.ends_at(at);
            }
        }
    }

    /// What a window is, told minute by minute.
    fn covers_by_looking(window: &MaintenanceWindow, at: Timestamp) -> bool {
        let minutes = window.duration.as_secs() / 60;
        let this_minute = Timestamp::from_second(at.as_second().div_euclid(60) * 60).unwrap();
        (0..minutes).any(|back| starts(window, this_minute - SignedDuration::from_mins(back)))
    }

    fn starts(window: &MaintenanceWindow, minute: Timestamp) -> bool {
        let zone = &window.time_zone;
        let due = |civil: jiff::civil::DateTime| {
            let of_day = u16::try_from(i32::from(civil.hour()) * 60 + i32::from(civil.minute())).unwrap();
            window.cron.is_due_on(civil.date())
                && window
                    .cron
                    .minutes_of_day_from_last()
                    .any(|minute| minute == of_day)
        };
        let shown = zone.to_datetime(minute);
        let first_of_two = zone.to_ambiguous_timestamp(shown).earlier().unwrap() == minute;
        if due(shown) && (first_of_two || window.cron.is_periodic()) {
            return true;
        }
        // What the clock has just skipped.
        let before = zone.to_datetime(minute - SignedDuration::from_mins(1));
        let skipped = shown.since(before).unwrap().total(jiff::Unit::Minute).unwrap();
        !window.cron.is_periodic()
            && (1..60 * 25)
                .take_while(|minutes| f64::from(*minutes) < skipped)
                .any(|minutes| due(before + SignedDuration::from_mins(i64::from(minutes))))
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

        #[test]
        fn a_window_is_what_looking_at_every_minute_says(
            cron in prop::sample::select(vec![
                "30 2 * * *", "0 2 * * *", "15 1,3 * * *", "*/20 * * * *", "45 23 * * *", "0 0 * * *", "5 0-3 * * sun",
                "0 12 25-31 * sat", "* 2 * * *", "30 */2 * * *", "59 23 31 * *",
            ]),
            minutes in 1i64..400,
            (zone, around) in prop::sample::select(vec![
                ("Europe/Berlin", "2027-03-28T01:00:00Z"), ("Europe/Berlin", "2026-10-25T01:00:00Z"),
                ("America/New_York", "2026-03-08T07:00:00Z"), ("America/New_York", "2026-11-01T06:00:00Z"),
                ("America/Havana", "2026-11-01T05:00:00Z"), ("America/Sao_Paulo", "2018-11-04T03:00:00Z"),
                ("Australia/Lord_Howe", "2026-04-04T15:00:00Z"), ("Australia/Lord_Howe", "2026-10-03T15:30:00Z"),
                ("Asia/Tehran", "2021-09-21T19:30:00Z"), ("Asia/Tehran", "2021-03-21T20:30:00Z"),
                ("America/St_Johns", "2010-11-07T02:31:00Z"), ("Asia/Kathmandu", "2026-01-01T00:00:00Z"),
                ("UTC", "2028-02-29T00:00:00Z"),
            ]),
            offset in -30i64 * 3600..30 * 3600,
        ) {
            let window = MaintenanceWindow {
                cron: cron.parse().unwrap(),
                duration: SignedDuration::from_mins(minutes),
                time_zone: time_zone(zone).unwrap(),
            };
            let at = at(around) + SignedDuration::from_secs(offset);
            prop_assert_eq!(window.covers(at), covers_by_looking(&window, at), "{} in {} at {}", cron, zone, at);
            if let Some(end) = window.ends_at(at)
                && !window.never_ends()
            {
                prop_assert!(end > at && !window.covers(end));
                prop_assert!(window.covers(end - SignedDuration::from_secs(1)));
            }
        }
    }

    #[test]
    fn zones_are_those_of_the_database() {
        assert_eq!(time_zone("UTC").unwrap().iana_name(), Some("UTC"));
        assert_eq!(
            time_zone("America/New_York").unwrap().iana_name(),
            Some("America/New_York")
        );
        for written in [
            "",
            "local",
            "UTC+2",
            "+02:00",
            "Europe/",
            "../etc/passwd",
            "/etc/localtime",
            "Mars/Olympus",
        ] {
            assert!(time_zone(written).is_err(), "{written}");
        }
        assert_ne!(time_zone("Europe/Berlin").unwrap(), TimeZone::UTC);
    }
}
