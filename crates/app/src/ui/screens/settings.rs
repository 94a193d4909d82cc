//! Language, appearance, thoroughness, what the app is made of, and deleting everything.

use dioxus::prelude::*;

use crate::platform;
use crate::settings::Appearance;
use crate::ui::destination::{Destination, Part};
use crate::ui::parts::{Bar, Choice};
use crate::ui::state::App;
use assess::assessment::Views;
use wording::Language;

/// All settings.
#[component]
pub fn Settings() -> Element {
    let app = use_context::<App>();
    let words = app.words();
    let settings = app.settings();
    let languages: Vec<_> = [(None, words.say("language-system"))]
        .into_iter()
        .chain(Language::ALL.map(|language| (Some(language), language.name().to_string())))
        .collect();
    let mut asked = use_signal(|| false);
    let navigator = use_navigator();
    rsx! {
        main { class: "screen settings",
            Bar { title: words.say("settings") }
            Choices {
                name: "language",
                title: words.say("settings-language"),
                options: languages,
                chosen: settings.language,
                onchoose: move |language| app.set(|settings| settings.language = language),
            }
            Choices {
                name: "appearance",
                title: words.say("settings-appearance"),
                options: [
                    (Appearance::System, words.say("appearance-system")),
                    (Appearance::Light, words.say("appearance-light")),
                    (Appearance::Dark, words.say("appearance-dark")),
                ],
                chosen: settings.appearance,
                onchoose: move |appearance| app.set(|settings| settings.appearance = appearance),
            }
            Choices {
                name: "views",
                title: words.say("settings-views"),
                lead: words.say("settings-views-lead"),
                options: [
                    (Views::One, words.say("views-one")),
                    (Views::Four, words.say("views-four")),
                    (Views::Eight, words.say("views-eight")),
                ],
                chosen: settings.views,
                onchoose: move |views| app.set(|settings| settings.views = views),
            }
            if platform::here().reminds() {
                Reminders {}
            }
            nav { class: "card links", "aria-label": words.say("spots-title"),
                h2 { {words.say("spots-title")} }
                Link { to: Destination::People, {words.say("people-title")} }
                Link { to: Destination::Lock, {words.say("settings-lock")} }
                Link { to: Destination::Backup, {words.say("settings-backup")} }
                Link { id: "share", to: Destination::Share(Part::Everything), {words.say("share-title")} }
            }
            nav { class: "card links", "aria-label": words.say("model-title"),
                h2 { {words.say("model-title")} }
                Link { id: "model", to: Destination::Model, {app.model().name().into_owned()} }
                if let Some(label) = app.model().label() {
                    p { class: "soft small", "{label}" }
                }
            }
            nav { class: "card links", "aria-label": words.say("settings-about"),
                h2 { {words.say("settings-about")} }
                Link { to: Destination::About("privacy"), {words.say("about-privacy")} }
                Link { to: Destination::About("model"), {words.say("about-model")} }
                Link { to: Destination::About("notices"), {words.say("about-notices")} }
                Link { to: Destination::About("licences"), {words.say("about-licences")} }
                p { class: "soft small", {words.text("settings-version", &[("version", env!("CARGO_PKG_VERSION").into())])} }
            }
            section { class: "card",
                h2 { {words.say("settings-delete")} }
                p { class: "soft small", {words.say("settings-delete-lead")} }
                if asked() {
                    p { role: "alert", {words.say("settings-delete-sure")} }
                    button {
                        class: "button danger",
                        id: "delete",
                        onclick: move |_| {
                            app.delete_everything();
                            navigator.replace(Destination::Home);
                        },
                        {words.say("settings-delete-yes")}
                    }
                    button { class: "button quiet", onclick: move |_| asked.set(false), {words.say("cancel")} }
                } else {
                    button { class: "button quiet", id: "ask-delete", onclick: move |_| asked.set(true), {words.say("settings-delete")} }
                }
            }
        }
    }
}

/// Whether the system reminds of spots that are due.
#[component]
pub fn Reminders() -> Element {
    let app = use_context::<App>();
    let words = app.words();
    rsx! {
        section { class: "card",
            h2 { {words.say("settings-reminders")} }
            label { class: "choice",
                input {
                    r#type: "checkbox",
                    id: "reminders",
                    checked: app.settings().reminders,
                    onchange: move |event| {
                        app.set(|settings| settings.reminders = event.checked());
                        if event.checked() {
                            platform::here().allow_reminders();
                        }
                    },
                }
                span { {words.say("settings-reminders-do")} }
            }
            p { class: "soft small", {words.text("settings-reminders-lead", &[("text", words.say("calendar-title").into())])} }
        }
    }
}

/// A group of choices that exclude each other.
#[component]
fn Choices<T: Clone + PartialEq + 'static>(
    name: String,
    title: String,
    #[props(default)] lead: String,
    #[props(into)] options: Vec<(T, String)>,
    chosen: T,
    onchoose: EventHandler<T>,
) -> Element {
    rsx! {
        section { class: "card", role: "radiogroup", "aria-label": "{title}",
            h2 { "{title}" }
            if !lead.is_empty() {
                p { class: "soft small", "{lead}" }
            }
            for (option, label) in options {
                Choice {
                    key: "{label}",
                    name: "{name}",
                    label,
                    chosen: chosen == option,
                    onchoose: move |()| onchoose.call(option.clone()),
                }
            }
        }
    }
}
