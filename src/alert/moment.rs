//! Instants and durations as people read them: `09:14:07Z`, `23 min`.

use jiff::{SignedDuration, Timestamp};

/// An instant in UTC, to the second; with its date where that is another than the one it is told on.
pub(crate) fn instant(time: Timestamp, told: Timestamp) -> String {
    let date = |time: Timestamp| time.strftime("%Y-%m-%d").to_string();
    if date(time) == date(told) {
        time.strftime("%H:%M:%SZ").to_string()
    } else {
        full(time)
    }
}

/// An instant in UTC with its date.
pub(crate) fn full(time: Timestamp) -> String {
    time.strftime("%Y-%m-%d %H:%M:%SZ").to_string()
}

/// A duration by its two largest units.
pub(crate) fn duration(length: SignedDuration) -> String {
    let seconds = length.as_secs().max(0);
    let (days, hours, minutes) = (seconds / 86_400, seconds / 3_600 % 24, seconds / 60 % 60);
    let two = |first: String, second: i64, unit: &str| {
        if second == 0 {
            first
        } else {
            format!("{first} {second} {unit}")
        }
    };
    if days > 0 {
        two(format!("{days} d"), hours, "h")
    } else if hours > 0 {
        two(format!("{hours} h"), minutes, "min")
    } else if minutes >= 10 {
        format!("{minutes} min")
    } else if minutes > 0 {
        two(format!("{minutes} min"), seconds % 60, "s")
    } else {
        format!("{seconds} s")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn by_the_two_largest_units() {
        for (seconds, text) in [
            (-5, "0 s"),
            (34, "34 s"),
            (90, "1 min 30 s"),
            (23 * 60 + 5, "23 min"),
            (3600, "1 h"),
            (3 * 3600 + 120, "3 h 2 min"),
            (72 * 3600, "3 d"),
            (73 * 3600 + 59, "3 d 1 h"),
        ] {
            assert_eq!(duration(SignedDuration::from_secs(seconds)), text);
        }
    }

    #[test]
    fn a_date_only_where_it_is_another() {
        let time: Timestamp = "2026-05-04T23:59:59Z".parse().unwrap();
        let later: Timestamp = "2026-05-05T00:00:10Z".parse().unwrap();
        assert_eq!(instant(time, time), "23:59:59Z");
        assert_eq!(instant(time, later), "2026-05-04 23:59:59Z");
    }
}
