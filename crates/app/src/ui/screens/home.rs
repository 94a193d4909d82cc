//! Where every check begins: take or choose a photo; the last checks below.

use std::sync::Arc;

use dioxus::prelude::*;
use jiff::ZonedDateTime;

use crate::ui::archive_worker::ArchiveState;
use crate::ui::destination::Destination;
use crate::ui::parts::{CheckRow, Closed, Foreign, GetPhoto, Glyph, Icon, title, tone};
use crate::ui::state::App;
use archive::record::{Check, Spot};

/// So many of the latest checks are shown.
const LATEST: usize = 5;

/// The start.
#[component]
pub fn Home() -> Element {
    let app = use_context::<App>();
    let words = app.words();
    let navigator = use_navigator();
    let answers = app.answers();
    let kept: Vec<Arc<Check>> =
        app.page().map(|page| page.contents.latest().take(LATEST).cloned().collect()).unwrap_or_default();
    let contents = app.page().map(|page| page.contents);
    let named = |check: &Check| contents.as_ref()?.spot(check.spot).map(|spot| title(&words, spot));
    let closed = !matches!(app.archive_state(), ArchiveState::Open(_) | ArchiveState::Empty { .. });
    // A photo from here is meant for any spot, and belongs to no round.
    use_hook(|| {
        app.aim(None);
        app.end_round();
    });
    rsx! {
        main { class: "screen home",
            header { class: "bar",
                div { class: "mark", "aria-hidden": "true" }
                h1 { "Spotcheck" }
                Link { class: "icon-button", to: Destination::Learn, "aria-label": words.say("learn"),
                    Glyph { icon: Icon::ArchiveState }
                }
                Link { class: "icon-button", to: Destination::Settings, "aria-label": words.say("settings"),
                    Glyph { icon: Icon::Sliders }
                }
            }
            section { class: "start",
                h2 { {words.say("home-title")} }
                p { class: "soft", {words.say("home-lead")} }
                GetPhoto { first: true }
                if cfg!(feature = "desktop") {
                    p { class: "soft small", {words.say("home-drop")} }
                }
            }
            Due {}
            section { class: "checks",
                h2 { {words.say("home-checks")} }
                if answers.is_empty() && kept.is_empty() && !closed {
                    p { class: "soft empty", {words.say("home-empty")} }
                }
                ul {
                    for answer in answers.iter().cloned() {
                        li { key: "{answer.pictures.thumbnail.as_ptr():?}",
                            button {
                                class: "check {tone(answer.assessment.triage)}",
                                onclick: {
                                    let answer = answer.clone();
                                    move |_| {
                                        app.show(answer.clone());
                                        navigator.push(Destination::Result);
                                    }
                                },
                                img { src: answer.thumbnail.address(), alt: "" }
                                span {
                                    strong { {words.triage(answer.assessment.triage)} }
                                    span { class: "soft", {words.say("home-not-kept")} }
                                    Foreign { label: answer.assessment.foreign_model.clone() }
                                }
                            }
                        }
                    }
                    for check in kept {
                        li { key: "{check.id}", CheckRow { spot: named(&check), check } }
                    }
                }
                if !answers.is_empty() {
                    p { class: "soft small", {words.say("home-session")} }
                }
                Closed {}
                if app.page().is_some() {
                    Link { class: "button quiet", id: "spots", to: Destination::Spots,
                        Glyph { icon: Icon::Person }
                        {words.say("spots-title")}
                    }
                }
            }
            p { class: "soft small footer", {words.say("no-medical-device")} }
        }
    }
}

/// The spots that are to be looked at again.
#[component]
fn Due() -> Element {
    let app = use_context::<App>();
    let words = app.words();
    let today = ZonedDateTime::now().date();
    let due: Vec<Spot> =
        app.page().map(|page| page.contents.due(today).into_iter().cloned().collect()).unwrap_or_default();
    let names = |spot: &Spot| {
        app.page().and_then(|page| page.contents.patient_of(spot).map(|patient| patient.name.clone()))
    };
    rsx! {
        if !due.is_empty() {
            section { class: "card due-list", id: "due",
                h2 { {words.say("due-title")} }
                for spot in due {
                    Link { key: "{spot.id}", to: Destination::Spot(spot.id),
                        span {
                            {title(&words, &spot)}
                            if let Some(name) = names(&spot) {
                                span { class: "soft small", "{name}" }
                            }
                        }
                    }
                }
                Link { class: "button", id: "round", to: Destination::Round, {words.say("round-begin")} }
            }
        }
    }
}
