//! Passphrases: choosing one, and opening the archive with it.

use dioxus::prelude::*;

use crate::ui::archive_worker::ArchiveState;
use crate::ui::state::App;
use archive::seal::Passphrase;

/// A field for a secret. It only writes `value` and is never filled from it, so that no letter is lost while somebody types fast.
/// Another `round` mounts it anew, and so empties it.
#[component]
fn Secret(id: String, label: String, value: Signal<String>, round: u32, new: bool) -> Element {
    let mut value = value;
    rsx! {
        div { class: "field",
            label { r#for: "{id}", "{label}" }
            for round in [round] {
                input {
                    key: "{round}",
                    id: "{id}",
                    r#type: "password",
                    autocomplete: if new { "new-password" } else { "current-password" },
                    autocapitalize: "off",
                    spellcheck: false,
                    oninput: move |event| value.set(event.value()),
                }
            }
        }
    }
}

/// Asks for a passphrase twice, and hands it over once both are alike and long enough.
#[component]
pub fn NewPassphrase(id: String, action: String, onchosen: EventHandler<Passphrase>) -> Element {
    let app = use_context::<App>();
    let words = app.words();
    let (mut first, mut second) = (use_signal(String::new), use_signal(String::new));
    let mut fault = use_signal(|| None::<&'static str>);
    let mut round = use_signal(|| 0);
    let least = Passphrase::LEAST_CHARACTERS as u64;
    rsx! {
        form {
            class: "form",
            onsubmit: move |event| {
                event.prevent_default();
                if app.doing() {
                    return;
                }
                if first() != second() {
                    return fault.set(Some("passphrase-unlike"));
                }
                second.set(String::new());
                round += 1;
                match Passphrase::new(first.take()) {
                    Some(passphrase) => {
                        fault.set(None);
                        onchosen.call(passphrase);
                    }
                    None => fault.set(Some("passphrase-short")),
                }
            },
            Secret { id: "{id}-first", label: words.text("passphrase-new", &[("least", least.into())]), value: first, round: round(), new: true }
            Secret { id: "{id}-second", label: words.say("passphrase-again"), value: second, round: round(), new: true }
            p { class: "fault", role: "alert",
                if let Some(fault) = fault() {
                    {words.text(fault, &[("least", least.into())])}
                }
            }
            button { class: "button", id: "{id}", r#type: "submit", "{action}" }
        }
    }
}

/// Explains why a passphrase is needed where there is no key store, and makes the archive with the one that is chosen.
#[component]
pub fn FirstPassphrase() -> Element {
    let app = use_context::<App>();
    let words = app.words();
    rsx! {
        section { class: "card",
            h2 { {words.say("lock-choose-title")} }
            p { class: "soft", {words.say("lock-choose-lead")} }
            NewPassphrase {
                id: "choose-passphrase",
                action: words.say("lock-choose"),
                onchosen: move |passphrase: Passphrase| app.keep(move |archive_worker| archive_worker.create(Some(&passphrase)), |()| {}),
            }
        }
    }
}

/// Asks for a passphrase once.
#[component]
pub fn AskPassphrase(id: String, action: String, onentered: EventHandler<Passphrase>) -> Element {
    let app = use_context::<App>();
    let words = app.words();
    let mut entered = use_signal(String::new);
    let mut short = use_signal(|| false);
    let mut round = use_signal(|| 0);
    rsx! {
        form {
            class: "form",
            onsubmit: move |event| {
                event.prevent_default();
                if app.doing() {
                    return;
                }
                let passphrase = Passphrase::new(entered.take());
                round += 1;
                short.set(passphrase.is_none());
                if let Some(passphrase) = passphrase {
                    onentered.call(passphrase);
                }
            },
            Secret { id: "{id}-text", label: words.say("passphrase"), value: entered, round: round(), new: false }
            p { class: "fault", role: "alert",
                if short() {
                    {words.text("passphrase-short", &[("least", (Passphrase::LEAST_CHARACTERS as u64).into())])}
                }
            }
            button { class: "button", id: "{id}", r#type: "submit", "{action}" }
        }
    }
}

/// What stands in the place of spots while they can't be shown: the lock, or the reason. Nothing once they can.
#[component]
pub fn Closed() -> Element {
    let app = use_context::<App>();
    let words = app.words();
    match app.archive_state() {
        ArchiveState::Opening => rsx! {
            p { class: "soft", {words.say("archive-opening")} }
        },
        ArchiveState::Locked => rsx! {
            section { class: "card", id: "locked",
                h2 { {words.say("lock-title")} }
                p { class: "soft", {words.say("lock-lead")} }
                AskPassphrase {
                    id: "unlock",
                    action: words.say("lock-open"),
                    onentered: move |passphrase: Passphrase| app.keep(move |archive_worker| archive_worker.unlock(Some(&passphrase)), |()| {}),
                }
            }
        },
        ArchiveState::Unusable(trouble) => rsx! {
            section { class: "card",
                h2 { {words.say("archive-unusable")} }
                p { {trouble.say(&words)} }
                if trouble.is_final() {
                    p { class: "soft", {words.say("archive-set-aside-lead")} }
                    button { class: "button quiet", id: "set-aside", onclick: move |_| app.set_aside(), {words.say("archive-set-aside")} }
                }
            }
        },
        ArchiveState::Empty { .. } | ArchiveState::Open(_) => rsx! {},
    }
}
