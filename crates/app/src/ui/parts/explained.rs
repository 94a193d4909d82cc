//! One answer in full: what to do first, then why, how sure it is, and where it may be wrong.

use dioxus::prelude::*;

use super::icons::{Glyph, Icon};
use super::labels::{DiagnosisName, Foreign, list, tone};
use super::picture::Shown;
use crate::ui::state::App;
use assess::assessment::{Assessment, Doubt, Triage};
use assess::evidence::Table;
use net::diagnosis::{HAM10000, MELANOMA};
use net::modality::Modality;
use wording::Wording;

/// What stands below every answer.
#[component]
pub fn Small(model: String) -> Element {
    let words = use_context::<App>().words();
    rsx! {
        p { class: "soft small footer",
            {words.say("no-medical-device")}
            " "
            {words.text("result-model", &[("version", model.into())])}
        }
    }
}

/// Everything about one answer.
#[component]
pub fn Explained(assessment: Assessment, crop: String, saliency: String) -> Element {
    let app = use_context::<App>();
    let words = app.words();
    let told = assessment.triage != Triage::CannotTell;
    rsx! {
        section { class: "triage {tone(assessment.triage)}", "aria-live": "polite", id: "triage",
            match assessment.triage {
                Triage::SeeDoctorSoon => rsx! { Glyph { icon: Icon::Stethoscope, size: 32 } },
                Triage::HaveItLookedAt => rsx! { Glyph { icon: Icon::Alert, size: 32 } },
                Triage::NothingSuspicious => rsx! { Glyph { icon: Icon::Check, size: 32 } },
                Triage::CannotTell => rsx! { Glyph { icon: Icon::Question, size: 32 } },
            }
            div {
                h2 { {words.triage(assessment.triage)} }
                p { {words.advice(assessment.triage)} }
                Foreign { label: assessment.foreign_model.clone() }
            }
        }
        if told {
            Next { triage: assessment.triage }
            Picture { crop, saliency, kind: assessment.kind }
            Risk { assessment: assessment.clone() }
            OfThousandPeople { assessment: assessment.clone() }
            Likeness { assessment: assessment.clone() }
            Caveats { assessment: assessment.clone() }
        } else {
            section { class: "card",
                Crop { source: crop, text: words.say("result-crop") }
                h3 { {words.say("cannot-tell-why")} }
                ul {
                    for doubt in assessment.cannot_tell.clone() {
                        li { key: "{doubt:?}", {words.doubt(doubt)} }
                    }
                    for fault in assessment.quality.faults() {
                        li { key: "{fault.aspect:?}", {words.fault(fault)} }
                    }
                }
                h3 { {words.say("photo-tips-title")} }
                ul {
                    for tip in list(&words, &PHOTO_TIPS) {
                        li { key: "{tip}", "{tip}" }
                    }
                }
            }
        }
        if !told {
            Next { triage: assessment.triage }
        }
    }
}

#[component]
fn Next(triage: Triage) -> Element {
    let words = use_context::<App>().words();
    rsx! {
        section { class: "card",
            h3 { {words.say("next-title")} }
            ol {
                for step in next_steps(&words, triage) {
                    li { key: "{step}", "{step}" }
                }
            }
        }
    }
}

/// How to take a photo that can be assessed.
pub const PHOTO_TIPS: [&str; 4] =
    ["photo-tip-distance", "photo-tip-light", "photo-tip-focus", "photo-tip-alone"];

fn next_steps(words: &Wording, triage: Triage) -> Vec<String> {
    let keys: &[&str] = match triage {
        Triage::SeeDoctorSoon => &["next-appointment-soon", "next-show-photo", "next-urgent"],
        Triage::HaveItLookedAt => &["next-appointment", "next-show-photo", "next-urgent"],
        Triage::NothingSuspicious => &["next-watch", "next-again"],
        Triage::CannotTell => &["next-try-again", "next-worry", "next-urgent"],
    };
    list(words, keys)
}

