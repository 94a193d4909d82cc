//! One of the people whose spots are kept: who it is, their spots, a backup of these, and deleting all of it.

use dioxus::prelude::*;

use crate::ui::archive_worker::{ArchiveState, OpenArchive};
use crate::ui::destination::{Destination, Part};
use crate::ui::parts::{Bar, Closed, NewPassphrase, PatientForm};
use crate::ui::state::{App, Whose};
use archive::record::{Patient as Kept, PatientId};
use archive::seal::Passphrase;

/// The patient of this number.
#[component]
pub fn Patient(id: String) -> Element {
    let app = use_context::<App>();
    let words = app.words();
    let patient =
        |page: &OpenArchive| id.parse::<PatientId>().ok().and_then(|id| page.contents.patient(id).cloned());
    match app.archive_state() {
        ArchiveState::Open(page) if patient(&page).is_some() => {
            let patient = patient(&page);
            rsx! {
                for patient in patient {
                    Open { key: "{patient.id}", patient, page: page.clone() }
                }
            }
        }
        ArchiveState::Open(_) | ArchiveState::Empty { .. } => rsx! {
            main { class: "screen",
                Bar { title: words.say("people-title") }
                p { {words.say("person-gone")} }
                Link { class: "button", to: Destination::People, {words.say("back")} }
            }
        },
        _ => rsx! {
            main { class: "screen",
                Bar { title: words.say("people-title") }
                Closed {}
            }
        },
    }
}

#[component]
fn Open(patient: Kept, page: OpenArchive) -> Element {
    let app = use_context::<App>();
    let words = app.words();
    let navigator = use_navigator();
    let mut asked = use_signal(|| false);
    let id = patient.id;
    let part = page.contents.of_patient(Some(id));
    let (spots, checks) = (part.spots().len(), part.latest().len());
    let name = patient.name.clone();
    let counts = [("spots", spots.into()), ("checks", checks.into()), ("name", name.clone().into())];
    rsx! {
        main { class: "screen patient",
            Bar { title: name.clone() }
            section { class: "card",
                PatientForm {
                    patient: Some(patient),
                    onsave: move |patient: Kept| app.keep(move |archive_worker| archive_worker.keep_patient(patient), move |()| navigator.go_back()),
                }
            }
            if spots > 0 {
                button {
                    class: "button quiet",
                    id: "their-spots",
                    onclick: move |_| {
                        app.list(Whose::Patient(id));
                        navigator.push(Destination::Spots);
                    },
                    {words.text("people-spots", &[("count", spots.into())])}
                }
                Link { class: "button quiet", id: "share", to: Destination::Share(Part::Patient(id)), {words.say("share-other")} }
                section { class: "card",
                    h2 { {words.say("settings-backup")} }
                    p { class: "soft small", {words.text("person-backup-lead", &counts)} }
                    NewPassphrase { id: "export", action: words.say("backup-export-do"), onchosen: move |passphrase: Passphrase| app.export(Some(id), passphrase) }
                }
            }
            section { class: "card",
                h2 { {words.say("person-delete")} }
                if asked() {
                    p { role: "alert", {words.text("person-delete-sure", &[("name", name.into())])} }
                    button {
                        class: "button danger",
                        id: "delete",
                        onclick: move |_| app.keep(move |archive_worker| archive_worker.delete_patient(id), move |()| {
                            navigator.replace(Destination::People);
                        }),
                        {words.say("delete-yes")}
                    }
                    button { class: "button quiet", onclick: move |_| asked.set(false), {words.say("cancel")} }
                } else {
                    button { class: "button quiet", id: "ask-delete", onclick: move |_| asked.set(true), {words.say("person-delete")} }
                }
            }
        }
    }
}
