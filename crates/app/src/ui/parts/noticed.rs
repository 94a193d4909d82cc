//! What the owner noticed of a spot.

use dioxus::prelude::*;

use crate::ui::state::App;
use archive::record::Remarks;

/// What the owner noticed, to be ticked. What is told is which one was: two that are ticked quickly both count.
#[component]
pub fn Noticed(remarks: Remarks, ontoggle: EventHandler<&'static str>) -> Element {
    let words = use_context::<App>().words();
    rsx! {
        for (id, ticked) in remarks.all() {
            label { class: "choice", key: "{id}",
                input { r#type: "checkbox", id: "{id}", checked: ticked, onchange: move |_| ontoggle.call(id) }
                span { {words.remark(id)} }
            }
        }
    }
}

/// What the owner noticed counts for more than what a photo shows.
#[component]
pub fn Warned(remarks: Remarks) -> Element {
    let words = use_context::<App>().words();
    rsx! {
        if remarks.any() {
            p { class: "warning", role: "status", {words.say("noticed-warning")} }
        }
    }
}
