//! Five-field cron expressions, for maintenance windows.
//!
//! The fields are those of crontab(5): minute, hour, day of month, month, day of week, each `*`, a number, a range, a
//! step over either, or a list of these; months and days of the week also by their first three letters. Where both
//! day fields are restricted, either will do. Own code: the crates that do this bring a second version of `jiff` and take
//! more than five fields say.

use std::fmt;
use std::str::FromStr;

use jiff::civil::{Date, Weekday};

use super::node::excerpt;
use super::problem::Wrong;

/// A parsed cron expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cron {
    minutes: Set,
    hours: Set,
    days_of_month: Set,
    months: Set,
    /// Sunday is 0.
    days_of_week: Set,
    text: String,
}

/// The numbers that a field allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Set {
    bits: u64,
    /// Whether the field begins with `*`: that is what crontab(5) calls unrestricted.
    star: bool,
}

impl Set {
    fn has(self, number: u8) -> bool {
        number < 64 && self.bits & (1 << number) != 0
    }
}

struct Field {
    name: &'static str,
    first: u8,
    last: u8,
    names: &'static [&'static str],
}

const MONTHS: [&str; 12] = [
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
];
const DAYS: [&str; 7] = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

const FIELDS: [Field; 5] = [
    Field {
        name: "minute",
        first: 0,
        last: 59,
        names: &[],
    },
    Field {
        name: "hour",
        first: 0,
        last: 23,
        names: &[],
    },
    Field {
        name: "day of month",
        first: 1,
        last: 31,
        names: &[],
    },
    Field {
        name: "month",
        first: 1,
        last: 12,
        names: &MONTHS,
    },
    Field {
        name: "day of week",
        first: 0,
        last: 7,
        names: &DAYS,
    },
];

/// Why a text is no cron expression.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", told(message, help.as_deref()))]
pub struct CronError {
    message: String,
    help: Option<String>,
}

fn told(message: &str, help: Option<&str>) -> String {
    help.map_or_else(|| message.to_owned(), |help| format!("{message}; {help}"))
}

impl FromStr for Cron {
    type Err = CronError;

    fn from_str(text: &str) -> Result<Self, CronError> {
        parse(text).map_err(|Wrong { message, help }| CronError { message, help })
    }
}

