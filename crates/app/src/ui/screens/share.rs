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
    rsx! {
        main { class: "screen share",
            Bar { title: words.say("share-title") }
            match app.archive_state() {
                ArchiveState::Open(page) => rsx! { Open { page, part: of.parse().ok() } },
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

/// What is in that part; nothing where it is not kept, or no check of it is.
fn contents_of(contents: &Arc<Contents>, part: Part) -> Option<Arc<Contents>> {
    let of = match part {
        Part::Everything => contents.clone(),
        Part::Patient(id) => Arc::new(contents.of_patient(Some(contents.patient(id)?.id))),
        Part::Spot(id) => Arc::new(contents.of_spot(contents.spot(id)?.id)),
    };
    let is_empty = of.latest().len() == 0;
    (!is_empty).then_some(of)
}

/// The same in words.
fn in_words(words: &Wording, contents: &Contents, part: Part) -> String {
    let counts = [("spots", contents.spots().len().into()), ("checks", contents.latest().len().into())];
    let [spots, checks] = counts;
    match part {
        Part::Everything => words.text("share-everything", &[spots, checks]),
        Part::Patient(id) => {
            let name = contents.patient(id).map(|patient| patient.name.clone()).unwrap_or_default();
            words.text("share-person", &[("name", name.into()), spots, checks])
        }
        Part::Spot(id) => {
            let name = contents.spot(id).map(|spot| title(words, spot)).unwrap_or_default();
            words.text("share-spot", &[("name", name.into()), checks])
        }
    }
}

/// A component of its own for what there is, so that it is picked out anew only when something is kept: there may be thousands.
#[component]
fn Open(page: OpenArchive, part: Option<Part>) -> Element {
    let contents =
        use_memo(use_reactive((&page, &part), |(page, part)| contents_of(&page.contents, part?)))();
    match contents.zip(part) {
        Some((contents, part)) => rsx! { Choosing { contents: Shared(contents), part } },
        None => rsx! { Nothing {} },
    }
}

/// Compared by where it is, and not check by check.
#[derive(Clone)]
struct Shared(Arc<Contents>);

impl PartialEq for Shared {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

#[component]
fn Choosing(contents: Shared, part: Part) -> Element {
    let Shared(contents) = contents;
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
        p { {in_words(&words, &contents, part)} }
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
