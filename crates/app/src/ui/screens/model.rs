//! The model that answers: which it is, how old and by whom; and another one in its place, from a file.

use std::sync::Arc;

use dioxus::prelude::*;
use jiff::ZonedDateTime;
use jiff::civil::Date;
use spotpack::PublicKey;

use crate::ui::archive_worker::{ArchiveState, ArchiveWorker, Examined, Offer};
use crate::ui::destination::Destination;
use crate::ui::model::InUse;
use crate::ui::parts::{Bar, Closed, FirstPassphrase, day};
use crate::ui::state::App;
use archive::shelf::FromPack;
use assess::evidence::{Evidence, Figure, SHOWN, Table};
use net::modality::Modality;
use net::network::card::Card;
use wording::Wording;

/// The model.
#[component]
pub fn Model() -> Element {
    let app = use_context::<App>();
    let words = app.words();
    let model = app.model();
    let fallen = model.fallen.as_ref().map(|why| words.not_used(why));
    // While it is locked nothing can be decided: what has arrived waits.
    let locked = app.archive_state() == ArchiveState::Locked;
    rsx! {
        main { class: "screen model",
            Bar { title: words.say("model-title") }
            if let Some(why) = fallen {
                p { class: "warning", role: "status", id: "model-fallen", {words.text("model-fallen", &[("why", why.into())])} }
            }
            match app.examined().filter(|_| !locked) {
                Some(Examined::Stranger(key)) => rsx! {
                    Stranger { key: "{key}", signer: key }
                },
                Some(Examined::Offer(offer)) => offered(app, &words, &model, &offer),
                None => rsx! {
                    section { class: "card", id: "model-in-use",
                        h2 { {words.say("model-in-use")} }
                        {facts(&present(&words, &model))}
                        if model.pack.is_some() {
                            p { class: "soft small", {words.say("model-age-lead")} }
                        }
                        Link { class: "button quiet", to: Destination::About("model"), {words.say("model-card")} }
                        Back {}
                    }
                    if app.pack_waits() || locked && app.pack_is_here() {
                        p { class: "soft", role: "status", id: "model-waits", {words.say(if app.backup_waits() { "model-waits-backup" } else { "model-waits" })} }
                    }
                    Closed {}
                    Open {}
                    Trusted {}
                },
            }
        }
    }
}

/// A label and what stands beside it.
type Fact = (String, String);

fn facts(facts: &[Fact]) -> Element {
    rsx! {
        dl { class: "figures facts",
            for (label, value) in facts {
                div { key: "{label}",
                    dt { "{label}" }
                    dd { "{value}" }
                }
            }
        }
    }
}

/// What is to be known of the model that answers.
fn present(words: &Wording, model: &InUse) -> Vec<Fact> {
    match (&model.pack, model.card()) {
        (Some(pack), _) => of_pack(words, pack, ZonedDateTime::now().date()),
        (None, Some(card)) => [
            ("model-name", card.version.clone()),
            ("model-publisher", words.say("model-own")),
            ("model-licence-name", card.licence.clone()),
            ("model-classes", classes(words, card)),
        ]
        .map(|(key, value)| (words.say(key), value))
        .to_vec(),
        (None, None) => Vec::new(),
    }
}

/// What is to be known of a model that came in a pack.
fn of_pack(words: &Wording, pack: &FromPack, today: Date) -> Vec<Fact> {
    let manifest = pack.manifest();
    [
        ("model-name", manifest.name.clone()),
        ("model-version", manifest.version.to_string()),
        ("model-date", made(words, &manifest.date.to_string(), today)),
        ("model-publisher", manifest.publisher.clone()),
        ("model-licence-name", manifest.licence.clone()),
        ("model-classes", classes(words, &pack.card)),
        ("model-fingerprint", pack.signed.signer().key.fingerprint().grouped()),
    ]
    .map(|(key, value)| (words.say(key), value))
    .to_vec()
}