/// As it was written.
impl fmt::Display for Cron {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

pub(super) fn parse(text: &str) -> Result<Cron, Wrong> {
    let fields: Vec<&str> = text.split_ascii_whitespace().collect();
    let [minute, hour, day, month, weekday] = fields.as_slice() else {
        return Err(not_five(text, fields.len()));
    };
    let [minutes, hours, days_of_month, months, days_of_week] = &FIELDS;
    let mut days_of_week = set(weekday, days_of_week)?;
    if days_of_week.has(7) {
        days_of_week.bits = (days_of_week.bits | 1) & !(1 << 7);
    }
    let cron = Cron {
        minutes: set(minute, minutes)?,
        hours: set(hour, hours)?,
        days_of_month: set(day, days_of_month)?,
        months: set(month, months)?,
        days_of_week,
        text: fields.join(" "),
    };
    if cron.has_a_day() {
        Ok(cron)
    } else {
        Err(Wrong::new(format!(
            "`{}` never comes: no such month has such a day",
            excerpt(text)
        )))
    }
}

fn not_five(text: &str, count: usize) -> Wrong {
    let wrong = Wrong::new(match count {
        1 => format!("`{}` is one field, not five", excerpt(text)),
        _ => format!("`{}` has {count} fields, not five", excerpt(text)),
    });
    let inner = text.strip_prefix("cron(").and_then(|rest| rest.strip_suffix(')'));
    if inner.is_some() {
        wrong.help("write the five fields without `cron(…)` and without the year: `0 2 * * sun`")
    } else if text.starts_with('@') {
        wrong.help("write the five fields: `@daily` is `0 0 * * *`")
    } else if count > 5 {
        wrong.help("there are no seconds and no years: minute, hour, day of month, month, day of week")
    } else {
        wrong.help("they are minute, hour, day of month, month, day of week: `0 2 * * sun`")
    }
}

fn set(text: &str, field: &Field) -> Result<Set, Wrong> {
    let mut bits = 0;
    for item in text.split(',') {
        bits |= item_bits(item, text, field)?;
    }
    Ok(Set {
        bits,
        star: text.starts_with('*'),
    })
}

fn item_bits(item: &str, text: &str, field: &Field) -> Result<u64, Wrong> {
    let wrong = |what: String| Wrong::new(format!("the {} `{}` {what}", field.name, excerpt(text)));
    let (range, step) = match item.split_once('/') {
        Some((range, step)) => {
            let step = step
                .parse::<u8>()
                .ok()
                .filter(|step| *step > 0 && step_is_plain(item))
                .ok_or_else(|| {
                    wrong(format!(
                        "has the step `{}`, which is not a number above 0",
                        excerpt(step)
                    ))
                })?;
            (range, Some(step))
        }
        None => (item, None),
    };
    let (from, to) = if range == "*" {
        (
            field.first,
            field
                .last
                .min(if field.names.len() == 7 { 6 } else { field.last }),
        )
    } else if let Some((from, to)) = range.split_once('-') {
        let (first, last) = (number(from, text, field)?, number(to, text, field)?);
        // `fri-sun` ends with the Sunday after.
        let last = if field.last == 7 && last == 0 && first > 0 {
            7
        } else {
            last
        };
        if first > last {
            return Err(wrong(format!(
                "has the range `{}`, which ends before it begins",
                excerpt(range)
            ))
            .help(format!(
                "write `{from}-{}` and `{}-{to}` with a comma between",
                field.last, field.first
            )));
        }
        (first, last)
    } else {
        let only = number(range, text, field)?;
        if step.is_some() {
            return Err(
                wrong(format!("has a step over the single `{}`", excerpt(range))).help(format!(
                    "write `{}-{}/{}`",
                    excerpt(range),
                    field.last,
                    step.unwrap_or(1)
                )),
            );
        }
        (only, only)
    };
    let numbers = (from..=to).step_by(usize::from(step.unwrap_or(1)));
    Ok(numbers.fold(0, |bits, number| bits | 1 << number))
}

fn step_is_plain(item: &str) -> bool {
    item.rsplit('/')
        .next()
        .is_some_and(|step| step.bytes().all(|byte| byte.is_ascii_digit()))
        && item.matches('/').count() == 1
}

fn number(written: &str, text: &str, field: &Field) -> Result<u8, Wrong> {
    let wrong = |what: String| Wrong::new(format!("the {} `{}` {what}", field.name, excerpt(text)));
    if let Some(index) = field
        .names
        .iter()
        .position(|name| name.eq_ignore_ascii_case(written))
    {
        return Ok(u8::try_from(index)
            .unwrap_or(u8::MAX)
            .saturating_add(if field.last == 12 { 1 } else { 0 }));
    }
    let digits = !written.is_empty() && written.bytes().all(|byte| byte.is_ascii_digit());
    match written.parse::<u8>() {
        Ok(number) if digits && (field.first..=field.last).contains(&number) => Ok(number),
        _ if digits => Err(wrong(format!("is outside {}–{}", field.first, field.last))),
        _ => Err(wrong(format!(
            "has `{}`, which is neither a number nor a range",
            excerpt(written)
        ))
        .help(match field.names {
            [] => "write `*`, a number, a range such as `1-5`, a step such as `*/15`, or a list of them"
                .to_owned(),
            [first, .., last] => format!("names are `{first}` to `{last}`"),
            [only] => format!("the name is `{only}`"),
        })),
    }
}

impl Cron {
    /// Whether some day is ever meant.
    fn has_a_day(&self) -> bool {
        let long = |month: u8| match month {
            2 => 29,
            4 | 6 | 9 | 11 => 30,
            _ => 31,
        };
        let by_date = (1..=12u8)
            .filter(|month| self.months.has(*month))
            .any(|month| (1..=long(month)).any(|day| self.days_of_month.has(day)));
        // With both day fields restricted a day of the week is enough.
        by_date || (!self.days_of_month.star && !self.days_of_week.star)
    }

    /// Whether it is due on that day.
    pub(super) fn is_due_on(&self, date: Date) -> bool {
        let in_range = |number: i8| u8::try_from(number).unwrap_or(0);
        let weekday = match date.weekday() {
            Weekday::Sunday => 0,
            Weekday::Monday => 1,
            Weekday::Tuesday => 2,
            Weekday::Wednesday => 3,
            Weekday::Thursday => 4,
            Weekday::Friday => 5,
            Weekday::Saturday => 6,
        };
        let of_month = self.days_of_month.has(in_range(date.day()));
        let of_week = self.days_of_week.has(weekday);
        let day = if self.days_of_month.star || self.days_of_week.star {
            of_month && of_week
        } else {
            of_month || of_week
        };
        day && self.months.has(in_range(date.month()))
    }

    /// The minutes of a day on which it is due, from the last to the first.
    pub(super) fn minutes_of_day_from_last(&self) -> impl Iterator<Item = u16> + '_ {
        (0..24u8)
            .rev()
            .filter(|hour| self.hours.has(*hour))
            .flat_map(move |hour| {
                (0..60u8)
                    .rev()
                    .filter(|minute| self.minutes.has(*minute))
                    .map(move |minute| u16::from(hour) * 60 + u16::from(minute))
            })
    }

    /// Whether it follows the clock on the wall rather than naming hours: then what a change of clocks repeats is
    /// due again, and what it skips is not made up for (cron(8), on daylight saving).
    pub(super) fn is_periodic(&self) -> bool {
        self.minutes.star || self.hours.star
    }
}

#[cfg(test)]
mod tests {
    use super::{Cron, parse};
    use jiff::civil::{Date, date};

