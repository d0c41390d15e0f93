//! When something was, by the clock on the wall.

use jiff::{Timestamp, Zoned};

/// The time of day of a moment in Unix seconds, with the date unless it is today's.
#[must_use]
pub(super) fn moment(unix: i64, now: &Zoned) -> String {
    let time = match Timestamp::from_second(unix) {
        Ok(time) if unix != 0 => time.to_zoned(now.time_zone().clone()),
        // It says nothing, or something that no clock shows.
        _ => return "--:--".to_owned(),
    };
    // jiff's strftime would take 15 KB of the program.
    let (date, clock) = (
        time.date(),
        format!("{:02}:{:02}", time.hour(), time.minute()),
    );
    match date == now.date() {
        true => clock,
        false => format!("{date} {clock}"),
    }
}

/// A length of time, in its two largest units.
#[must_use]
pub(super) fn length(seconds: u64) -> String {
    const MINUTE: u64 = 60;
    const HOUR: u64 = 60 * MINUTE;
    const DAY: u64 = 24 * HOUR;
    let two = |large, small, (one, other)| {
        let (count, rest) = (seconds / large, seconds % large / small);
        match rest {
            0 => format!("{count} {one}"),
            rest => format!("{count} {one} {rest} {other}"),
        }
    };
    match seconds {
        0..MINUTE => format!("{seconds} s"),
        MINUTE..HOUR => format!("{} min", seconds / MINUTE),
        HOUR..DAY => two(HOUR, MINUTE, ("h", "min")),
        DAY.. => two(DAY, HOUR, ("d", "h")),
    }
}

#[cfg(test)]
mod tests {
    use jiff::tz::{TimeZone, offset};

    use super::*;

    #[test]
    fn a_moment_of_today_has_no_date() {
        // 2018-03-13T07:49:43Z
        const UNIX: i64 = 1_520_927_383;
        let now = |hours: i8, later: i64| {
            let zone = TimeZone::fixed(offset(hours));
            Timestamp::from_second(UNIX + later).unwrap().to_zoned(zone)
        };
        for (hours, later, shown) in [
            (0, 0, "07:49"),
            (8, 0, "15:49"),
            (8, 8 * 3600, "15:49"),
            (8, 9 * 3600, "2018-03-13 15:49"),
            (-8, 24 * 3600, "2018-03-12 23:49"),
            // A clock that is behind.
            (0, -8 * 3600, "2018-03-13 07:49"),
        ] {
            assert_eq!(moment(UNIX, &now(hours, later)), shown, "{hours} {later}");
        }
    }

    #[test]
    fn a_length_has_two_units_at_most() {
        for (seconds, shown) in [
            (0, "0 s"),
            (59, "59 s"),
            (60, "1 min"),
            (3599, "59 min"),
            (3600, "1 h"),
            (3660, "1 h 1 min"),
            (86_399, "23 h 59 min"),
            (86_400, "1 d"),
            (90_059, "1 d 1 h"),
            (u64::MAX, "213503982334601 d 7 h"),
        ] {
            assert_eq!(length(seconds), shown);
        }
    }

    #[test]
    fn what_is_no_time_is_shown_as_none() {
        for unix in [0, i64::MIN, i64::MAX] {
            assert_eq!(moment(unix, &Zoned::now()), "--:--");
        }
    }
}
