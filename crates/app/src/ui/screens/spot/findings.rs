//! What doctors found about a spot: as it was noted, against what the app had said, and a form to note more.

use std::sync::Arc;

use dioxus::prelude::*;
use jiff::ZonedDateTime;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::finding::{said, seen};
use crate::ui::parts::{Choice, Glyph, Icon};
use crate::ui::state::App;
use archive::finding::{Contradiction, Finding, Histology, Said};
use archive::record::{Check, Spot, SpotId};
use net::diagnosis::{self, Diagnosis};

/// Most characters of who saw it and of what a report says.
const MOST: usize = 200;

/// All findings of a spot, the one noted last first.
#[component]
pub fn Findings(spot: Spot, checks: Vec<Arc<Check>>) -> Element {
    let app = use_context::<App>();
    let words = app.words();
    let id = spot.id;
    let contradiction = |finding: &Finding| {
        let check = last_before(&checks, finding.seen_on)?;
        Some(words.say(match finding.contradicts(&check.assessment)? {
            Contradiction::Missed => "finding-missed",
            Contradiction::Suspected => "finding-suspected",
            Contradiction::FalseAlarm => "finding-false-alarm",
        }))
    };
    rsx! {
        section { class: "card findings",
            h2 { {words.say("finding-title")} }
            if spot.findings.is_empty() {
                p { class: "soft small", {words.say("finding-lead")} }
            }
            for (at, finding) in spot.findings.iter().cloned().enumerate().rev() {
                div { key: "{at}", class: "finding",
                    p {
                        strong { {said(&words, &finding)} }
                        br {}
                        span { class: "soft small",
                            {seen(&words, &finding)}
                        }
                    }
                    if let Some(sentence) = contradiction(&finding) {
                        p { class: "warning", "{sentence}" }
                    }
                    button {
                        class: "button quiet",
                        id: "delete-finding-{at}",
                        onclick: {
                            let finding = finding.clone();
                            move |_| {
                                let gone = finding.clone();
                                let delete = move |spot: &mut Spot| spot.findings.retain(|other| *other != gone);
                                app.keep(move |archive_worker| archive_worker.change_spot(id, delete), |()| {});
                            }
                        },
                        {words.say("finding-delete")}
                    }
                }
            }
            details {
                summary {
                    span { {words.say("finding-add")} }
                    Glyph { icon: Icon::Down, size: 20 }
                }
                // Begun anew with every finding that is noted.
                for count in [spot.findings.len()] {
                    Form { key: "{count}", spot: id }
                }
            }
        }
    }
}

/// The check that the doctor's word is held against: the last one until that day, or the first after it.
fn last_before(checks: &[Arc<Check>], seen_on: Date) -> Option<&Arc<Check>> {
    let day = |check: &Check| check.at.to_zoned_datetime(TimeZone::system()).date();
    checks.iter().rev().find(|check| day(check) <= seen_on).or(checks.first())
}

/// What was chosen of what a doctor may have said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Chosen {
    Benign,
    Suspicious,
    /// Removed, without a result yet.
    Waiting,
    Histology,
}

impl Chosen {
    const ALL: [(Self, &'static str); 4] = [
        (Self::Benign, "finding-benign"),
        (Self::Suspicious, "finding-suspicious"),
        (Self::Waiting, "finding-waiting"),
        (Self::Histology, "finding-histology"),
    ];
}

/// What can be chosen as the result of an examination: what the app knows, but for the mixture that has a line of its own.
fn results() -> impl Iterator<Item = &'static Diagnosis> {
    diagnosis::known().filter(|diagnosis| !diagnosis.refer)
}

