//! Whose spot it is, to be chosen among the people who are kept.

use dioxus::prelude::*;

use crate::ui::state::App;
use archive::Contents;
use archive::record::PatientId;

/// The people who are kept, and nobody in particular. Nothing where there are none.
#[component]
pub fn WhoseSpot(chosen: Option<PatientId>, onchoose: EventHandler<Option<PatientId>>) -> Element {
    let app = use_context::<App>();
    let words = app.words();
    let people = app.page().map(|page| names(&page.contents)).unwrap_or_default();
    rsx! {
        if !people.is_empty() {
            div { class: "field",
                label { r#for: "whose", {words.say("whose-spot")} }
                select {
                    id: "whose",
                    onchange: move |event| onchoose.call(event.value().parse().ok()),
                    option { value: "", selected: chosen.is_none(), {words.say("whose-nobody")} }
                    for (id, name) in people {
                        option { key: "{id}", value: "{id}", selected: chosen == Some(id), "{name}" }
                    }
                }
            }
        }
    }
}

/// The people who are kept, by their names.
pub fn names(contents: &Contents) -> Vec<(PatientId, String)> {
    contents.patients().into_iter().map(|patient| (patient.id, patient.name.clone())).collect()
}
