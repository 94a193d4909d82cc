//! The bar at the top of a screen.

use dioxus::prelude::*;

use super::icons::{Glyph, Icon};
use crate::ui::destination::Destination;
use crate::ui::state::App;

/// The bar at the top of every screen but the first: the way back and where one is.
#[component]
pub fn Bar(title: String) -> Element {
    let app = use_context::<App>();
    let navigator = use_navigator();
    let back = move |_| match navigator.can_go_back() {
        true => navigator.go_back(),
        false => {
            navigator.replace(Destination::Home);
        }
    };
    rsx! {
        header { class: "bar",
            button { class: "icon-button", "aria-label": app.words().say("back"), onclick: back,
                Glyph { icon: Icon::Back }
            }
            // The bridge's script focuses it, so that a screen reader goes on here.
            h1 { tabindex: "-1", "{title}" }
        }
    }
}
