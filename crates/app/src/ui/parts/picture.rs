//! Pictures by their addresses.

use dioxus::prelude::*;

use crate::ui::pictures;
use archive::record::{CheckId, RecordKind};

/// A check's small picture.
#[component]
pub fn Thumbnail(check: CheckId) -> Element {
    rsx! {
        Shown { source: pictures::kept(check, RecordKind::Thumbnail), text: "",
            span { class: "no-picture", "aria-hidden": "true" }
        }
    }
}

/// A picture by its address, and what stands in its place where it can't be read.
#[component]
pub fn Shown(
    source: String,
    text: String,
    #[props(default)] class: Option<String>,
    #[props(default)] id: Option<String>,
    children: Element,
) -> Element {
    let mut failed = use_signal(String::new);
    rsx! {
        if *failed.read() == source {
            {children}
        } else {
            img { class, id, src: "{source}", alt: "{text}", onerror: move |_| failed.set(source.clone()) }
        }
    }
}
