//! The answer to a photo: what to do first, then why, how sure it is, and where it may be wrong.

use dioxus::prelude::*;
use dioxus_free_icons::icons::ld_icons::{
    LdChevronDown, LdCircleAlert, LdCircleCheck, LdCircleHelp, LdStethoscope,
};

use crate::assessment::{Assessment, Doubt, Kind, Triage};
use crate::diagnosis::HAM10000;
use crate::evidence::{Evidence, Table};
use crate::ui::app::Route;
use crate::ui::look::data_address;
use crate::ui::parts::{Bar, DiagnosisName, GetPhoto, Glyph, list, tone, triage_lines};
use crate::ui::state::App;
use crate::wording::Wording;

/// The check that is shown, or a way back where there is none.
#[component]
pub fn Result() -> Element {
    let app = use_context::<App>();
    let words = app.words();
    rsx! {
        main { class: "screen result",
            Bar { title: words.say("result-title") }
            if let Some(answer) = app.shown() {
                Explained {
                    assessment: answer.assessment.clone(),
                    crop: data_address(&answer.pictures.crop).to_string(),
                    saliency: data_address(&answer.pictures.saliency).to_string(),
                }
                div { class: "actions",
                    if answer.assessment.triage == Triage::CannotTell {
                        GetPhoto { first: true }
                        Link { class: "button quiet", to: Route::Keep {}, id: "keep", {words.say("keep")} }
                    } else {
                        Link { class: "button large", to: Route::Keep {}, id: "keep", {words.say("keep")} }
                        GetPhoto {}
                    }
                    Link { class: "button quiet", to: Route::Learn {}, {words.say("learn-more")} }
                }
                Small { model: answer.assessment.model.clone() }
            } else {
                p { {words.say("result-empty")} }
                GetPhoto { first: true }
            }
        }
    }
}

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
                Triage::SeeDoctorSoon => rsx! { Glyph { icon: LdStethoscope, size: 32 } },
                Triage::HaveItLookedAt => rsx! { Glyph { icon: LdCircleAlert, size: 32 } },
                Triage::NothingSuspicious => rsx! { Glyph { icon: LdCircleCheck, size: 32 } },
                Triage::CannotTell => rsx! { Glyph { icon: LdCircleHelp, size: 32 } },
            }
            div {
                h2 { {words.triage(assessment.triage)} }
                p { {words.advice(assessment.triage)} }
            }
        }
        if told {
            Next { triage: assessment.triage }
            Picture { crop, saliency, kind: assessment.kind }
            Risk { assessment: assessment.clone() }
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
fn Picture(crop: String, saliency: String, kind: Kind) -> Element {
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
            } else if kind == Kind::Dermatoscope {
                p { class: "soft small", {words.kind(kind)} }
            }
        }
    }
}

/// A picture of the lesion. A kept one comes a moment after its check: its place is held free until then.
#[component]
fn Crop(source: String, text: String) -> Element {
    rsx! {
        if source.is_empty() {
            div { class: "crop" }
        } else {
            img { class: "crop", id: "crop", src: "{source}", alt: "{text}" }
        }
    }
}

/// The risk on a scale from 0 to 100 %, with the lines that triage draws, and how far the views of the photo disagree.
#[component]
fn Risk(assessment: Assessment) -> Element {
    let words = use_context::<App>().words();
    let [low, high] = assessment.risk_range;
    let lines = triage_lines();
    let percent = words.percent(assessment.risk);
    let plain_tested = Evidence::embedded().few_plain_photos(&assessment);
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
            p { class: "soft small", {words.say("risk-explained")} }
            if let Some(count) = plain_tested {
                p { class: "soft small", {words.text("risk-plain", &[("count", count.into())])} }
            }
        }
    }
}

#[component]
fn Likeness(assessment: Assessment) -> Element {
    let words = use_context::<App>().words();
    let share = words.percent(Evidence::embedded().set_coverage(&assessment));
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
                    Glyph { icon: LdChevronDown, size: 20 }
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

/// How many melanomas there were among them.
fn melanomas(table: &Table) -> Option<u64> {
    let class = HAM10000.iter().position(|diagnosis| diagnosis.key == "mel")?;
    Some(table.confusion.get(class)?.iter().sum())
}

/// Why the answer may be wrong here, then how often it was in the test.
#[component]
fn Caveats(assessment: Assessment) -> Element {
    let words = use_context::<App>().words();
    let missed = Evidence::embedded().like(&assessment).and_then(|table| {
        let melanoma = table.figure("sensitivity melanoma (look)")?;
        let benign = table.figure("specificity (look)")?;
        let alarmed = words.percent(1.0 - benign.value);
        if assessment.kind == Kind::Dermatoscope {
            let missed = words.percent(1.0 - melanoma.value);
            return Some(
                words.text("wrong-measured", &[("missed", missed.into()), ("alarmed", alarmed.into())]),
            );
        }
        // Too few for a share of a hundred.
        let all = melanomas(table)?;
        let missed = ((1.0 - melanoma.value) * all as f32).round() as u64;
        let figures = [("missed", missed.into()), ("melanomas", all.into()), ("alarmed", alarmed.into())];
        Some(words.text("wrong-measured-phone", &figures))
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
                if assessment.kind == Kind::PlainPhoto {
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
