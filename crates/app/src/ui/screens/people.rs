//! The people whose spots are kept.

use dioxus::prelude::*;

use crate::ui::archive_worker::ArchiveState;
use crate::ui::destination::Destination;
use crate::ui::parts::{Bar, Closed, FirstPassphrase, PatientForm, names};
use crate::ui::state::App;
use archive::record::Patient;

/// All of them, and a way to add one.
#[component]
pub fn People() -> Element {
    let app = use_context::<App>();
    let words = app.words();
    let navigator = use_navigator();
    let people = app.page().map(|page| names(&page.contents)).unwrap_or_default();
    let spots = |patient| {
        let of =
            app.page().map(|page| page.contents.spots().filter(|spot| spot.patient == Some(patient)).count());
        words.text("people-spots", &[("count", of.unwrap_or_default().into())])
    };
    rsx! {
        main { class: "screen people",
            Bar { title: words.say("people-title") }
            p { class: "soft", {words.say("people-lead")} }
            match app.archive_state() {
                ArchiveState::Empty { key_store: false } => rsx! {
                    FirstPassphrase {}
                },
                ArchiveState::Empty { key_store: true } | ArchiveState::Open(_) => rsx! {
                    if people.is_empty() {
                        p { class: "soft empty", {words.say("people-none")} }
                    } else {
                        nav { class: "card links", "aria-label": words.say("people-title"),
                            for (id, name) in people {
                                Link { key: "{id}", class: "person", to: Destination::Patient(id),
                                    span {
                                        "{name}"
                                        span { class: "soft small", {spots(id)} }
                                    }
                                }
                            }
                        }
                    }
                    section { class: "card",
                        h2 { {words.say("people-add")} }
                        PatientForm {
                            patient: None,
                            onsave: move |patient: Patient| {
                                let id = patient.id;
                                app.keep(move |archive_worker| archive_worker.keep_patient(patient), move |()| {
                                    navigator.push(Destination::Patient(id));
                                });
                            },
                        }
                    }
                },
                _ => rsx! { Closed {} },
            }
        }
    }
}
