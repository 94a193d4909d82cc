//! A choice among several.

use dioxus::prelude::*;

/// One of several that exclude each other.
#[component]
pub fn Choice(
    name: String,
    label: String,
    chosen: bool,
    onchoose: EventHandler<()>,
    children: Element,
) -> Element {
    rsx! {
        label { class: "choice",
            input { r#type: "radio", name: "{name}", checked: chosen, onchange: move |_| onchoose.call(()) }
            {children}
            span { "{label}" }
        }
    }
}
