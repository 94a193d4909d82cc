//! Where every check begins: take or choose a photo; the last checks below.

use dioxus::prelude::*;
use dioxus_free_icons::icons::ld_icons::{LdBookOpen, LdSettings};

use crate::ui::app::Route;
use crate::ui::parts::{Glyph, PhotoInput, tone};
use crate::ui::state::App;

/// The start.
#[component]
pub fn Home() -> Element {
    let app = use_context::<App>();
    let words = app.words();
    let navigator = use_navigator();
    let checks = app.checks();
    rsx! {
        main { class: "screen home",
            header { class: "bar",
                div { class: "mark", "aria-hidden": "true" }
                h1 { "Spotcheck" }
                Link { class: "icon-button", to: Route::Learn {}, "aria-label": words.say("learn"),
                    Glyph { icon: LdBookOpen }
                }
                Link { class: "icon-button", to: Route::Settings {}, "aria-label": words.say("settings"),
                    Glyph { icon: LdSettings }
                }
            }
            section { class: "start",
                h2 { {words.say("home-title")} }
                p { class: "soft", {words.say("home-lead")} }
                TakePhoto {}
                PhotoInput {
                    id: "choose",
                    label: words.say("home-choose"),
                    camera: false,
                    class: "button large quiet",
                }
                if cfg!(feature = "desktop") {
                    p { class: "soft small", {words.say("home-drop")} }
                }
            }
            section { class: "checks",
                h2 { {words.say("home-checks")} }
                if checks.is_empty() {
                    p { class: "soft empty", {words.say("home-empty")} }
                } else {
                    ul {
                        for check in checks {
                            li { key: "{check.crop.as_ptr():?}",
                                button {
                                    class: "check {tone(check.assessment.triage)}",
                                    onclick: {
                                        let check = check.clone();
                                        move |_| app.show(check.clone(), navigator)
                                    },
                                    img { src: "{check.crop}", alt: "" }
                                    span {
                                        strong { {words.triage(check.assessment.triage)} }
                                        if let Some(first) = check.assessment.probabilities.first().filter(|_| check.assessment.cannot_tell.is_empty()) {
                                            span { class: "soft", {words.diagnosis(&first.diagnosis)} }
                                        }
                                    }
                                }
                            }
                        }
                    }
                    p { class: "soft small", {words.say("home-session")} }
                }
            }
            p { class: "soft small footer", {words.say("no-medical-device")} }
        }
    }
}

/// The phone's camera through the WebView; on the desktop the app's own screen for it.
#[component]
fn TakePhoto() -> Element {
    let words = use_context::<App>().words();
    #[cfg(feature = "camera")]
    return rsx! {
        Link { class: "button large", to: Route::Camera {},
            Glyph { icon: dioxus_free_icons::icons::ld_icons::LdCamera }
            span { {words.say("home-take")} }
        }
    };
    #[cfg(not(feature = "camera"))]
    rsx! {
        PhotoInput { id: "take", label: words.say("home-take"), camera: true, class: "button large" }
    }
}
