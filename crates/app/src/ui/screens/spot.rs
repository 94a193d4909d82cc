//! One spot over time: its checks, its risk, when to look again, and what to do with it.

mod findings;

use std::sync::Arc;

use dioxus::prelude::*;
use jiff::{Timestamp, ZonedDateTime};

use crate::ui::archive_worker::{ArchiveState, OpenArchive};
use crate::ui::destination::{Destination, Part};
use crate::ui::model::named;
use crate::ui::parts::{
    AT_ONCE, Bar, BodyMap, CheckRow, Closed, EarlierPhotos, GetPhoto, Glyph, Icon, LookAgain, MOST_NAME,
    RiskChart, Warned, WhoseSpot, another_model, draft, region, title,
};
use crate::ui::state::App;
use archive::record::{Check, CheckId, PatientId, Spot as Kept, SpotId};
use archive::reminder;
use findings::Findings;

/// The spot of this number.
#[component]
pub fn Spot(id: String) -> Element {
    let app = use_context::<App>();
    let words = app.words();
    let spot = |page: &OpenArchive| id.parse::<SpotId>().ok().and_then(|id| page.contents.spot(id).cloned());
    match app.archive_state() {
        ArchiveState::Open(page) => match spot(&page) {
            // A list, so that another spot's screen begins anew.
            Some(spot) => rsx! {
                for spot in [spot] {
                    Open { key: "{spot.id}", spot, page: page.clone() }
                }
            },
            None => rsx! { Gone {} },
        },
        ArchiveState::Empty { .. } => rsx! { Gone {} },
        _ => rsx! {
            main { class: "screen",
                Bar { title: words.say("spots-title") }
                Closed {}
            }
        },
    }
}

/// The name of the model that answered, and whose it is.
fn answered_by(check: &Check) -> String {
    named(&check.assessment.model, check.assessment.foreign_model.as_deref())
}

#[component]
fn Gone() -> Element {
    let words = use_context::<App>().words();
    rsx! {
        main { class: "screen",
            Bar { title: words.say("spots-title") }
            p { {words.say("spot-gone")} }
            Link { class: "button", to: Destination::Home, {words.say("back")} }
        }
    }
}

#[component]
fn Open(spot: Kept, page: OpenArchive) -> Element {
    let app = use_context::<App>();
    let words = app.words();
    let mut shown = use_signal(|| AT_ONCE);
    let checks: Vec<Arc<Check>> = page.contents.timeline(spot.id).cloned().collect();
    let hidden = checks.len().saturating_sub(shown());
    let id = spot.id;
    // The next photo is meant for this spot until one goes elsewhere.
    use_hook(|| app.aim(Some(id)));
    // Those whose photos the present model has not seen, oldest first.
    let unseen: Vec<CheckId> =
        checks.iter().filter(|check| !app.model().answered(check)).map(|check| check.id).collect();
    let unseen_count = unseen.len();
    let changed = |at: usize| at > 0 && another_model(&checks[at - 1], &checks[at]);
    let due = spot.next_look().is_some_and(|day| day <= ZonedDateTime::now().date());
    let patient = page.contents.patient_of(&spot).cloned();
    rsx! {
        main { class: "screen spot",
            Bar { title: title(&words, &spot) }
            if due {
                p { class: "warning", role: "status", {words.say("due-long")} }
            }
            if spot.is_removed() {
                p { class: "warning", id: "removed-spot", {words.say("spot-removed")} }
            } else if let Some(last) = checks.last() {
                Warned { remarks: last.remarks }
            }
            if let Some(patient) = &patient {
                Link { class: "to-spot", to: Destination::Patient(patient.id), "{patient.name}" }
            }
            if !spot.name.is_empty() {
                p { class: "soft", {region(&words, spot.place)} }
            }
            if !spot.note.is_empty() {
                p { "{spot.note}" }
            }
            div { class: "actions",
                if !spot.is_removed() {
                    h2 { {words.say("spot-check-again")} }
                    GetPhoto { first: true }
                }
                if checks.len() > 1 {
                    Link { class: "button quiet", id: "compare", to: Destination::Compare(id), {words.say("compare")} }
                }
            }
            RiskChart { checks: checks.clone() }
            section { class: "checks",
                h2 { {words.say("spot-checks")} }
                ul {
                    for (at, check) in checks.iter().cloned().enumerate().rev().take(shown()) {
                        li { key: "{check.id}",
                            CheckRow { check: check.clone(), spot: None }
                            if changed(at) {
                                p { class: "soft small model-changed", {words.text("model-changed", &[("name", answered_by(&check).into())])} }
                            }
                        }
                    }
                }
                if !unseen.is_empty() {
                    p { class: "soft small", {words.say("again-lead")} }
                    button { class: "button quiet", id: "again-all", onclick: move |_| app.look_again(unseen.clone()), {words.text("again-all", &[("count", unseen_count.into())])} }
                }
                if hidden > 0 {
                    button { class: "button quiet", id: "more", onclick: move |_| shown += AT_ONCE, {words.text("show-more", &[("count", hidden.into())])} }
                }
                EarlierPhotos {}
            }
            Findings { spot: spot.clone(), checks: checks.clone() }
            if !spot.is_removed() {
            section { class: "card",
                LookAgain {
                    day: spot.look_again,
                    onday: move |day| app.keep(move |archive_worker| archive_worker.change_spot(id, |spot| spot.look_again = day), |()| {}),
                }
                if let Some(day) = spot.look_again {
                    button {
                        class: "button quiet",
                        id: "calendar",
                        onclick: move |_| {
                            let title = app.words().say("calendar-title");
                            let file = reminder::calendar(id.number(), day, &title, Timestamp::now());
                            app.hand_over("spotcheck.ics", move |_| Ok(file.into_bytes()));
                        },
                        {words.say("calendar-save")}
                    }
                }
            }
            }
            ForOthers { spot: spot.clone(), page }
            Change { spot: spot.clone() }
        }
    }
}

