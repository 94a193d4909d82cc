//! Keeping an answer: as a check of a spot that is known already, or of a new one.

use std::collections::BTreeMap;
use std::rc::Rc;

use dioxus::prelude::*;
use jiff::{Timestamp, ZonedDateTime};

use crate::ui::archive_worker::ArchiveState;
use crate::ui::destination::Destination;
use crate::ui::parts::{
    Bar, Closed, FirstPassphrase, Foreign, GetPhoto, LookAgain, NewSpot, Noticed, Warned, WhichSpot, new_spot,
};
use crate::ui::state::App;
use crate::ui::vision_worker::Answer;
use archive::record::{Check, CheckId, Lineage, Place, Remarks, Spot, SpotId};
use archive::reminder;

/// Asks where the answer belongs.
#[component]
pub fn Keep() -> Element {
    let app = use_context::<App>();
    let words = app.words();
    rsx! {
        main { class: "screen keep",
            Bar { title: words.say("keep") }
            match (app.shown(), app.archive_state()) {
                (None, _) => rsx! {
                    p { {words.say("result-empty")} }
                    GetPhoto { first: true }
                },
                (_, ArchiveState::Empty { key_store: false }) => rsx! {
                    FirstPassphrase {}
                },
                (Some(answer), ArchiveState::Empty { key_store: true } | ArchiveState::Open(_)) => rsx! {
                    Form { answer }
                },
                _ => rsx! { Closed {} },
            }
        }
    }
}

#[derive(Props, Clone)]
struct FormProps {
    answer: Rc<Answer>,
}

impl PartialEq for FormProps {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.answer, &other.answer)
    }
}

#[allow(non_snake_case)]
fn Form(FormProps { answer }: FormProps) -> Element {
    let app = use_context::<App>();
    let words = app.words();
    let navigator = use_navigator();
    let today = ZonedDateTime::now().date();
    let contents = app.page().map(|page| page.contents);
    let exists = |id: &SpotId| contents.as_ref().is_some_and(|contents| contents.spot(*id).is_some());
    let chosen = use_signal(|| app.target().filter(exists));
    // The same for as long as this answer is looked at, so that a second press keeps nothing twice.
    let (new_spot_id, check_id) = use_hook(|| (SpotId::random(), CheckId::random()));
    let name = use_signal(String::new);
    let place = use_signal(|| None::<Place>);
    let whose = use_signal(|| app.whose().patient());
    let told = answer.assessment.person.noticed;
    let mut remarks = use_signal(move || told);
    let triage = answer.assessment.triage;
    let usual = move |remarks: Remarks| Some(reminder::look_again(triage, remarks, today));
    let mut again = use_signal(move || usual(told));
    // Asked anew when it is sent: what was chosen last may not have been drawn by then.
    let chosen_spot = move || {
        let (id, contents) = (chosen()?, app.page()?.contents);
        contents.spot(id).cloned()
    };
    let ready = chosen_spot().is_some() || place().is_some();
    let save = {
        let answer = answer.clone();
        move |event: FormEvent| {
            event.prevent_default();
            if app.doing() {
                return;
            }
            let now = Timestamp::now();
            let spot = match (chosen_spot(), place()) {
                (Some(spot), _) => Spot { look_again: again(), ..spot },
                (None, Some(place)) => {
                    Spot { patient: whose(), ..new_spot(new_spot_id, &name(), place, again(), now) }
                }
                (None, None) => return,
            };
            let check = Check {
                id: check_id,
                spot: spot.id,
                lineage: Lineage::UNKNOWN,
                order: 0,
                after: BTreeMap::new(),
                at: now,
                assessment: answer.assessment.clone(),
                photo: Some(answer.photo),
                again: Vec::new(),
                remarks: remarks(),
                size: answer.size.clone(),
            };
            let in_round = app.round().is_some();
            let (id, pictures, kept) = (spot.id, answer.pictures.clone(), answer.clone());
            app.keep(
                move |archive_worker| {
                    archive_worker.create(None)?;
                    archive_worker.keep(spot, check, &pictures)
                },
                move |()| {
                    app.kept(&kept);
                    // Back leads to the start, not to an answer that is kept by now.
                    navigator.push(Destination::Home);
                    navigator.push(if in_round { Destination::Round } else { Destination::Spot(id) });
                },
            );
        }
    };
    rsx! {
        form { class: "form", onsubmit: save,
            div { class: "keep-what",
                img { src: answer.thumbnail.address(), alt: "" }
                p { {words.triage(answer.assessment.triage)} }
                Foreign { label: answer.assessment.foreign_model.clone() }
            }
            if let Some(page) = app.page().filter(|page| page.contents.spots().len() > 0) {
                WhichSpot { page, chosen }
            }
            if chosen().is_none() {
                NewSpot { name, place, whose }
            }
            section { class: "card",
                h2 { {words.say("keep-noticed")} }
                Noticed {
                    remarks: remarks(),
                    ontoggle: move |id| {
                        let changed = remarks().toggled(id);
                        // A day of one's own choice stays.
                        if again() == usual(remarks()) {
                            again.set(usual(changed));
                        }
                        remarks.set(changed);
                    },
                }
                Warned { remarks: remarks() }
            }
            section { class: "card",
                LookAgain { day: again(), onday: move |day| again.set(day) }
            }
            if !ready {
                p { class: "soft", {words.say("keep-place-first")} }
            }
            button { class: "button large", id: "save", r#type: "submit", disabled: !ready, {words.say("keep-save")} }
        }
    }
}
