//! All spots: on the map, and as a list.

use std::sync::Arc;

use dioxus::prelude::*;
use jiff::ZonedDateTime;

use crate::size::in_short;
use crate::ui::archive_worker::{ArchiveState, OpenArchive};
use crate::ui::destination::Destination;
use crate::ui::parts::{
    AT_ONCE, Bar, BodyMap, Closed, Foreign, GetPhoto, Mark, Thumbnail, UnsortedPhotos, day_of, names, title,
    tone,
};
use crate::ui::state::{App, Whose};
use archive::record::{Check, PatientId, Spot};

/// Stands for [`Whose::Everybody`] in the list.
const EVERYBODY: &str = "everybody";

/// The map and the list.
#[component]
pub fn Spots() -> Element {
    let app = use_context::<App>();
    let words = app.words();
    use_hook(|| app.aim(None));
    rsx! {
        main { class: "screen spots",
            Bar { title: words.say("spots-title") }
            match app.archive_state() {
                ArchiveState::Open(page) => rsx! { Open { page } },
                ArchiveState::Empty { .. } => rsx! {
                    p { class: "soft empty", {words.say("spots-empty")} }
                    GetPhoto { first: true }
                },
                _ => rsx! { Closed {} },
            }
        }
    }
}

#[component]
fn Open(page: OpenArchive) -> Element {
    let app = use_context::<App>();
    let words = app.words();
    let mut shown = use_signal(|| AT_ONCE);
    let whose = app.whose();
    // Made anew only when something is kept or another person is chosen: there may be thousands.
    let part = use_memo(use_reactive((&page, &whose), |(page, whose)| whose.of(&page.contents)))();
    let contents = &part;
    let people = names(&page.contents);
    let owner = |spot: &Spot| page.contents.patient_of(spot).map(|patient| patient.name.clone());
    let last = |spot: &Spot| contents.timeline(spot.id).last().cloned();
    let tone_of = |spot: &Spot, last: Option<&Arc<Check>>| match last {
        // What is gone neither warns nor calms.
        Some(check) if !spot.is_removed() => tone(check.assessment.triage),
        _ => "unsure",
    };
    let all = contents.spots().len();
    // Where all of them are, on the map; the list goes on page by page.
    let marks = contents
        .spots()
        .map(|spot| Mark { place: spot.place, tone: tone_of(spot, contents.timeline(spot.id).last()) })
        .collect::<Vec<_>>();
    let spots: Vec<(Arc<Spot>, Option<Arc<Check>>)> =
        contents.spots().take(shown()).map(|spot| (spot.clone(), last(spot))).collect();
    let today = ZonedDateTime::now().date();
    let hidden = all - spots.len();
    rsx! {
        Damage {}
        Choose { people: people.clone() }
        if spots.is_empty() {
            p { class: "soft empty", {words.say("spots-empty")} }
            GetPhoto { first: true }
        } else {
            section { class: "card",
                BodyMap { marks }
            }
            section { class: "checks",
                h2 { {words.text("spots-count", &[("count", all.into())])} }
                ul {
                    for (spot, last) in spots {
                        li { key: "{spot.id}",
                            Link {
                                class: "check {tone_of(&spot, last.as_ref())}",
                                to: Destination::Spot(spot.id),
                                if let Some(last) = &last {
                                    Thumbnail { check: last.id }
                                }
                                span {
                                    strong { class: "plain", {title(&words, &spot)} }
                                    if let Some(owner) = owner(&spot).filter(|_| whose == Whose::Everybody) {
                                        span { class: "soft small", "{owner}" }
                                    }
                                    if spot.is_removed() {
                                        span { class: "soft", {words.say("spot-removed-short")} }
                                    } else if let Some(last) = &last {
                                        span { {words.triage(last.assessment.triage)} }
                                        span { class: "soft small",
                                            {day_of(&words, last.at)}
                                            if let Some(size) = &last.size {
                                                ", "
                                                {in_short(&words, size)}
                                            }
                                        }
                                        Foreign { label: last.assessment.foreign_model.clone() }
                                    }
                                    if spot.next_look().is_some_and(|day| day <= today) {
                                        span { class: "due", {words.say("due")} }
                                    }
                                }
                            }
                        }
                    }
                }
                if hidden > 0 {
                    button { class: "button quiet", id: "more", onclick: move |_| shown += AT_ONCE, {words.text("show-more", &[("count", hidden.into())])} }
                }
            }
        }
        section { class: "card",
            UnsortedPhotos {}
        }
        if page.protection == archive::vault::Protection::Passphrase {
            button { class: "button quiet", id: "lock", onclick: move |_| app.lock(), {words.say("lock-now")} }
        }
    }
}

/// Whose spots are listed, where there are several people.
#[component]
fn Choose(people: Vec<(PatientId, String)>) -> Element {
    let app = use_context::<App>();
    let words = app.words();
    let whose = app.whose();
    let choose = move |value: String| {
        app.list(match value.as_str() {
            EVERYBODY => Whose::Everybody,
            id => id.parse().map_or(Whose::Nobody, Whose::Patient),
        });
    };
    rsx! {
        if !people.is_empty() {
            div { class: "field",
                label { r#for: "whose-spots", {words.say("whose-spots")} }
                select { id: "whose-spots", onchange: move |event| choose(event.value()),
                    option { value: EVERYBODY, selected: whose == Whose::Everybody, {words.say("whose-everybody")} }
                    for (id, name) in people {
                        option { key: "{id}", value: "{id}", selected: whose == Whose::Patient(id), "{name}" }
                    }
                    option { value: "nobody", selected: whose == Whose::Nobody, {words.say("whose-nobody")} }
                }
            }
        }
    }
}

/// Tells what was found damaged.
#[component]
fn Damage() -> Element {
    let app = use_context::<App>();
    let words = app.words();
    let losses = app.page().map(|page| page.losses).unwrap_or_default();
    rsx! {
        if losses.records > 0 {
            p { class: "warning", role: "status", {words.text("archive-losses", &[("count", losses.records.into())])} }
        } else if losses.rebuilt {
            p { class: "warning", role: "status", {words.say("archive-rebuilt")} }
        }
    }
}
