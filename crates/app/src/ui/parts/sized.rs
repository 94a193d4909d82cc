//! How large a spot is, in millimetres, and what that rests on.

use dioxus::prelude::*;

use crate::size::{in_words, measured_by};
use crate::ui::state::App;
use vision::scale::Size;

/// A measured size in full.
#[component]
pub fn Sized(size: Size) -> Element {
    let words = use_context::<App>().words();
    rsx! {
        p { class: "sized",
            strong { {in_words(&words, &size)} }
            br {}
            span { class: "soft small", {measured_by(&words, &size)} }
        }
        p { class: "soft small", {words.say("size-explained")} }
    }
}