/// Makes the file for the doctor, and leads to the others.
#[component]
fn ForOthers(spot: Kept, page: OpenArchive) -> Element {
    let app = use_context::<App>();
    let words = app.words();
    let id = spot.id;
    rsx! {
        section { class: "card",
            h2 { {words.say("report-title")} }
            p { class: "soft small", {words.say("report-lead")} }
            button {
                class: "button quiet",
                id: "report",
                onclick: move |_| {
                    let draft = draft(&app.words(), &page.contents, &spot);
                    app.hand_over("spotcheck.pdf", move |archive_worker| archive_worker.report(vec![draft]));
                },
                {words.say("report-save")}
            }
            Link { class: "button quiet", id: "share", to: Destination::Share(Part::Spot(id)), {words.say("share-other")} }
        }
    }
}

/// Changes the spot's name, note and place, or deletes it.
#[component]
fn Change(spot: Kept) -> Element {
    let app = use_context::<App>();
    let words = app.words();
    let navigator = use_navigator();
    let mut name = use_signal(|| spot.name.clone());
    let mut note = use_signal(|| spot.note.clone());
    let mut place = use_signal(|| spot.place);
    let mut whose = use_signal(|| spot.patient);
    let mut asked = use_signal(|| false);
    let id = spot.id;
    rsx! {
        details { class: "card",
            summary {
                span { {words.say("spot-change")} }
                Glyph { icon: Icon::Down, size: 20 }
            }
            div { class: "form",
                div { class: "field",
                    label { r#for: "name", {words.say("spot-name")} }
                    input { id: "name", r#type: "text", maxlength: "{MOST_NAME}", initial_value: name.peek().clone(), oninput: move |event| name.set(event.value()) }
                }
                div { class: "field",
                    label { r#for: "note", {words.say("spot-note")} }
                    textarea { id: "note", rows: "3", maxlength: "1000", initial_value: note.peek().clone(), oninput: move |event| note.set(event.value()) }
                }
                WhoseSpot { chosen: whose(), onchoose: move |patient: Option<PatientId>| whose.set(patient) }
                BodyMap { marks: Vec::new(), chosen: place(), onplace: move |at| place.set(at) }
                button {
                    class: "button",
                    id: "change",
                    onclick: move |_| {
                        let name: String = name().trim().chars().take(MOST_NAME).collect();
                        let (note, place, whose) = (note().trim().to_string(), place(), whose());
                        let change = move |spot: &mut Kept| {
                            (spot.name, spot.note, spot.place, spot.patient) = (name, note, place, whose);
                            spot.recovered = false;
                        };
                        app.keep(move |archive_worker| archive_worker.change_spot(id, change), |()| {});
                    },
                    {words.say("keep-save")}
                }
                if asked() {
                    p { role: "alert", {words.say("spot-delete-sure")} }
                    button {
                        class: "button danger",
                        id: "delete",
                        onclick: move |_| app.keep(move |archive_worker| archive_worker.delete_spot(id), move |()| {
                            navigator.replace(Destination::Spots);
                        }),
                        {words.say("delete-yes")}
                    }
                    button { class: "button quiet", onclick: move |_| asked.set(false), {words.say("cancel")} }
                } else {
                    button { class: "button quiet", id: "ask-delete", onclick: move |_| asked.set(true), {words.say("spot-delete")} }
                }
            }
        }
    }
}
