//! Files for the doctor, the researcher or anybody: for whom, what the file will hold of the person, and the file.

use std::sync::Arc;

use dioxus::prelude::*;
use exchange::{Format, Include, Item, personal};

use crate::ui::archive_worker::{ArchiveState, OpenArchive, Sharing};
use crate::ui::destination::{Destination, Part};
use crate::ui::parts::{Bar, Choice, Closed, draft, title};
use crate::ui::state::App;
use archive::Contents;
use wording::Wording;

/// The formats in the order in which they are offered, and what each is for.
const FORMATS: [(Format, &str, &str); 4] = [
    (Format::Photos, "share-photos", "share-photos-text"),
    (Format::Dicom, "share-dicom", "share-dicom-text"),
    (Format::Fhir, "share-fhir", "share-fhir-text"),
    (Format::Isic, "share-isic", "share-isic-text"),
];
/// So many checks are in a report that is part of another file: all their pictures are in memory at once while it is made.
const MOST_IN_REPORT: usize = 40;

/// Sharing this part of what is kept.
#[component]
pub fn Share(of: String) -> Element {
    let app = use_context::<App>();
    let words = app.words();
    let part = |page: &OpenArchive| of.parse().ok().and_then(|part| of_part(&words, &page.contents, part));
    rsx! {
        main { class: "screen share",
            Bar { title: words.say("share-title") }
            match app.archive_state() {
                ArchiveState::Open(page) => match part(&page) {
                    Some((contents, what)) => rsx! { Open { contents, what } },
                    None => rsx! { Nothing {} },
                },
                ArchiveState::Empty { .. } => rsx! { Nothing {} },
                _ => rsx! { Closed {} },
            }
        }
    }
}

#[component]
fn Nothing() -> Element {
    let words = use_context::<App>().words();
    rsx! {
        p { class: "empty", {words.say("share-nothing")} }
        Link { class: "button", to: Destination::Home, {words.say("back")} }
    }
}

/// What is in that part, and what it is in words; nothing where no check is.
fn of_part(words: &Wording, contents: &Arc<Contents>, part: Part) -> Option<(Arc<Contents>, String)> {
    let counts = |of: &Contents| [("spots", of.spots().len().into()), ("checks", of.latest().len().into())];
    let (part, what) = match part {
        Part::Everything => (contents.clone(), words.text("share-everything", &counts(contents))),
        Part::Patient(id) => {
            let patient = contents.patient(id)?;
            let of = contents.of_patient(Some(id));
            let [spots, checks] = counts(&of);
            let facts = [("name", patient.name.clone().into()), spots, checks];
            (Arc::new(of), words.text("share-person", &facts))
        }
        Part::Spot(id) => {
            let spot = contents.spot(id)?;
            let of = contents.of_spot(id);
            let [_, checks] = counts(&of);
            let what = words.text("share-spot", &[("name", title(words, spot).into()), checks]);
            (Arc::new(of), what)
        }
    };
    let is_empty = part.latest().len() == 0;
    (!is_empty).then_some((part, what))
}

#[component]
fn Open(contents: Arc<Contents>, what: String) -> Element {
    let app = use_context::<App>();
    let words = app.words();
    let mut format = use_signal(|| Format::Photos);
    let mut include = use_signal(|| Include::usual(Format::Photos));
    let short_enough = contents.latest().len() <= MOST_IN_REPORT;
    // What is known and has a place in the file, and what of it will be there.
    let may = personal::held(format(), &contents, &Include::these(Item::ALL), short_enough);
    let held = personal::held(format(), &contents, &include(), short_enough);
    let always = may.iter().filter(|item| !item.may_be_left_out()).copied().collect::<Vec<_>>();
    let optional = may.iter().filter(|item| item.may_be_left_out()).copied().collect::<Vec<_>>();
    let lacks_report = format() == Format::Fhir && !short_enough;
    rsx! {
        p { "{what}" }
        p { class: "soft", {words.say("share-lead")} }
        section { class: "card", role: "radiogroup", "aria-label": words.say("share-as"),
            h2 { {words.say("share-as")} }
            for (option, name, text) in FORMATS {
                Choice {
                    key: "{name}",
                    name: "format",
                    label: words.say(name),
                    chosen: format() == option,
                    onchoose: move |()| {
                        format.set(option);
                        include.set(Include::usual(option));
                    },
                }
                p { class: "soft small under-choice", {words.say(text)} }
            }
        }
        section { class: "card holds", role: "group", "aria-label": words.say("share-holds"),
            h2 { {words.say("share-holds")} }
            ul {
                for item in always {
                    li { key: "{item.key()}", {words.say(item.text())} }
                }
            }
            for item in optional {
                label { key: "{item.key()}", class: "choice",
                    input {
                        r#type: "checkbox",
                        id: "holds-{item.key()}",
                        checked: include.read().has(item),
                        onchange: move |_| {
                            let toggled = include.peek().clone().toggled(item);
                            include.set(toggled);
                        },
                    }
                    span {
                        {words.say(item.text())}
                        if held.contains(&item) && !include.read().has(item) {
                            span { class: "soft small", " " {words.say("share-in-report")} }
                        }
                    }
                }
            }
            if lacks_report {
                p { class: "soft small", {words.text("share-no-report", &[("most", MOST_IN_REPORT.into())])} }
            }
            p { class: "soft small", {words.say("share-who")} }
            if may.contains(&Item::Name) {
                p { class: "soft small", {words.say("share-numbers")} }
            }
        }
        button {
            class: "button large",
            id: "save-share",
            onclick: move |_| {
                let (words, part) = (app.words(), contents.clone());
                let wanted = short_enough && format() == Format::Fhir && include.read().has(Item::Report);
                let drafts = match wanted {
                    true => part.spots().map(|spot| draft(&words, &part, spot)).filter(|draft| !draft.checks.is_empty()).collect(),
                    false => Vec::new(),
                };
                app.share(Sharing { part, format: format(), include: include(), drafts, unnamed: words.say("share-unnamed") });
            },
            {words.say("share-save")}
        }
    }
}
