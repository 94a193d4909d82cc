//! A doctor's finding in words, for the screen and on paper.

use archive::finding::{Finding, Histology, Said};
use wording::Wording;

/// What a doctor found, in a line.
pub fn said(words: &Wording, finding: &Finding) -> String {
    let mut parts = Vec::new();
    match &finding.said {
        None => parts.push(words.say("finding-waiting")),
        Some(Said::Benign) => parts.push(words.say("finding-benign")),
        Some(Said::Suspicious) => parts.push(words.say("finding-suspicious")),
        Some(Said::Histology(tissue)) => {
            let diagnosis = match tissue {
                Histology::Class(key) => words.diagnosis(key),
                Histology::Other { words, .. } => words.clone(),
            };
            parts.push(words.text("finding-tissue", &[("diagnosis", diagnosis.into())]));
        }
    }
    if finding.removed && finding.said.is_some() {
        parts.push(words.say("finding-removed"));
    }
    parts.join(". ")
}

/// When it was seen, and by whom.
pub fn seen(words: &Wording, finding: &Finding) -> String {
    let day = finding.seen_on;
    let day = words.language().date(day.year(), day.month(), day.day());
    match finding.by.is_empty() {
        true => words.text("finding-when", &[("day", day.into())]),
        false => words.text("finding-when-by", &[("day", day.into()), ("by", finding.by.clone().into())]),
    }
}
