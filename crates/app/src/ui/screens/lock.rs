//! How the archive is protected: a passphrase, and when it locks by itself.

use dioxus::prelude::*;

use crate::ui::archive_worker::ArchiveState;
use crate::ui::parts::{AskPassphrase, Bar, Choice, Closed, NewPassphrase};
use crate::ui::state::App;
use archive::seal::Passphrase;
use archive::vault::Protection;

const MINUTES: [u32; 3] = [1, 5, 15];

/// The lock.
#[component]
pub fn Lock() -> Element {
    let app = use_context::<App>();
    let words = app.words();
    let settings = app.settings();
    let (protection, key_store) = match app.archive_state() {
        ArchiveState::Open(page) => (Some(page.protection), page.key_store),
        ArchiveState::Empty { key_store } => (Some(Protection::None), key_store),
        _ => (None, false),
    };
    let locked = protection == Some(Protection::Passphrase);
    let now = match protection {
        None => None,
        Some(Protection::Passphrase) => Some("lock-is-passphrase"),
        Some(Protection::KeyStore) => Some("lock-is-key-store"),
        Some(Protection::None) if key_store => Some("lock-is-none"),
        Some(Protection::None) => Some("lock-no-key-store"),
    };
    // Whoever only holds the unlocked device must not lock its owner out.
    let mut confirmed = use_signal(|| false);
    let protect = move |passphrase: Passphrase| {
        app.keep(
            move |archive_worker| {
                archive_worker.create(Some(&passphrase))?;
                archive_worker.protect(Some(&passphrase))
            },
            move |()| {
                confirmed.set(false);
                app.tell(app.words().say("lock-set"));
            },
        );
    };
    rsx! {
        main { class: "screen",
            Bar { title: words.say("settings-lock") }
            Closed {}
            if let Some(now) = now {
                section { class: "card",
                    p { {words.say(now)} }
                    p { class: "soft small", {words.say("lock-forget")} }
                }
                if locked && !confirmed() {
                    section { class: "card",
                        h2 { {words.say("lock-change-title")} }
                        AskPassphrase {
                            id: "confirm",
                            action: words.say("lock-change"),
                            onentered: move |passphrase: Passphrase| {
                                app.keep(move |archive_worker| archive_worker.confirm(&passphrase), move |()| confirmed.set(true));
                            },
                        }
                    }
                } else {
                    section { class: "card",
                        h2 { {words.say(if locked { "lock-change-title" } else { "lock-choose-title" })} }
                        NewPassphrase { id: "set-passphrase", action: words.say("lock-choose"), onchosen: protect }
                        if locked && key_store {
                            button {
                                class: "button quiet",
                                id: "no-passphrase",
                                onclick: move |_| app.keep(|archive_worker| archive_worker.protect(None), move |()| confirmed.set(false)),
                                {words.say("lock-remove")}
                            }
                        }
                    }
                }
            }
            if locked {
                section { class: "card", role: "radiogroup", "aria-label": words.say("lock-after"),
                    h2 { {words.say("lock-after")} }
                    for minutes in MINUTES {
                        Choice {
                            key: "{minutes}",
                            name: "minutes",
                            label: words.text("lock-minutes", &[("minutes", minutes.into())]),
                            chosen: settings.auto_lock_minutes == minutes,
                            onchoose: move |()| app.set(|settings| settings.auto_lock_minutes = minutes),
                        }
                    }
                }
                div { class: "actions",
                    button { class: "button quiet", id: "lock", onclick: move |_| app.lock(), {words.say("lock-now")} }
                }
            }
        }
    }
}