#[component]
fn Form(spot: SpotId) -> Element {
    let app = use_context::<App>();
    let words = app.words();
    let today = ZonedDateTime::now().date();
    let mut seen_on = use_signal(|| Some(today));
    let mut by = use_signal(String::new);
    let mut chosen = use_signal(|| None::<Chosen>);
    let mut class = use_signal(|| None::<&'static str>);
    let mut in_words = use_signal(String::new);
    let mut malignant = use_signal(|| None::<bool>);
    // Most tissue is examined because the spot was removed.
    let mut removed = use_signal(|| None::<bool>);
    let is_removed =
        move || removed().unwrap_or(matches!(chosen(), Some(Chosen::Waiting | Chosen::Histology)));
    // Whether somebody wanted to save what isn't whole: what is missing is said then, and the button is never dead.
    let mut tried = use_signal(|| false);
    let found = move || {
        let said = match chosen().ok_or("finding-missing")? {
            Chosen::Benign => Some(Said::Benign),
            Chosen::Suspicious => Some(Said::Suspicious),
            Chosen::Waiting => None,
            Chosen::Histology => Some(Said::Histology(match class() {
                Some(key) => Histology::Class(key.into()),
                None => {
                    let words = shortened(&in_words());
                    if words.is_empty() {
                        return Err("finding-missing-result");
                    }
                    Histology::Other { words, malignant: malignant() }
                }
            })),
        };
        let removed = is_removed() || chosen() == Some(Chosen::Waiting);
        Ok(Finding { seen_on: seen_on().ok_or("finding-missing-day")?, by: shortened(&by()), said, removed })
    };
    let missing = if tried() { found().err() } else { None };
    let save = move |event: FormEvent| {
        event.prevent_default();
        match found() {
            Ok(finding) => {
                let add = move |spot: &mut Spot| spot.findings.push(finding);
                app.keep(move |archive_worker| archive_worker.change_spot(spot, add), |()| {});
            }
            Err(_) => tried.set(true),
        }
    };
    rsx! {
        form { class: "form", onsubmit: save,
            div { class: "field",
                label { r#for: "seen-on", {words.say("finding-seen-on")} }
                input {
                    id: "seen-on",
                    r#type: "date",
                    max: "{today}",
                    initial_value: "{today}",
                    onchange: move |event| seen_on.set(event.value().parse().ok().filter(|day| *day <= today)),
                }
            }
            div { class: "field",
                label { r#for: "seen-by", {words.say("finding-by")} }
                input { id: "seen-by", r#type: "text", maxlength: "{MOST}", oninput: move |event| by.set(event.value()) }
            }
            div { role: "radiogroup", "aria-label": words.say("finding-said"),
                h3 { {words.say("finding-said")} }
                for (option, key) in Chosen::ALL {
                    Choice {
                        key: "{key}",
                        name: "finding",
                        label: words.say(key),
                        chosen: chosen() == Some(option),
                        onchoose: move |()| chosen.set(Some(option)),
                    }
                }
            }
            if chosen() == Some(Chosen::Histology) {
                div { class: "field",
                    label { r#for: "result", {words.say("finding-diagnosis")} }
                    select {
                        id: "result",
                        onchange: move |event| class.set(results().map(|result| &*result.key).find(|key| *key == event.value())),
                        option { value: "", selected: class().is_none(), {words.say("finding-other")} }
                        for result in results() {
                            option { key: "{result.key}", value: "{result.key}", selected: class() == Some(&*result.key), {words.diagnosis(&result.key)} }
                        }
                    }
                }
                if class().is_none() {
                    div { class: "field",
                        label { r#for: "in-words", {words.say("finding-words")} }
                        input { id: "in-words", r#type: "text", maxlength: "{MOST}", oninput: move |event| in_words.set(event.value()) }
                    }
                    div { role: "radiogroup", "aria-label": words.say("finding-malignant"),
                        h3 { {words.say("finding-malignant")} }
                        for (option, key) in [(Some(true), "finding-malignant-yes"), (Some(false), "finding-malignant-no"), (None, "finding-malignant-unknown")] {
                            Choice {
                                key: "{key}",
                                name: "malignant",
                                label: words.say(key),
                                chosen: malignant() == option,
                                onchoose: move |()| malignant.set(option),
                            }
                        }
                    }
                }
            }
            if chosen().is_some_and(|chosen| chosen != Chosen::Waiting) {
                label { class: "choice",
                    input { r#type: "checkbox", id: "removed", checked: is_removed(), onchange: move |event| removed.set(Some(event.checked())) }
                    span { {words.say("finding-removed")} }
                }
            }
            p { class: "warning", id: "finding-missing", role: "status", hidden: missing.is_none(),
                if let Some(key) = missing {
                    {words.say(key)}
                }
            }
            button { class: "button", id: "save-finding", r#type: "submit", {words.say("keep-save")} }
        }
    }
}

fn shortened(text: &str) -> String {
    text.trim().chars().take(MOST).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use archive::made_up;
    use jiff::ToSpan;

    /// Whoever saw a doctor in June is not told of what the app said in August, unless it had said nothing before.
    #[test]
    fn a_finding_is_held_against_the_answer_of_its_time() {
        let day = |number: i64| "2025-06-01".parse::<Date>().expect("day") + number.days();
        let check = |number: i64| {
            let at = day(number).to_zoned_datetime(TimeZone::system()).expect("a time").timestamp();
            Arc::new(Check { at, ..made_up::check(SpotId::from(1)) })
        };
        let checks = [check(0), check(10), check(60)];
        for (seen_on, wanted) in [(day(10), 1), (day(30), 1), (day(-5), 0), (day(90), 2)] {
            assert_eq!(last_before(&checks, seen_on).map(|check| check.id), Some(checks[wanted].id));
        }
        assert!(last_before(&[], day(0)).is_none());
    }

    #[test]
    fn every_result_that_can_be_chosen_says_whether_it_is_malignant() {
        for result in results() {
            let histology = Said::Histology(Histology::Class(result.key.to_string()));
            let finding = Finding { said: Some(histology), ..made_up::finding() };
            assert_eq!(finding.malignant(), Some(result.malignant), "{}", result.key);
        }
    }
}
