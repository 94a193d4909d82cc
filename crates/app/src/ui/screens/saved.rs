//! A check that was kept: its answer as it was given, what was noticed, and a way to delete it.

use dioxus::prelude::*;

use crate::ui::archive_worker::{ArchiveState, OpenArchive};
use crate::ui::destination::Destination;
use crate::ui::parts::{Bar, Closed, Explained, Foreign, Noticed, Sized, Small, Warned, day_of, title, tone};
use crate::ui::pictures::kept;
use crate::ui::state::App;
use archive::record::{Check, CheckId, RecordKind};

/// The check of this number.
#[component]
pub fn Saved(id: String) -> Element {
    let app = use_context::<App>();
    let words = app.words();
    let check =
        |page: &OpenArchive| id.parse::<CheckId>().ok().and_then(|id| page.contents.check(id).cloned());
    match app.archive_state() {
        ArchiveState::Open(page) if check(&page).is_some() => {
            let check = check(&page);
            rsx! {
                for check in check {
                    Open { key: "{check.id}", check, page: page.clone() }
                }
            }
        }
        ArchiveState::Open(_) | ArchiveState::Empty { .. } => rsx! {
            main { class: "screen",
                Bar { title: words.say("result-title") }
                p { {words.say("check-gone")} }
                Link { class: "button", to: Destination::Home, {words.say("back")} }
            }
        },
        _ => rsx! {
            main { class: "screen",
                Bar { title: words.say("result-title") }
                Closed {}
            }
        },
    }
}

#[component]
fn Open(check: Check, page: OpenArchive) -> Element {
    let app = use_context::<App>();
    let words = app.words();
    let navigator = use_navigator();
    let mut asked = use_signal(|| false);
    let spot = page.contents.spot(check.spot).cloned();
    let id = check.id;
    rsx! {
        main { class: "screen result",
            Bar { title: day_of(&words, check.at) }
            if let Some(spot) = spot {
                Link { class: "to-spot", to: Destination::Spot(spot.id), {title(&words, &spot)} }
            }
            Warned { remarks: check.remarks }
            Explained {
                assessment: check.assessment.clone(),
                crop: kept(id, RecordKind::Crop),
                saliency: kept(id, RecordKind::Saliency),
            }
            if let Some(size) = &check.size {
                section { class: "card", id: "size",
                    h3 { {words.say("size-title")} }
                    Sized { size: size.clone() }
                }
            }
            LookedAgain { check: check.clone() }
            section { class: "card",
                h3 { {words.say("keep-noticed")} }
                Noticed {
                    remarks: check.remarks,
                    ontoggle: move |remark| app.keep(move |archive_worker| archive_worker.change_check(id, |check| check.remarks = check.remarks.toggled(remark)), |()| {}),
                }
            }
            div { class: "actions",
                if asked() {
                    p { role: "alert", {words.say("check-delete-sure")} }
                    button {
                        class: "button danger",
                        id: "delete",
                        onclick: move |_| app.keep(move |archive_worker| archive_worker.delete_check(id), move |()| navigator.go_back()),
                        {words.say("delete-yes")}
                    }
                    button { class: "button quiet", onclick: move |_| asked.set(false), {words.say("cancel")} }
                } else {
                    button { class: "button quiet", id: "ask-delete", onclick: move |_| asked.set(true), {words.say("check-delete")} }
                }
            }
            Small { model: check.assessment.model.clone() }
        }
    }
}

/// What later models said to the kept photo, and a way to ask the present one. The first answer stays.
#[component]
fn LookedAgain(check: Check) -> Element {
    let app = use_context::<App>();
    let words = app.words();
    let has_answered = app.model().answered(&check);
    let id = check.id;
    rsx! {
        if !has_answered || !check.again.is_empty() {
            section { class: "card", id: "again",
                h3 { {words.say("again-title")} }
                p { class: "soft small", {words.say("again-lead")} }
                for (number, again) in check.again.iter().enumerate() {
                    div { key: "{number}", class: "check {tone(again.assessment.triage)}",
                        span {
                            strong { {words.triage(again.assessment.triage)} }
                            span { class: "soft",
                                {day_of(&words, again.at)}
                                if again.assessment.cannot_tell.is_empty() {
                                    ", "
                                    {words.text("risk-short", &[("percent", words.percent(again.assessment.risk).into())])}
                                }
                            }
                            span { class: "soft small", {words.text("result-model", &[("version", again.assessment.model.clone().into())])} }
                            Foreign { label: again.assessment.foreign_model.clone() }
                        }
                    }
                }
                if !has_answered {
                    button { class: "button quiet", id: "look-again-now", onclick: move |_| app.look_again(vec![id]), {words.say("again-do")} }
                }
            }
        }
    }
}
