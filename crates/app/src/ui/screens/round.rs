//! Looking at all spots that are due, one after the other: where the next one is, how it looked, and a photo of it.

use dioxus::prelude::*;
use jiff::ZonedDateTime;

use crate::ui::archive_worker::ArchiveState;
use crate::ui::destination::Destination;
use crate::ui::parts::{Bar, BodyMap, Closed, GetPhoto, Shown, region, title};
use crate::ui::pictures::kept;
use crate::ui::state::App;
use archive::record::{CheckId, RecordKind, Spot};

/// The round under way; one begins where there is none.
#[component]
pub fn Round() -> Element {
    let app = use_context::<App>();
    let words = app.words();
    use_hook(|| app.begin_round());
    rsx! {
        match app.archive_state() {
            ArchiveState::Open(_) => {
                let (to_come, passed) = app.to_come(ZonedDateTime::now().date());
                let count = to_come.len();
                rsx! {
                    // A list, so that each spot's screen begins anew, at its title.
                    for spot in to_come.into_iter().take(1) {
                        Next { key: "{spot.id}", spot, count }
                    }
                    if count == 0 {
                        End { passed }
                    }
                }
            }
            _ => rsx! {
                main { class: "screen",
                    Bar { title: words.say("round-title") }
                    Closed {}
                }
            },
        }
    }
}

/// The spot that is next, of so many.
#[component]
fn Next(spot: Spot, count: usize) -> Element {
    let app = use_context::<App>();
    let words = app.words();
    let id = spot.id;
    use_hook(|| app.aim(Some(id)));
    let partner = app.round().is_some_and(|round| round.partner);
    let last: Option<CheckId> =
        app.page().and_then(|page| page.contents.timeline(id).last().map(|check| check.id));
    rsx! {
        main { class: if partner { "screen round partner" } else { "screen round" },
            Bar { title: words.text("round-to-come", &[("count", count.into())]) }
            Partner { partner }
            section { class: "card", id: "next-spot",
                h2 { {title(&words, &spot)} }
                if !spot.name.is_empty() {
                    p { class: "soft", {region(&words, spot.place)} }
                }
                if partner {
                    p { {words.say("round-partner-how")} }
                }
                div { class: "round-where",
                    if let Some(check) = last {
                        Shown { class: "round-last", source: kept(check, RecordKind::Crop), text: words.say("round-last") }
                    }
                    BodyMap { marks: Vec::new(), chosen: spot.place }
                }
            }
            div { class: "actions",
                GetPhoto { first: true }
                button { class: "button quiet", id: "pass", onclick: move |_| app.pass(id), {words.say("round-pass")} }
                Link { class: "button quiet", to: Destination::Spot(id), {words.say("round-spot")} }
            }
        }
    }
}

/// Whether somebody else takes the photos.
#[component]
fn Partner(partner: bool) -> Element {
    let app = use_context::<App>();
    let words = app.words();
    rsx! {
        label { class: "choice",
            input { r#type: "checkbox", id: "partner", checked: partner, onchange: move |event| app.with_partner(event.checked()) }
            span { {words.say("round-partner")} }
        }
    }
}

/// Nothing is left to look at, but for what was passed over.
#[component]
fn End(passed: usize) -> Element {
    let app = use_context::<App>();
    let words = app.words();
    let navigator = use_navigator();
    let partner = app.round().is_some_and(|round| round.partner);
    rsx! {
        main { class: "screen round",
            Bar { title: words.say("round-title") }
            section { class: "card", id: "round-end",
                if passed > 0 {
                    p { {words.text("round-passed", &[("count", passed.into())])} }
                } else if partner {
                    p { {words.say("round-back-done")} }
                } else {
                    p { {words.say("round-done")} }
                }
            }
            if partner {
                Partner { partner }
            }
            div { class: "actions",
                if passed > 0 {
                    button { class: "button", id: "passed-over", onclick: move |_| app.pass_none(), {words.say("round-again")} }
                }
                button {
                    class: "button quiet",
                    id: "end-round",
                    onclick: move |_| {
                        app.end_round();
                        navigator.replace(Destination::Home);
                    },
                    {words.say("round-end")}
                }
            }
        }
    }
}
