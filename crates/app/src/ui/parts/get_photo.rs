//! Buttons that get a photo.

use dioxus::prelude::*;

use super::icons::{Glyph, Icon};
use crate::ui::destination::Destination;
use crate::ui::state::App;

/// The two ways to a photo. Where they are not `first`, they stand beside each other, below what matters more.
#[component]
pub fn GetPhoto(#[props(default)] first: bool) -> Element {
    let words = use_context::<App>().words();
    let (take, choose) =
        if first { ("button large", "button large quiet") } else { ("button quiet", "button quiet") };
    rsx! {
        div { class: if first { "sources first" } else { "sources" },
            TakePhoto { class: take }
            PhotoInput { id: "choose", label: words.say("home-choose"), camera: false, class: choose }
        }
    }
}

/// The app's own screen for the camera.
#[component]
fn TakePhoto(class: String) -> Element {
    let label = use_context::<App>().words().say("home-take");
    rsx! {
        Link { class: "{class}", id: "take", to: Destination::Camera,
            Glyph { icon: Icon::Camera }
            span { "{label}" }
        }
    }
}

/// Opens the WebView's own chooser for photos of the spot that is shown, which were taken before.
#[component]
pub fn EarlierPhotos() -> Element {
    let words = use_context::<App>().words();
    rsx! {
        div {
            input {
                class: "visually-hidden",
                id: "earlier",
                r#type: "file",
                multiple: true,
                "data-earlier": "",
                accept: "image/*",
            }
            label { class: "button quiet", r#for: "earlier",
                Glyph { icon: Icon::Picture }
                span { {words.say("earlier-choose")} }
            }
            p { class: "soft small", {words.say("earlier-lead")} }
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
            // Android opens the camera only for exactly the first; no system takes the files of clinics for pictures.
            accept: if camera { "image/*" } else { "image/*,application/dicom,.dcm,.dicom" },
            "capture": if camera { "environment" },
        }
        label { class: "{class}", r#for: "{id}",
            if camera {
                Glyph { icon: Icon::Camera }
            } else {
                Glyph { icon: Icon::Picture }
            }
            span { "{label}" }
        }
    }
}
