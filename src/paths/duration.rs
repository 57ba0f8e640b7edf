//! Durations as people write them: `90s`, `10m`, `1h30m`, `3d`.

use jiff::SignedDuration;

use super::node::excerpt;
use super::problem::Wrong;

/// Units from the longest to the shortest: the order in which they are written.
const UNITS: [(char, i64); 4] = [('d', 86_400), ('h', 3_600), ('m', 60), ('s', 1)];

/// Nobody waits longer; it also keeps every sum within range.
const LONGEST: i64 = 3_650 * 86_400;

/// A duration.
pub(super) fn parse(written: &str) -> Result<SignedDuration, Wrong> {
    match seconds(written) {
        Some(seconds) if seconds > LONGEST => Err(Wrong::new(format!(
            "`{}` is more than ten years",
            excerpt(written)
        ))),
        Some(seconds) => Ok(SignedDuration::from_secs(seconds)),
        None => Err(not_a_duration(written)),
    }
}

/// A duration, or `None` for `never`.
pub(super) fn parse_or_never(written: &str) -> Result<Option<SignedDuration>, Wrong> {
    if written == "never" {
        return Ok(None);
    }
    parse(written).map(Some).map_err(|wrong| match wrong.help {
        Some(help) => Wrong::new(wrong.message).help(format!("{help}, or `never`")),
        None => wrong,
    })
}

fn seconds(written: &str) -> Option<i64> {
    let mut units = UNITS.iter();
    let mut total: i64 = 0;
    let mut digits = String::new();
    for c in written.chars() {
        if c.is_ascii_digit() {
            digits.push(c);
            continue;
        }
        let count: i64 = digits.parse().ok()?;
        digits.clear();
        // Each unit once, the longer before the shorter.
        let (_, length) = units.by_ref().find(|(unit, _)| *unit == c)?;
        total = total.checked_add(count.checked_mul(*length)?)?;
    }
    (digits.is_empty() && !written.is_empty()).then_some(total)
}

fn not_a_duration(written: &str) -> Wrong {
    let wrong = Wrong::new(format!("`{}` is no duration", excerpt(written)));
    let tidy: String = written
        .chars()
        .filter(|c| !c.is_whitespace())
        .flat_map(char::to_lowercase)
        .collect();
    let tidy = tidy.strip_prefix("pt").unwrap_or(&tidy);
    let number = tidy.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let unit = tidy.get(number.len()..).and_then(|unit| unit.chars().next());
    let meant = match unit {
        Some(unit) => format!("{number}{unit}"),
        None => format!("{number}s"),
    };
    if tidy != written && seconds(tidy).is_some() {
        wrong.help(format!("write `{tidy}`"))
    } else if seconds(&meant).is_some() {
        match unit {
            Some(_) => wrong.help(format!("write `{meant}`")),
            None => wrong.help(format!(
                "a duration has a unit: `{number}s`, `{number}m`, `{number}h` or `{number}d`"
            )),
        }
    } else {
        wrong.help("write one such as `90s`, `10m`, `1h30m` or `3d`")
    }
}

#[cfg(test)]
mod tests {
    use super::{UNITS, parse, parse_or_never};
    use jiff::SignedDuration;
    use proptest::prelude::*;

    #[test]
    fn each_unit_once_and_the_longest_first() {
        for (written, seconds) in [
            ("0s", 0),
            ("90s", 90),
            ("10m", 600),
            ("1h30m", 5_400),
            ("3d", 259_200),
            ("1d1h1m1s", 90_061),
            ("0d", 0),
        ] {
            assert_eq!(
                parse(written),
                Ok(SignedDuration::from_secs(seconds)),
                "{written}"
            );
        }
        for written in [
            "", "90", "s", "1m1h", "1m1m", "1.5h", "-1s", "1 h", "1H", "1w", "1h30", "PT10M", "90sec", "٣s",
        ] {
            assert!(parse(written).is_err(), "{written}");
        }
    }

    #[test]
    fn the_help_says_what_was_meant() {
        for (written, help) in [
            ("90", "a duration has a unit: `90s`, `90m`, `90h` or `90d`"),
            ("1 h", "write `1h`"),
            ("PT10M", "write `10m`"),
            ("90sec", "write `90s`"),
            ("5 minutes", "write `5m`"),
            ("soon", "write one such as `90s`, `10m`, `1h30m` or `3d`"),
        ] {
            assert_eq!(
                parse(written).unwrap_err().help.as_deref(),
                Some(help),
                "{written}"
            );
        }
    }

    #[test]
    fn never_is_no_duration_but_may_stand_for_one() {
        assert!(parse("never").is_err());
        assert_eq!(parse_or_never("never"), Ok(None));
        assert_eq!(parse_or_never("1h"), Ok(Some(SignedDuration::from_hours(1))));
    }

    #[test]
    fn what_overflows_is_too_long_or_no_duration() {
        for written in [
            "99999999999999999999d",
            "9223372036854775807d",
            "3651d",
            "3650d1s",
        ] {
            assert!(parse(written).is_err(), "{written}");
        }
    }

    fn text(duration: SignedDuration) -> String {
        let mut rest = duration.as_secs();
        let mut text = String::new();
        for (unit, length) in UNITS {
            let count = rest / length;
            rest %= length;
            if count > 0 {
                text.push_str(&format!("{count}{unit}"));
            }
        }
        if text.is_empty() { "0s".into() } else { text }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(seconds in 0i64..315_360_000) {
            let duration = SignedDuration::from_secs(seconds);
            prop_assert_eq!(parse(&text(duration)), Ok(duration));
        }
    }
}
