//! The `Date` field.

use crate::mapi::{Digits, told};

const DAY_MS: i64 = 86_400_000;
const DAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
/// The last instant with a year of four digits.
const LAST: i64 = 253_402_300_799_999;

/// RFC 5322 date-time in UTC of a wall clock in ms since 1970, kept within 1970 to 9999.
pub fn format_date(wall_ms: i64) -> String {
    let wall = wall_ms.clamp(0, LAST);
    let (days, seconds) = (wall / DAY_MS, wall % DAY_MS / 1000);
    let (year, month, day) = civil(days);
    let weekday = usize::try_from(days % 7).ok().and_then(|i| DAYS.get(i)).copied().unwrap_or_default();
    let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    let two = |n: i64| Digits::decimal(n.unsigned_abs(), 2);
    let year = Digits::decimal(year.unsigned_abs(), 4);
    told![weekday, ", ", two(day), " ", month, " ", year, " ", two(hour), ":", two(minute), ":", two(second), " +0000"]
}

/// Year, month and day of a day since 1970, by counting years from March in eras of 400.
fn civil(days: i64) -> (i64, &'static str, i64) {
    let shifted = days + 719_468;
    let (era, of_era) = (shifted / 146_097, shifted % 146_097);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * from_march + 2) / 5 + 1;
    let month = (from_march + 2) % 12;
    let year = year_of_era + era * 400 + i64::from(month < 2);
    (year, usize::try_from(month).ok().and_then(|i| MONTHS.get(i)).copied().unwrap_or_default(), day)
}