fn classes(words: &Wording, card: &Card) -> String {
    let names: Vec<String> = card.classes.iter().map(|class| words.diagnosis(&class.key)).collect();
    names.join(", ")
}

/// A day, and how long ago it was: nothing in the app tells otherwise that a model is old. A day that is still to come is only named.
fn made(words: &Wording, date: &str, today: Date) -> String {
    let Ok(date) = date.parse::<Date>() else { return date.to_string() };
    let (named, days) = (day(words, date), (today - date).get_days());
    match days {
        ..2 => named,
        2..60 => words.text("model-age-days", &[("date", named.into()), ("days", days.into())]),
        _ => words.text(
            "model-age-months",
            &[("date", named.into()), ("months", ((days * 12 + 182) / 365).into())],
        ),
    }
}

/// Back to the model before, or to the app's own.
#[component]
fn Back() -> Element {
    let app = use_context::<App>();
    let words = app.words();
    let model = app.model();
    let before = use_resource(move || {
        // Asked again after each change.
        let _ = (app.model(), app.page());
        let archive_worker = app.archive_worker();
        async move { archive_worker.ask(ArchiveWorker::before).await.ok().flatten() }
    });
    let before = before.read().clone().flatten();
    let installed = model.pack.is_some() || model.fallen.is_some();
    rsx! {
        if app.page().is_some() && (installed || before.is_some()) {
            if let Some(before) = before {
                button {
                    class: "button quiet",
                    id: "model-before",
                    onclick: {
                        let before = before.clone();
                        move |_| app.go_to_model(Some(before.clone()))
                    },
                    {words.text("model-before", &[("name", before.name.clone().into())])}
                }
            }
            if installed {
                button { class: "button quiet", id: "model-to-own", onclick: move |_| app.go_to_model(None), {words.say("model-to-own")} }
            }
            p { class: "soft small", {words.say("model-back-lead")} }
        }
    }
}

/// The keys that were confirmed, and a way to take that back.
#[component]
fn Trusted() -> Element {
    let app = use_context::<App>();
    let words = app.words();
    let trusted = use_resource(move || {
        // Asked again after each change.
        let _ = (app.model(), app.page());
        let archive_worker = app.archive_worker();
        async move { archive_worker.ask(ArchiveWorker::models).await.ok().flatten() }
    });
    let trusted = trusted.read().clone().flatten().map(|models| models.confirmed).unwrap_or_default();
    rsx! {
        if app.page().is_some() && !trusted.is_empty() {
            section { class: "card", id: "trusted-keys",
                h2 { {words.say("model-trusted")} }
                p { class: "soft small", {words.say("model-trusted-lead")} }
                for key in trusted.iter().map(|confirmed| *confirmed.key()) {
                    div { key: "{key}",
                        p { class: "fingerprint", {key.fingerprint().grouped()} }
                        button { class: "button quiet distrust", onclick: move |_| app.distrust(key), {words.say("model-distrust")} }
                    }
                }
            }
        }
    }
}

