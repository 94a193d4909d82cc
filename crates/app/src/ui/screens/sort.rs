//! Several photos from before, one after the other: of which spot each is.

use dioxus::prelude::*;
use jiff::Timestamp;

use crate::ui::archive_worker::ArchiveState;
use crate::ui::destination::Destination;
use crate::ui::parts::{Bar, Closed, NewSpot, WhichSpot, day_of, new_spot};
use crate::ui::state::{App, Unsorted};
use archive::record::{Place, Spot, SpotId};

/// The photo that waits.
#[component]
pub fn Sort() -> Element {
    let app = use_context::<App>();
    let words = app.words();
    // Whoever goes elsewhere has ended it.
    use_drop(move || app.end_sorting());
    rsx! {
        main { class: "screen sort",
            Bar { title: words.say("sort-title") }
            match (app.archive_state(), app.unsorted()) {
                (ArchiveState::Open(_), Some(photo)) => rsx! {
                    // Begun anew with every photo.
                    for photo in [photo] {
                        Form { key: "{photo.answer.thumbnail.address()}", photo }
                    }
                },
                (ArchiveState::Open(_) | ArchiveState::Empty { .. }, None) => rsx! {
                    if !app.doing() {
                        p { class: "empty", {words.say("sort-done")} }
                        Link { class: "button", id: "sorted", to: Destination::Spots, {words.say("spots-title")} }
                    }
                },
                _ => rsx! { Closed {} },
            }
        }
    }
}

#[component]
fn Form(photo: Unsorted) -> Element {
    let app = use_context::<App>();
    let words = app.words();
    let chosen = use_signal(|| None::<SpotId>);
    let new_id = use_hook(SpotId::random);
    let name = use_signal(String::new);
    let place = use_signal(|| None::<Place>);
    let whose = use_signal(|| app.whose().patient());
    let ready = chosen().is_some() || place().is_some();
    let save = move |event: FormEvent| {
        event.prevent_default();
        match (chosen(), place()) {
            (Some(spot), _) => app.sort(spot, None),
            (None, Some(place)) => {
                let spot = new_spot(new_id, &name(), place, None, Timestamp::now());
                app.sort(new_id, Some(Spot { patient: whose(), ..spot }));
            }
            (None, None) => {}
        }
    };
    rsx! {
        form { class: "form", onsubmit: save,
            div { class: "keep-what",
                img { id: "unsorted", src: photo.answer.crop.address(), alt: words.say("result-crop") }
                p {
                    {day_of(&words, photo.at)}
                    span { class: "soft small", " " {words.text("sort-rest", &[("count", photo.rest.into())])} }
                }
            }
            if let Some(page) = app.page().filter(|page| page.contents.spots().len() > 0) {
                WhichSpot { page, chosen }
            }
            if chosen().is_none() {
                NewSpot { name, place, whose }
            }
            if !ready {
                p { class: "soft", {words.say("keep-place-first")} }
            }
            button { class: "button large", id: "sort", r#type: "submit", disabled: !ready, {words.say("keep-save")} }
            div { class: "actions",
                button { class: "button quiet", r#type: "button", id: "leave-out", onclick: move |_| app.leave_out(), {words.say("sort-leave-out")} }
                button { class: "button quiet", r#type: "button", id: "end-sorting", onclick: move |_| app.end_sorting(), {words.say("sort-end")} }
            }
        }
    }
}
