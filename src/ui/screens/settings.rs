//! Language, appearance, thoroughness, what the app is made of, and deleting everything.

use dioxus::prelude::*;

use crate::assessment::Views;
use crate::settings::Appearance;
use crate::ui::app::Route;
use crate::ui::parts::Bar;
use crate::ui::state::App;
use crate::wording::Language;

/// All settings.
#[component]
pub fn Settings() -> Element {
    let app = use_context::<App>();
    let words = app.words();
    let settings = app.settings();
    let mut asked = use_signal(|| false);
    let navigator = use_navigator();
    rsx! {
        main { class: "screen settings",
            Bar { title: words.say("settings") }
            section { class: "card",
                h2 { {words.say("settings-language")} }
                Choice {
                    name: "language",
                    label: words.say("language-system"),
                    chosen: settings.language.is_none(),
                    onchoose: move |()| app.set(|settings| settings.language = None),
                }
                for language in Language::ALL {
                    Choice {
                        key: "{language:?}",
                        name: "language",
                        label: language.name(),
                        chosen: settings.language == Some(language),
                        onchoose: move |()| app.set(|settings| settings.language = Some(language)),
                    }
                }
            }
            section { class: "card",
                h2 { {words.say("settings-appearance")} }
                for (appearance, label) in [
                    (Appearance::System, words.say("appearance-system")),
                    (Appearance::Light, words.say("appearance-light")),
                    (Appearance::Dark, words.say("appearance-dark")),
                ] {
                    Choice {
                        key: "{appearance:?}",
                        name: "appearance",
                        label,
                        chosen: settings.appearance == appearance,
                        onchoose: move |()| app.set(|settings| settings.appearance = appearance),
                    }
                }
            }
            section { class: "card",
                h2 { {words.say("settings-views")} }
                p { class: "soft small", {words.say("settings-views-lead")} }
                for (views, label) in [
                    (Views::One, words.say("views-one")),
                    (Views::Four, words.say("views-four")),
                    (Views::Eight, words.say("views-eight")),
                ] {
                    Choice {
                        key: "{views:?}",
                        name: "views",
                        label,
                        chosen: settings.views == views,
                        onchoose: move |()| app.set(|settings| settings.views = views),
                    }
                }
            }
            nav { class: "card links", "aria-label": words.say("settings-about"),
                h2 { {words.say("settings-about")} }
                Link { to: Route::About { page: "model".into() }, {words.say("about-model")} }
                Link { to: Route::About { page: "notices".into() }, {words.say("about-notices")} }
                Link { to: Route::About { page: "licences".into() }, {words.say("about-licences")} }
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
                            navigator.replace(Route::Home {});
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

/// One of several that exclude each other.
#[component]
fn Choice(name: String, label: String, chosen: bool, onchoose: EventHandler<()>) -> Element {
    rsx! {
        label { class: "choice",
            input { r#type: "radio", name: "{name}", checked: chosen, onchange: move |_| onchoose.call(()) }
            span { "{label}" }
        }
    }
}
