//! What several screens share: the bar at the top, buttons that get a photo, notices, scales.

mod locks;

pub use locks::{AskPassphrase, Closed, FirstPassphrase, NewPassphrase};

use std::sync::LazyLock;

use dioxus::prelude::*;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::app::Route;
use super::icons::{Glyph, Icon};
use super::pictures;
use super::state::App;
use archive::record::{CheckId, Kind};
use assess::assessment::Triage;
use net::network::model::Card;
use wording::Wording;

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
                Glyph { icon: Icon::Back }
            }
            // The bridge's script focuses it, so that a screen reader goes on here.
            h1 { tabindex: "-1", "{title}" }
        }
    }
}

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

/// The phone's camera through the WebView; on the desktop the app's own screen for it.
#[component]
fn TakePhoto(class: String) -> Element {
    let label = use_context::<App>().words().say("home-take");
    #[cfg(feature = "camera")]
    return rsx! {
        Link { class: "{class}", id: "take", to: Route::Camera {},
            Glyph { icon: Icon::Camera }
            span { "{label}" }
        }
    };
    #[cfg(not(feature = "camera"))]
    rsx! {
        PhotoInput { id: "take", label, camera: true, class }
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
                Glyph { icon: Icon::Camera }
            } else {
                Glyph { icon: Icon::Picture }
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

/// A check's small picture.
#[component]
pub fn Thumbnail(check: CheckId) -> Element {
    rsx! {
        Shown { source: pictures::kept(check, Kind::Thumbnail), text: "",
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

/// What goes with the app's own model; read once.
pub fn card() -> Option<&'static Card> {
    static CARD: LazyLock<Option<Card>> = LazyLock::new(|| Card::embedded().ok());
    CARD.as_ref()
}

/// Says that an answer is somebody else's model's, wherever one stands.
#[component]
pub fn Foreign(label: Option<String>) -> Element {
    let words = use_context::<App>().words();
    rsx! {
        if let Some(label) = label {
            span { class: "foreign", {words.text("model-foreign", &[("label", label.into())])} }
        }
    }
}

/// The day of a moment, here, as the language writes it.
pub fn day_of(words: &Wording, at: Timestamp) -> String {
    day(words, at.to_zoned_datetime(TimeZone::system()).date())
}

/// A day as the language writes it.
pub fn day(words: &Wording, day: Date) -> String {
    words.language().date(day.year(), day.month(), day.day())
}
