//! When to look at a spot again, and a calendar file that says so.

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};

use super::record::Remarks;
use assess::assessment::Triage;

/// When to look again after a check on `day` with this answer. Months for what looks harmless, as for self-examinations; sooner
/// for what a doctor should see, so that it isn't forgotten.
pub fn look_again(triage: Triage, remarks: Remarks, day: Date) -> Date {
    let after = match triage {
        Triage::HaveItLookedAt | Triage::NothingSuspicious if remarks.any() => 2.weeks(),
        Triage::SeeDoctorSoon => 2.weeks(),
        Triage::HaveItLookedAt => 1.month(),
        Triage::NothingSuspicious => 3.months(),
        Triage::CannotTell => 1.day(),
    };
    day.saturating_add(after)
}

/// An iCalendar file (RFC 5545) with one all-day event, and an alarm in the morning of that day. `title` says nothing that others
/// should not read: calendars are synchronised.
pub fn calendar(number: u128, day: Date, title: &str, now: Timestamp) -> String {
    let stamp = now.strftime("%Y%m%dT%H%M%SZ");
    let (start, end) = (day.strftime("%Y%m%d"), day.saturating_add(1.day()).strftime("%Y%m%d").to_string());
    let title = escaped(title);
    [
        "BEGIN:VCALENDAR".into(),
        "VERSION:2.0".into(),
        "PRODID:-//Spotcheck//Spotcheck//EN".into(),
        "BEGIN:VEVENT".into(),
        format!("UID:{number:032x}-{start}"),
        format!("DTSTAMP:{stamp}"),
        format!("DTSTART;VALUE=DATE:{start}"),
        format!("DTEND;VALUE=DATE:{end}"),
        format!("SUMMARY:{title}"),
        "TRANSP:TRANSPARENT".into(),
        "BEGIN:VALARM".into(),
        "ACTION:DISPLAY".into(),
        format!("DESCRIPTION:{title}"),
        "TRIGGER:PT9H".into(),
        "END:VALARM".into(),
        "END:VEVENT".into(),
        "END:VCALENDAR".into(),
    ]
    .map(|line: String| folded(&line))
    .concat()
}

fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace(';', "\\;").replace(',', "\\,").replace(['\r', '\n'], " ")
}

/// A line with its end; no more than 75 bytes before each break, as section 3.1 wants it.
fn folded(line: &str) -> String {
    const MOST_BYTES: usize = 74;
    let (mut text, mut bytes) = (String::new(), 0);
    for character in line.chars() {
        if bytes + character.len_utf8() > MOST_BYTES {
            text.push_str("\r\n ");
            bytes = 1;
        }
        text.push(character);
        bytes += character.len_utf8();
    }
    text.push_str("\r\n");
    text
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn the_more_worrying_the_sooner_and_months_end_where_they_end() {
        let day = date(2026, 11, 30);
        let look_again = |triage, day| super::look_again(triage, Remarks::default(), day);
        assert_eq!(look_again(Triage::SeeDoctorSoon, day), date(2026, 12, 14));
        assert_eq!(look_again(Triage::HaveItLookedAt, day), date(2026, 12, 30));
        assert_eq!(look_again(Triage::NothingSuspicious, day), date(2027, 2, 28));
        assert_eq!(look_again(Triage::CannotTell, day), date(2026, 12, 1));
        let bleeds = Remarks { bleeds: true, ..Remarks::default() };
        assert_eq!(super::look_again(Triage::NothingSuspicious, bleeds, day), date(2026, 12, 14));
        assert_eq!(
            super::look_again(Triage::CannotTell, bleeds, day),
            date(2026, 12, 1),
            "sooner stays sooner"
        );
    }

    #[test]
    fn a_calendar_file_has_short_lines_and_escaped_text() {
        let title = "Look at the spot; left arm, again\n".repeat(5);
        let text = calendar(7, date(2026, 12, 31), &title, Timestamp::UNIX_EPOCH);
        assert!(text.starts_with("BEGIN:VCALENDAR\r\n") && text.ends_with("END:VCALENDAR\r\n"));
        assert!(text.lines().all(|line| line.len() <= 75), "{text}");
        let unfolded = text.replace("\r\n ", "");
        assert!(unfolded.contains("DTSTART;VALUE=DATE:20261231\r\nDTEND;VALUE=DATE:20270101\r\n"));
        assert!(unfolded.contains("SUMMARY:Look at the spot\\; left arm\\, again Look"), "{unfolded}");
        assert!(unfolded.contains("DTSTAMP:19700101T000000Z"));
    }
}
