//! Moving everything: into one file that a passphrase opens, and back.

use dioxus::prelude::*;

use crate::ui::archive_worker::ArchiveState;
use crate::ui::parts::{AskPassphrase, Bar, Closed, FirstPassphrase, NewPassphrase};
use crate::ui::state::App;
use archive::seal::Passphrase;

/// Export and import.
#[component]
pub fn Backup() -> Element {
    let app = use_context::<App>();
    let words = app.words();
    let archive_state = app.archive_state();
    rsx! {
        main { class: "screen",
            Bar { title: words.say("settings-backup") }
            Closed {}
            if let ArchiveState::Open(page) = &archive_state {
                section { class: "card",
                    h2 { {words.say("backup-export")} }
                    p { class: "soft small", {words.text("backup-export-lead", &[("spots", page.contents.spots().len().into()), ("checks", page.contents.latest().len().into())])} }
                    NewPassphrase { id: "export", action: words.say("backup-export-do"), onchosen: move |passphrase: Passphrase| app.export(None, passphrase) }
                }
            }
            if let ArchiveState::Empty { key_store: false } = archive_state {
                FirstPassphrase {}
            } else if matches!(archive_state, ArchiveState::Open(_) | ArchiveState::Empty { .. }) {
                section { class: "card",
                    h2 { {words.say("backup-import")} }
                    p { class: "soft small", {words.say("backup-import-lead")} }
                    if app.backup_waits() {
                        AskPassphrase { id: "import", action: words.say("backup-import-do"), onentered: move |passphrase| app.import(passphrase) }
                        button { class: "button quiet", id: "other-backup", onclick: move |_| app.cancel(), {words.say("cancel")} }
                    } else {
                        input { class: "visually-hidden", id: "backup-file", r#type: "file", "data-backup": "" }
                        label { class: "button quiet", r#for: "backup-file", {words.say("backup-choose")} }
                    }
                }
            }
        }
    }
}