#[component]
fn Picture(crop: String, saliency: String, kind: Modality) -> Element {
    let words = use_context::<App>().words();
    let mut looked = use_signal(|| false);
    let (source, text) = match looked() {
        true => (&saliency, words.say("result-saliency-text")),
        false => (&crop, words.say("result-crop")),
    };
    rsx! {
        section { class: "card",
            Crop { source: source.clone(), text: text.clone() }
            div { class: "switch", role: "group", "aria-label": words.say("result-picture"),
                button { "aria-pressed": "{!looked()}", onclick: move |_| looked.set(false), {words.say("result-photo")} }
                button { "aria-pressed": "{looked()}", id: "saliency", onclick: move |_| looked.set(true), {words.say("result-saliency")} }
            }
            if looked() {
                p { class: "soft small", "{text}" }
            } else if kind == Modality::Dermatoscope {
                p { class: "soft small", {words.kind(kind)} }
            }
        }
    }
}

/// A picture of the lesion; where a kept one is damaged, its place stays free.
#[component]
fn Crop(source: String, text: String) -> Element {
    rsx! {
        Shown { class: "crop", id: "crop", source, text,
            div { class: "crop" }
        }
    }
}

/// The risk on a scale from 0 to 100 %, with the lines that triage draws, and how far the views of the photo disagree.
#[component]
fn Risk(assessment: Assessment) -> Element {
    let app = use_context::<App>();
    let words = app.words();
    let [low, high] = assessment.risk_range;
    let lines = app.model().lines_of(&assessment);
    let percent = words.percent(assessment.risk);
    rsx! {
        section { class: "card",
            h3 { {words.say("risk-title")} }
            p { class: "figure", id: "risk", "{percent}" }
            div { class: "scale", "aria-hidden": "true",
                div { class: "track",
                    if let Some(lines) = lines {
                        span { class: "zone fine", style: "left:0;width:{lines.look * 100.0:.1}%" }
                        span { class: "zone look", style: "left:{lines.look * 100.0:.1}%;width:{(lines.soon - lines.look) * 100.0:.1}%" }
                        span { class: "zone soon", style: "left:{lines.soon * 100.0:.1}%;right:0" }
                    }
                    span { class: "range", style: "left:{low * 100.0:.1}%;width:{(high - low) * 100.0:.1}%" }
                    span { class: "dot", style: "left:{assessment.risk * 100.0:.1}%" }
                }
                div { class: "ends",
                    span { {words.text("percent", &[("value", "0".into())])} }
                    span { {words.text("percent", &[("value", "100".into())])} }
                }
            }
            if words.percent(low) != words.percent(high) {
                p { {words.text("risk-range", &[("low", words.percent(low).into()), ("high", words.percent(high).into())])} }
            }
            if let Some(despite) = assessment.despite_risk {
                p { id: "despite-risk", {words.despite_risk(despite)} }
            }
            if let (false, Some(alone)) = (assessment.because.is_empty(), assessment.risk_of_photo) {
                p { {words.say("because")} }
                ul {
                    for reason in assessment.because.clone() {
                        li { key: "{reason.factor:?}", {words.reason(&reason)} }
                    }
                }
                p { {words.text("risk-of-photo", &[("percent", words.percent(alone).into())])} }
            }
            p { class: "soft small", {words.say("risk-explained")} }
        }
    }
}

/// What this answer means for somebody who gets it, by how common cancer is among those who ask.
#[component]
fn OfThousandPeople(assessment: Assessment) -> Element {
    let app = use_context::<App>();
    let words = app.words();
    rsx! {
        if let Some(found) = app.model().evidence_of(&assessment).of_thousand(&assessment) {
            section { class: "card", id: "of-thousand",
                h3 { {words.say("of-thousand")} }
                ul {
                    for one in found {
                        li { key: "{one.share}", {words.of_thousand(&one)} }
                    }
                }
                p { class: "soft small", {words.say("of-thousand-basis")} }
            }
        }
    }
}

