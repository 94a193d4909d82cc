//! The answer to a photo, and what else can be told of the person who has it.

use dioxus::prelude::*;

use crate::ui::destination::Destination;
use crate::ui::parts::{Bar, Explained, GetPhoto, Glyph, Icon, Noticed, Sized, Small};
use crate::ui::state::App;
use assess::assessment::Triage;
use net::person::{Person, Sex, Site};

/// The check that is shown, or a way back where there is none.
#[component]
pub fn Result() -> Element {
    let app = use_context::<App>();
    let words = app.words();
    rsx! {
        main { class: "screen result",
            Bar { title: words.say("result-title") }
            if let Some(answer) = app.shown() {
                Explained {
                    assessment: answer.assessment.clone(),
                    crop: answer.crop.address(),
                    saliency: answer.saliency.address(),
                }
                TellMore { person: answer.assessment.person }
                if app.measurable().is_some() || answer.size.is_some() {
                    section { class: "card", id: "size",
                        h3 { {words.say("size-title")} }
                        if let Some(size) = &answer.size {
                            Sized { size: size.clone() }
                        } else {
                            p { class: "soft small", {words.say("size-offer")} }
                        }
                        if app.measurable().is_some() {
                            Link { class: "button quiet", id: "to-size", to: Destination::Size, {words.say("size-do")} }
                        }
                    }
                }
                div { class: "actions",
                    if answer.assessment.triage == Triage::CannotTell {
                        GetPhoto { first: true }
                        Link { class: "button quiet", to: Destination::Keep, id: "keep", {words.say("keep")} }
                    } else {
                        Link { class: "button large", to: Destination::Keep, id: "keep", {words.say("keep")} }
                        GetPhoto {}
                    }
                    Link { class: "button quiet", to: Destination::Learn, {words.say("learn-more")} }
                }
                Small { model: answer.assessment.model.clone() }
            } else {
                p { {words.say("result-empty")} }
                GetPhoto { first: true }
            }
        }
    }
}

/// Asks who has it and what was noticed: all of it may stay untold.
#[component]
fn TellMore(person: Person) -> Element {
    let app = use_context::<App>();
    let words = app.words();
    let of_key = |keys: &[&str], value: &str| keys.iter().position(|key| *key == value);
    // Told with what was told just before, even if that has not been drawn yet.
    let tell = move |change: &dyn Fn(Person) -> Person| {
        if let Some(shown) = app.shown() {
            app.tell_person(change(shown.assessment.person));
        }
    };
    rsx! {
        details { class: "card", id: "tell", open: !person.is_unknown(),
            summary {
                span { {words.say("tell-title")} }
                Glyph { icon: Icon::Down, size: 20 }
            }
            p { class: "soft", {words.say("tell-lead")} }
            div { class: "field",
                label { r#for: "age", {words.say("tell-age")} }
                input {
                    id: "age",
                    r#type: "number",
                    inputmode: "numeric",
                    min: "0",
                    max: "120",
                    value: person.age.map(|age| age.to_string()).unwrap_or_default(),
                    onchange: move |event| {
                        let age = event.value().trim().parse().ok().filter(|age| *age <= 120);
                        tell(&|person| Person { age, ..person });
                    },
                }
            }
            if person.age.is_some_and(|age| age < 18) {
                p { class: "warning", role: "status", {words.say("tell-child")} }
            }
            div { class: "field",
                label { r#for: "sex", {words.say("tell-sex")} }
                select {
                    id: "sex",
                    onchange: move |event| {
                        let sex = of_key(&Sex::ALL.map(Sex::key), &event.value()).map(|at| Sex::ALL[at]);
                        tell(&|person| Person { sex, ..person });
                    },
                    option { value: "", selected: person.sex.is_none(), {words.say("tell-nothing")} }
                    for sex in Sex::ALL {
                        option { key: "{sex:?}", value: sex.key(), selected: person.sex == Some(sex), {words.sex(sex)} }
                    }
                }
            }
            div { class: "field",
                label { r#for: "site", {words.say("tell-site")} }
                select {
                    id: "site",
                    onchange: move |event| {
                        let site = of_key(&Site::ALL.map(Site::key), &event.value()).map(|at| Site::ALL[at]);
                        tell(&|person| Person { site, ..person });
                    },
                    option { value: "", selected: person.site.is_none(), {words.say("tell-nothing")} }
                    for site in Site::ALL {
                        option { key: "{site:?}", value: site.key(), selected: person.site == Some(site), {words.site(site)} }
                    }
                }
            }
            p { {words.say("keep-noticed")} }
            Noticed {
                remarks: person.noticed,
                ontoggle: move |id| tell(&|person| Person { noticed: person.noticed.toggled(id), ..person }),
            }
        }
    }
}
