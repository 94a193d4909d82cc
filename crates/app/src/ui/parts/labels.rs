//! Short texts that stand beside pictures and answers.

use dioxus::prelude::*;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::ui::state::App;
use assess::assessment::Triage;
use wording::Wording;

/// The style that goes with a triage level. Words and an icon always say the same.
pub fn tone(triage: Triage) -> &'static str {
    match triage {
        Triage::SeeDoctorSoon => "soon",
        Triage::HaveItLookedAt => "look",
        Triage::NothingSuspicious => "fine",
        Triage::CannotTell => "unsure",
    }
}

/// The name of a diagnosis and what it means.
#[component]
pub fn DiagnosisName(diagnosis: String) -> Element {
    let words = use_context::<App>().words();
    rsx! {
        strong { {words.diagnosis(&diagnosis)} }
        if let Some(meaning) = words.meaning(&diagnosis) {
            span { class: "soft", ": {meaning}" }
        }
    }
}

/// Says that an answer is somebody else's model's, wherever one stands.
#[component]
pub fn Foreign(label: Option<String>) -> Element {
    let words = use_context::<App>().words();
    rsx! {
        if let Some(label) = label {
            span { class: "foreign", {words.text("model-foreign", &[("label", label.into())])} }
        }
    }
}

/// The texts of these keys, in their order.
pub fn list(words: &Wording, keys: &[&str]) -> Vec<String> {
    keys.iter().map(|key| words.say(key)).collect()
}

/// The day of a moment, here, as the language writes it.
pub fn day_of(words: &Wording, at: Timestamp) -> String {
    day(words, at.to_zoned_datetime(TimeZone::system()).date())
}

/// A day as the language writes it.
pub fn day(words: &Wording, day: Date) -> String {
    words.language().date(day.year(), day.month(), day.day())
}
