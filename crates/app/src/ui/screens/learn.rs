//! The way to what to know about moles; photos, and how good the model is.

use dioxus::prelude::*;

use crate::ui::destination::Destination;
use crate::ui::parts::{Bar, DiagnosisName, Foreign, PHOTO_TIPS, list};
use crate::ui::state::App;
use assess::evidence::{SHOWN, Table};
use net::diagnosis::HAM10000;
use net::modality::Modality;

/// Reading matter.
#[component]
pub fn Learn() -> Element {
    let app = use_context::<App>();
    let words = app.words();
    let model = app.model();
    let evidence = model.evidence();
    let known = model.card().map_or_else(|| HAM10000.to_vec(), |card| card.classes.clone());
    rsx! {
        main { class: "screen learn",
            Bar { title: words.say("learn-title") }
            nav { class: "card links", "aria-label": words.say("see-title"),
                h2 { {words.say("see-title")} }
                p { class: "soft", {words.say("see-lead")} }
                Link { to: Destination::Signs, {words.say("signs-title")} }
                Link { to: Destination::SelfExamination, {words.say("look-over-title")} }
                Link { to: Destination::Quiz, {words.say("quiz-title")} }
            }
            section { class: "card",
                h2 { {words.say("diagnoses-title")} }
                p { class: "soft", {words.text("diagnoses-lead", &[("count", known.len().into())])} }
                ul { class: "set",
                    for diagnosis in known {
                        li { key: "{diagnosis.key}",
                            DiagnosisName { diagnosis: diagnosis.key.to_string() }
                            if diagnosis.malignant {
                                span { class: "tag", {words.say("malignant")} }
                            }
                        }
                    }
                }
            }
            section { class: "card",
                h2 { {words.say("photo-tips-title")} }
                ul {
                    for tip in list(&words, &PHOTO_TIPS) {
                        li { key: "{tip}", "{tip}" }
                    }
                }
            }
            section { class: "card", id: "figures",
                h2 { {words.say("figures-title")} }
                p { class: "soft", {words.say("figures-lead")} }
                Foreign { label: model.label().map(String::from) }
                if let Some(table) = evidence.table(Modality::PlainPhoto) {
                    Figures { title: words.say("figures-phone"), table: table.clone() }
                }
                if let Some(table) = evidence.table(Modality::Dermatoscope) {
                    Figures { title: words.say("figures-dermatoscope"), table: table.clone() }
                }
                p { class: "soft small", {words.say("figures-interval")} }
                Link { class: "button quiet", to: Destination::Model, {words.say("model-title")} }
                Link { class: "button quiet", to: Destination::About("model"), {words.say("model-card")} }
            }
            // What a pack's model learnt from, its publisher knows.
            if model.pack.is_none() {
                section { class: "card",
                    h2 { {words.say("trained-title")} }
                    p { {words.say("trained-on")} }
                    p { {words.say("trained-less-sure")} }
                }
            }
            p { class: "soft small footer", {words.say("no-medical-device")} }
        }
    }
}

/// Measured figures with their intervals, in words.
#[component]
fn Figures(title: String, table: Table) -> Element {
    let words = use_context::<App>().words();
    let rows = SHOWN.iter().filter_map(|(shown, key)| {
        let figure = table.figure(shown)?;
        let percent = |value: f32| words.percent(value);
        Some((words.say(key), percent(figure.value), percent(figure.low), percent(figure.high)))
    });
    rsx! {
        h3 { "{title}" }
        p { class: "soft small", {words.text("figures-count", &[("count", table.count.into())])} }
        dl { class: "figures",
            for (name, value, low, high) in rows {
                div { key: "{name}",
                    dt { "{name}" }
                    dd {
                        strong { "{value}" }
                        span { class: "soft small", {words.text("figure-interval", &[("low", low.into()), ("high", high.into())])} }
                    }
                }
            }
        }
    }
}