    fn cron(text: &str) -> Cron {
        text.parse().unwrap()
    }

    fn minutes(text: &str) -> Vec<u16> {
        let mut minutes: Vec<u16> = cron(text).minutes_of_day_from_last().collect();
        minutes.reverse();
        minutes
    }

    /// The days of November 2026, which begins on a Sunday.
    fn days(text: &str) -> Vec<i8> {
        (1..=30)
            .filter(|day| cron(text).is_due_on(date(2026, 11, *day)))
            .collect()
    }

    #[test]
    fn minutes_and_hours() {
        assert_eq!(minutes("30 2 * * *"), [150]);
        assert_eq!(minutes("0,30 2-3 * * *"), [120, 150, 180, 210]);
        assert_eq!(minutes("*/20 5 * * *"), [300, 320, 340]);
        assert_eq!(minutes("10-40/15 0 * * *"), [10, 25, 40]);
        assert_eq!(minutes("0 */12 * * *"), [0, 720]);
        assert_eq!(minutes("* * * * *").len(), 1_440);
        assert_eq!(minutes("*/59 0 * * *"), [0, 59]);
        assert_eq!(minutes("*/60 0 * * *"), [0]);
    }

    #[test]
    fn days_of_month_and_week() {
        assert_eq!(days("0 0 1,15 * *"), [1, 15]);
        assert_eq!(days("0 0 28-31 * *"), [28, 29, 30]);
        assert_eq!(days("0 0 * * sun"), [1, 8, 15, 22, 29]);
        assert_eq!(days("0 0 * * 0"), days("0 0 * * 7"));
        assert_eq!(days("0 0 * * MON-fri"), days("0 0 * * 1-5"));
        assert_eq!(days("0 0 * * fri-sun"), days("0 0 * * 0,5,6"));
        assert_eq!(days("0 0 * * 5-7"), days("0 0 * * 0,5,6"));
        assert_eq!(days("0 0 * * sun-tue"), days("0 0 * * 0-2"));
        assert_eq!(days("0 0 * * */3"), days("0 0 * * 0,3,6"));
        assert_eq!(days("0 0 * dec *"), [0i8; 0]);
        assert_eq!(days("0 0 * jan,nov *").len(), 30);
    }

    #[test]
    fn either_day_field_will_do_where_both_are_restricted() {
        assert_eq!(days("0 0 13 * fri"), [6, 13, 20, 27]);
        assert_eq!(days("0 0 14 * fri"), [6, 13, 14, 20, 27]);
        assert_eq!(
            days("0 0 */10 * sun"),
            [1],
            "`*/10` begins with `*`, so both must fit"
        );
    }

    #[test]
    fn leap_days_are_days() {
        let leap = cron("0 0 29 2 *");
        assert!(leap.is_due_on(date(2028, 2, 29)));
        assert!(!leap.is_due_on(date(2028, 3, 1)));
        for never in ["0 0 30 2 *", "0 0 31 4,6,9,11 *"] {
            assert!(never.parse::<Cron>().is_err(), "{never}");
        }
        assert!(cron("0 0 30 2 mon").is_due_on(date(2027, 2, 1)));
    }

    #[test]
    fn what_is_no_expression() {
        for text in [
            "",
            "*",
            "* * * *",
            "* * * * * *",
            "60 * * * *",
            "* 24 * * *",
            "* * 0 * *",
            "* * 32 * *",
            "* * * 0 *",
            "* * * 13 *",
            "* * * * 8",
            "*/0 * * * *",
            "*/x * * * *",
            "*/-1 * * * *",
            "*/+5 * * * *",
            "*/5/5 * * * *",
            "5/15 * * * *",
            "1-2-3 * * * *",
            "5-1 * * * *",
            "a * * * *",
            "jan * * * *",
            "* * * mon *",
            "* * * * jan",
            "1, * * * *",
            ",1 * * * *",
            "** * * * *",
            "? * * * *",
            "+1 * * * *",
            "-1 * * * *",
            "999 * * * *",
            "1.5 * * * *",
            "@daily",
            "* * L * *",
            "* * * * mon#1",
            "٣ * * * *",
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn an_error_says_which_field() {
        let error = "0 2 * * sunday".parse::<Cron>().unwrap_err();
        assert_eq!(
            error.to_string(),
            "the day of week `sunday` has `sunday`, which is neither a number nor a range; names are `sun` to `sat`"
        );
    }

    #[test]
    fn it_is_shown_as_it_was_written() {
        assert_eq!(cron("  0\t2 *  * SUN ").to_string(), "0 2 * * SUN");
    }

    #[test]
    fn every_day_is_due_for_the_expression_that_names_none() {
        let mut day = Date::constant(2026, 1, 1);
        for _ in 0..800 {
            assert!(cron("0 0 * * *").is_due_on(day));
            day = day.tomorrow().unwrap();
        }
    }
}
