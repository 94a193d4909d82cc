//! The page's camera as the source of the live picture: what it does is in `assets/camera.js`, which reads these attributes.

use dioxus::prelude::*;

use super::Ghost;
use crate::ui::state::App;

/// The live picture. With another number of `shots` a photo is taken.
#[component]
pub fn Page(shots: u32) -> Element {
    let app = use_context::<App>();
    let words = app.words();
    let live = app.live();
    let mut torch = use_signal(|| false);
    rsx! {
        div { class: "viewport live",
            video {
                id: "eye",
                "data-live": "",
                "data-judged": "{live.judged}",
                "data-shot": "{shots}",
                "data-torch": "{torch}",
                "playsinline": "true",
                "muted": "true",
                "aria-label": words.say("camera-live"),
            }
            Ghost {}
            div { class: "ring", "aria-hidden": "true" }
        }
        if live.torch {
            label { class: "choice",
                input {
                    r#type: "checkbox",
                    id: "torch",
                    checked: torch(),
                    onchange: move |event| torch.set(event.checked()),
                }
                span { {words.say("camera-torch")} }
            }
        }
    }
}