/// A way to open a pack, where what is seen of it can be kept.
#[component]
fn Open() -> Element {
    let app = use_context::<App>();
    let words = app.words();
    match app.archive_state() {
        ArchiveState::Empty { key_store: false } => rsx! {
            FirstPassphrase {}
        },
        ArchiveState::Open(_) | ArchiveState::Empty { .. } => rsx! {
            section { class: "card",
                h2 { {words.say("model-open")} }
                p { class: "soft small", {words.say("model-open-lead")} }
                input { class: "visually-hidden", id: "pack-file", r#type: "file", "data-pack": "" }
                label { class: "button quiet", r#for: "pack-file", {words.say("model-open-do")} }
            }
        },
        _ => rsx! {},
    }
}

/// Whether this is how the fingerprint begins, over four groups at least, however it is written. Keys whose fingerprints share fewer
/// digits can be found by trying.
fn begins(fingerprint: &str, typed: &str) -> bool {
    const FOUR_GROUPS: usize = 16;
    let digits: String = typed.chars().filter(|char| !matches!(char, ' ' | ':' | '-')).collect();
    digits.len() >= FOUR_GROUPS && fingerprint.starts_with(&digits.to_lowercase())
}

/// Asks whether the key is the one that its owner told of, before anything that it signed is looked at.
#[component]
fn Stranger(signer: PublicKey) -> Element {
    let app = use_context::<App>();
    let words = app.words();
    let mut typed = use_signal(String::new);
    let mut same = use_signal(|| false);
    let mut unlike = use_signal(|| false);
    let fingerprint = signer.fingerprint();
    rsx! {
        form {
            class: "card form",
            id: "stranger",
            onsubmit: move |event: FormEvent| {
                event.prevent_default();
                if app.doing() || !same() {
                    return;
                }
                unlike.set(!begins(&fingerprint.to_string(), &typed()));
                if !unlike() {
                    app.trust(signer);
                }
            },
            h2 { {words.say("model-stranger")} }
            p { {words.say("model-stranger-lead")} }
            p { class: "fingerprint", id: "fingerprint", {fingerprint.grouped()} }
            div { class: "field",
                label { r#for: "fingerprint-first", {words.say("model-stranger-first")} }
                input {
                    id: "fingerprint-first",
                    r#type: "text",
                    autocapitalize: "off",
                    autocomplete: "off",
                    spellcheck: false,
                    oninput: move |event| typed.set(event.value()),
                }
            }
            label { class: "choice",
                input { r#type: "checkbox", id: "fingerprint-same", onchange: move |event| same.set(event.checked()) }
                span { {words.say("model-stranger-same")} }
            }
            p { class: "fault", role: "alert",
                if unlike() {
                    {words.say("model-stranger-unlike")}
                }
            }
            button { class: "button", id: "trust-key", r#type: "submit", disabled: !same(), {words.say("model-stranger-do")} }
            button { class: "button quiet", r#type: "button", id: "leave-model", onclick: move |_| app.cancel(), {words.say("model-leave")} }
        }
    }
}

/// The model that may take the place of the present one, and what was measured of both.
fn offered(app: App, words: &Wording, model: &InUse, offer: &Arc<Offer>) -> Element {
    let tables = [(Modality::PlainPhoto, "figures-phone"), (Modality::Dermatoscope, "figures-dermatoscope")];
    let pairs = tables.map(|(domain, title)| {
        (words.say(title), compared(words, domain, [model.evidence(), &offer.from.evidence]))
    });
    let label = offer.from.label.clone();
    let offer = offer.clone();
    rsx! {
        section { class: "card", id: "offer",
            h2 { "{offer.from.manifest().name}" }
            if let Some(label) = label {
                p { class: "warning", {words.text("model-foreign", &[("label", label.into())])} }
            }
            {facts(&of_pack(words, &offer.from, ZonedDateTime::now().date()))}
        }
        section { class: "card", id: "compare-models",
            h2 { {words.say("model-compare")} }
            p { class: "soft small", {words.say("model-compare-lead")} }
            for (title, compared) in pairs {
                if let Some((remark, rows)) = compared {
                    h3 { "{title}" }
                    p { class: "soft small", "{remark}" }
                    {facts(&rows)}
                }
            }
        }
        div { class: "actions",
            button { class: "button large", id: "use-model", onclick: { let offer = offer.clone(); move |_| app.use_model(offer.clone()) }, {words.say("model-use")} }
            button { class: "button quiet", id: "leave-model", onclick: move |_| app.cancel(), {words.say("model-leave")} }
        }
    }
}

/// What was measured of the present and of the offered model on pictures that were taken so, and how far that can be compared; nothing where
/// neither was measured.
fn compared(words: &Wording, domain: Modality, evidence: [&Evidence; 2]) -> Option<(String, Vec<Fact>)> {
    let tables = evidence.map(|evidence| evidence.table(domain));
    let remark = match tables {
        [None, None] => return None,
        [Some(present), Some(offered)] if may_be_same(present, offered) => {
            words.text("model-same-count", &[("count", present.count.into())])
        }
        [Some(present), Some(offered)] => {
            let counts = [("present", present.count.into()), ("offered", offered.count.into())];
            words.text("model-other-pictures", &counts)
        }
        _ => words.say("model-one-sided"),
    };
    let rows = SHOWN.iter().map(|(name, key)| {
        let said = |table: Option<&Table>| {
            let figure = table.and_then(|table| table.figure(name));
            figure.map_or_else(|| words.say("model-unmeasured"), |figure| with_interval(words, figure))
        };
        let [present, offered] = tables.map(said);
        let [now, then] = ["model-present", "model-offered"].map(|key| words.say(key));
        (words.say(key), format!("{now}: {present}\n{then}: {offered}"))
    });
    Some((remark, rows.collect()))
}

/// Whether nothing says that two tables are of different pictures.
fn may_be_same(one: &Table, other: &Table) -> bool {
    let melanomas = one.melanomas.zip(other.melanomas).is_none_or(|(one, other)| one == other);
    one.count == other.count && melanomas
}

fn with_interval(words: &Wording, figure: &Figure) -> String {
    let [value, low, high] = [figure.value, figure.low, figure.high].map(|share| words.percent(share));
    let interval = words.text("figure-interval", &[("low", low.into()), ("high", high.into())]);
    format!("{value} {interval}")
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use wording::Language;

    #[test]
    fn the_age_of_a_model_is_told_and_a_clock_that_is_wrong_tells_none() {
        let words = Wording::new(Language::English);
        let told = |today| made(&words, "2026-03-31", today);
        assert_eq!(told(date(2026, 4, 30)), "31 Mar 2026 (30 days ago)");
        assert_eq!(told(date(2027, 4, 1)), "31 Mar 2026 (about 12 months ago)");
        assert_eq!(told(date(2026, 4, 1)), "31 Mar 2026");
        assert_eq!(told(date(2020, 1, 1)), "31 Mar 2026");
    }

    #[test]
    fn four_groups_of_a_fingerprint_are_taken_however_they_are_written() {
        let fingerprint = "0123456789abcdef01234567";
        for good in
            ["0123456789abcdef", "0123 4567 89ab cdef", "0123:4567:89AB:CDEF:01", "0123-4567 89ab cdef 0123"]
        {
            assert!(begins(fingerprint, good), "{good}");
        }
        for bad in [
            "",
            "0123 4567",
            "0123 4567 89ab cde",
            "0123 4567 89ab cdee",
            "x0123 4567 89ab cdef",
            "0123 4567 89ab cdef 0123 45678",
        ] {
            assert!(!begins(fingerprint, bad), "{bad}");
        }
    }

    #[test]
    fn figures_of_different_pictures_say_so() {
        let words = Wording::new(Language::English);
        let own = Evidence::embedded();
        let said = |other: &Evidence| compared(&words, Modality::PlainPhoto, [own, other]);
        let (remark, rows) = said(own).expect("measured");
        assert!(remark.contains("Whether they are the same"), "{remark}");
        assert_eq!(rows.len(), SHOWN.len());
        let mut other = own.clone();
        for table in &mut other.tables {
            table.count += 1;
        }
        let (remark, _) = said(&other).expect("measured");
        assert!(remark.contains("different pictures"), "{remark}");
        let (remark, rows) = said(&Evidence::default()).expect("one was measured");
        assert!(remark.contains("Only one"), "{remark}");
        assert!(rows.iter().all(|(_, row)| row.contains("this file: not measured")), "{rows:?}");
        assert_eq!(compared(&words, Modality::PlainPhoto, [&Evidence::default(); 2]), None);
    }
}