#[component]
fn Likeness(assessment: Assessment) -> Element {
    let app = use_context::<App>();
    let words = app.words();
    let share = words.percent(app.model().evidence_of(&assessment).set_coverage(&assessment));
    rsx! {
        section { class: "card",
            h3 { {words.say("looks-like")} }
            ul { class: "set",
                for diagnosis in assessment.prediction_set.clone() {
                    li { key: "{diagnosis}", DiagnosisName { diagnosis: diagnosis.clone() } }
                }
            }
            p { class: "soft small", {words.text("one-of-explained", &[("percent", share.into())])} }
            details {
                summary {
                    span { {words.say("all-probabilities")} }
                    Glyph { icon: Icon::Down, size: 20 }
                }
                ul { class: "bars",
                    for likelihood in assessment.probabilities.clone() {
                        li { key: "{likelihood.diagnosis}",
                            div { class: "bar-label",
                                span { {words.diagnosis(&likelihood.diagnosis)} }
                                span { {words.percent(likelihood.probability)} }
                            }
                            div { class: "bar-track", "aria-hidden": "true",
                                div {
                                    class: if likelihood.malignant { "bar-fill malignant" } else { "bar-fill" },
                                    style: "width:{likelihood.probability * 100.0:.1}%",
                                }
                            }
                            if likelihood.malignant {
                                span { class: "soft small", {words.say("malignant")} }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// How many melanomas there were among them, and how many of these were called not suspicious.
fn melanomas(table: &Table) -> Option<(u64, u64)> {
    let of_confusion = || {
        let class = HAM10000.iter().position(|diagnosis| diagnosis.key == MELANOMA)?;
        Some(table.confusion.get(class)?.iter().sum())
    };
    let all = table.melanomas.or_else(of_confusion)?;
    let missed = table.figure("melanoma called not suspicious").map(|figure| figure.value);
    let missed = missed.or_else(|| Some(1.0 - table.figure("sensitivity melanoma (look)")?.value))?;
    Some((all, (missed * all as f32).round() as u64))
}

/// Why the answer may be wrong here, then how often it was in the test.
#[component]
fn Caveats(assessment: Assessment) -> Element {
    let app = use_context::<App>();
    let words = app.words();
    let model = app.model();
    let table = model.evidence_of(&assessment).like(&assessment);
    let missed = table.and_then(|table| {
        if !table.calms {
            return Some(words.say("wrong-never-calms"));
        }
        let (melanomas, missed) = melanomas(table)?;
        let alarmed = words.percent(1.0 - table.figure("specificity (look)")?.value);
        let figures = [
            ("count", table.count.into()),
            ("missed", missed.into()),
            ("melanomas", melanomas.into()),
            ("alarmed", alarmed.into()),
        ];
        Some(words.text("wrong-measured", &figures))
    });
    rsx! {
        section { class: "card",
            h3 { {words.say("wrong-title")} }
            ul {
                if assessment.despite_quality {
                    li { {words.doubt(Doubt::Quality)} " " {words.say("wrong-despite")} }
                    for fault in assessment.quality.faults() {
                        li { key: "{fault.aspect:?}", {words.fault(fault)} }
                    }
                }
                if let Some(noticed) = words.noticed(assessment.person.noticed) {
                    li { "{noticed}" }
                }
                if assessment.kind_unsure {
                    li { {words.say("kind-unsure")} }
                } else if assessment.kind == Modality::PlainPhoto {
                    li { {words.kind(assessment.kind)} }
                }
                if assessment.prediction_set.len() > 2 {
                    li { {words.say("wrong-undecided")} }
                }
                if let Some(missed) = missed {
                    li { "{missed}" }
                }
                li { {words.say("wrong-skin")} }
            }
        }
    }
}
