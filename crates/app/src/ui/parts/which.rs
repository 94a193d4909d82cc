//! Which spot a photo is of: one that is known, or a new one.

use dioxus::prelude::*;
use jiff::Timestamp;
use jiff::civil::Date;

use super::AT_ONCE;
use super::body_map::{BodyMap, region};
use super::choice::Choice;
use super::picture::Thumbnail;
use super::spot_name::{MOST_NAME, title};
use super::whose::WhoseSpot;
use crate::ui::archive_worker::OpenArchive;
use crate::ui::state::App;
use archive::record::{PatientId, Place, Spot, SpotId};

/// Which of the spots a photo is of, or that it is of a new one. A component of its own, since the form around it is drawn anew with every
/// letter that is typed.
#[component]
pub fn WhichSpot(page: OpenArchive, chosen: Signal<Option<SpotId>>) -> Element {
    let words = use_context::<App>().words();
    let mut chosen = chosen;
    // Spots before the chosen one are shown with it, or one would not see what is chosen.
    let mut shown = use_signal(|| {
        let at = chosen.peek().and_then(|id| page.contents.spots().position(|spot| spot.id == id));
        AT_ONCE.max(at.map_or(0, |at| at + 1))
    });
    let hidden = page.contents.spots().len().saturating_sub(shown());
    rsx! {
        section { class: "card", role: "radiogroup", "aria-label": words.say("keep-which"),
            h2 { {words.say("keep-which")} }
            for (id, label) in page.contents.spots().take(shown()).map(|spot| (spot.id, title(&words, spot))) {
                Choice {
                    key: "{id}",
                    name: "spot",
                    label,
                    chosen: chosen() == Some(id),
                    onchoose: move |()| chosen.set(Some(id)),
                    if let Some(check) = page.contents.timeline(id).last().map(|check| check.id) {
                        Thumbnail { check }
                    }
                }
            }
            if hidden > 0 {
                button { class: "button quiet", r#type: "button", id: "more", onclick: move |_| shown += AT_ONCE, {words.text("show-more", &[("count", hidden.into())])} }
            }
            Choice {
                name: "spot",
                label: words.say("keep-new"),
                chosen: chosen().is_none(),
                onchoose: move |()| chosen.set(None),
            }
        }
    }
}

/// Where a new spot is, what it is called, and whose it is.
#[component]
pub fn NewSpot(
    name: Signal<String>,
    place: Signal<Option<Place>>,
    whose: Signal<Option<PatientId>>,
) -> Element {
    let words = use_context::<App>().words();
    let (mut name, mut place, mut whose) = (name, place, whose);
    rsx! {
        section { class: "card",
            h2 { {words.say("keep-where")} }
            BodyMap { marks: Vec::new(), chosen: place(), onplace: move |at| place.set(Some(at)) }
            div { class: "field",
                label { r#for: "name", {words.say("spot-name")} }
                input {
                    id: "name",
                    r#type: "text",
                    maxlength: "{MOST_NAME}",
                    placeholder: place().map(|place| region(&words, place)).unwrap_or_default(),
                    initial_value: name.peek().clone(),
                    oninput: move |event| name.set(event.value()),
                }
            }
            WhoseSpot { chosen: whose(), onchoose: move |patient: Option<PatientId>| whose.set(patient) }
        }
    }
}

/// A spot that begins now.
pub fn new_spot(id: SpotId, name: &str, place: Place, look_again: Option<Date>, since: Timestamp) -> Spot {
    let name: String = name.trim().chars().take(MOST_NAME).collect();
    Spot {
        id,
        name,
        note: String::new(),
        place,
        since,
        look_again,
        recovered: false,
        patient: None,
        findings: Vec::new(),
    }
}
