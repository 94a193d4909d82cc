//! The first screen: what Spotcheck does and doesn't, and the user's consent.

use dioxus::prelude::*;

use crate::ui::parts::{Glyph, Icon};
use crate::ui::state::App;

/// Shown until the present text was agreed to.
#[component]
pub fn Welcome() -> Element {
    let app = use_context::<App>();
    let words = app.words();
    rsx! {
        main { class: "screen welcome",
            div { class: "mark", "aria-hidden": "true" }
            h1 { {words.say("welcome-title")} }
            p { class: "lead", {words.say("welcome-lead")} }
            ul { class: "points",
                li {
                    Glyph { icon: Icon::Search }
                    div {
                        h2 { {words.say("welcome-does-title")} }
                        p { {words.say("welcome-does")} }
                    }
                }
                li {
                    Glyph { icon: Icon::Lock }
                    div {
                        h2 { {words.say("welcome-private-title")} }
                        p { {words.say("welcome-private")} }
                    }
                }
                li {
                    Glyph { icon: Icon::Stethoscope }
                    div {
                        h2 { {words.say("welcome-limits-title")} }
                        p { {words.say("welcome-limits")} }
                    }
                }
            }
            div { class: "actions",
                button { class: "button", id: "agree", onclick: move |_| app.agree(), {words.say("welcome-agree")} }
                p { class: "soft small", {words.say("welcome-consent")} }
            }
        }
    }
}
