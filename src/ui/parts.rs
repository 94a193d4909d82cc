//! What several screens share: the bar at the top, buttons that get a photo, notices, scales.

use dioxus::prelude::*;
use dioxus_free_icons::icons::ld_icons::{LdCamera, LdChevronLeft, LdImage, LdX};
use dioxus_free_icons::{Icon, IconShape};

use super::app::Route;
use super::state::App;
use crate::assessment::Triage;
use crate::wording::Wording;

/// The bar at the top of every screen but the first: the way back and where one is.
#[component]
pub fn Bar(title: String) -> Element {
    let app = use_context::<App>();
    let navigator = use_navigator();
    let back = move |_| match navigator.can_go_back() {
        true => navigator.go_back(),
        false => {
            navigator.replace(Route::Home {});
        }
    };
    rsx! {
        header { class: "bar",
            button { class: "icon-button", "aria-label": app.words().say("back"), onclick: back,
                Glyph { icon: LdChevronLeft }
            }
            h1 { tabindex: "-1", onmounted: focus, "{title}" }
        }
    }
}

/// A screen reader goes on at the new screen's title, not at the old one's button.
async fn focus(event: MountedEvent) {
    let _ = event.set_focus(true).await;
}

/// An icon beside words that say the same.
#[component]
pub fn Glyph<T: IconShape + Clone + PartialEq + 'static>(
    icon: T,
    #[props(default = 24)] size: u32,
) -> Element {
    rsx! {
        span { class: "glyph", "aria-hidden": "true",
            Icon { icon, width: size, height: size, fill: "currentColor" }
        }
    }
}

/// Opens the WebView's own chooser, or its camera: see [`crate::capture::bridge`].
#[component]
pub fn PhotoInput(id: String, label: String, camera: bool, class: String) -> Element {
    rsx! {
        input {
            class: "visually-hidden",
            id: "{id}",
            r#type: "file",
            "data-photo": "",
            // Android opens the camera only for exactly this.
            accept: "image/*",
            "capture": if camera { "environment" },
        }
        label { class: "{class}", r#for: "{id}",
            if camera {
                Glyph { icon: LdCamera }
            } else {
                Glyph { icon: LdImage }
            }
            span { "{label}" }
        }
    }
}

/// Something that went wrong, until it is dismissed.
#[component]
pub fn Notice() -> Element {
    let app = use_context::<App>();
    rsx! {
        div { class: "notice-place", role: "alert",
            if let Some(text) = app.notice() {
                div { class: "notice",
                    p { "{text}" }
                    button { class: "icon-button", "aria-label": app.words().say("dismiss"), onclick: move |_| app.dismiss(),
                        Glyph { icon: LdX }
                    }
                }
            }
        }
    }
}

/// Covers the screen while something is waited for; the style lets it appear only after 150 ms.
#[component]
pub fn Working() -> Element {
    let app = use_context::<App>();
    let words = app.words();
    rsx! {
        div { role: "status",
            if app.doing() {
                div { class: "working",
                    div { class: "spinner", "aria-hidden": "true" }
                    p { {words.say("working")} }
                    button { class: "button quiet", onclick: move |_| app.cancel(), {words.say("cancel")} }
                }
            }
        }
    }
}

/// The style that goes with a triage level. Words and an icon always say the same.
pub fn tone(triage: Triage) -> &'static str {
    match triage {
        Triage::SeeDoctorSoon => "soon",
        Triage::HaveItLookedAt => "look",
        Triage::NothingSuspicious => "fine",
        Triage::CannotTell => "unsure",
    }
}

/// The name of a diagnosis and what it means.
#[component]
pub fn DiagnosisName(diagnosis: String) -> Element {
    let words = use_context::<App>().words();
    rsx! {
        strong { {words.diagnosis(&diagnosis)} }
        if let Some(meaning) = words.meaning(&diagnosis) {
            span { class: "soft", ": {meaning}" }
        }
    }
}

/// The texts of these keys, in their order.
pub fn list(words: &Wording, keys: &[&str]) -> Vec<String> {
    keys.iter().map(|key| words.say(key)).collect()
}
