//! What is told over every screen: what went wrong, and that something is waited for.

use dioxus::prelude::*;

use super::icons::{Glyph, Icon};
use crate::ui::state::App;

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
                        Glyph { icon: Icon::Close }
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
                    if app.can_cancel() {
                        button { class: "button quiet", id: "cancel", onclick: move |_| app.cancel(), {words.say("cancel")} }
                    }
                }
            }
        }
    }
}
