//! `lastModifiedDate`, as a browser in China writes a date into a form.

use std::time::{Duration, UNIX_EPOCH};

/// China's time, ahead of UTC by so many seconds all year round.
const AHEAD: i64 = 8 * 60 * 60;
/// The last second of the year 9999, behind which HTTP has no dates.
const LAST: i64 = 253_402_300_799;

/// `Thu Mar 17 2016 00:55:10 GMT+0800 (CST)` of a Unix time in seconds; of one
/// before 1970 or after 9999 the nearest date.
pub(super) fn javascript(unix: i64) -> String {
    let local = unix.saturating_add(AHEAD).clamp(0, LAST).unsigned_abs();
    // Puts the same words in another order: `Thu, 17 Mar 2016 00:55:10 GMT`.
    let http = httpdate::fmt_http_date(UNIX_EPOCH + Duration::from_secs(local));
    let mut words = http.split([' ', ',']).filter(|word| !word.is_empty());
    let mut word = || words.next().unwrap_or_default();
    let (weekday, day, month, year, time) = (word(), word(), word(), word(), word());
    format!("{weekday} {month} {day} {year} {time} GMT+0800 (CST)")
}

#[cfg(test)]
mod tests {
    use super::javascript;

    /// protocol.md gives the first; the others follow from the calendar.
    #[test]
    fn dates_of_known_moments() {
        for (unix, date) in [
            (1_458_147_310, "Thu Mar 17 2016 00:55:10 GMT+0800 (CST)"),
            (0, "Thu Jan 01 1970 08:00:00 GMT+0800 (CST)"),
            (1_709_221_500, "Thu Feb 29 2024 23:45:00 GMT+0800 (CST)"),
            (1_709_222_400, "Fri Mar 01 2024 00:00:00 GMT+0800 (CST)"),
            (i64::MIN, "Thu Jan 01 1970 00:00:00 GMT+0800 (CST)"),
            (i64::MAX, "Fri Dec 31 9999 23:59:59 GMT+0800 (CST)"),
        ] {
            assert_eq!(javascript(unix), date, "{unix}");
        }
    }
}
