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
    let format = match time.date() == now.date() {
        true => "%H:%M",
        false => "%Y-%m-%d %H:%M",
    };
    time.strftime(format).to_string()
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
    fn what_is_no_time_is_shown_as_none() {
        for unix in [0, i64::MIN, i64::MAX] {
            assert_eq!(moment(unix, &Zoned::now()), "--:--");
        }
    }
}
