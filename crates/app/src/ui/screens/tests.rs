//! Every screen in every state, rendered without a window.

mod answers;
mod learning;
mod lock;
mod models;
mod spots;
mod start;

use std::any::Any;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::rc::Rc;
use std::sync::Arc;

use dioxus::core::{Mutation, Mutations, NoOpMutations};
use dioxus::history::{History, MemoryHistory};
use dioxus::html::{PlatformEventData, SerializedHtmlEventConverter, set_event_converter};
use dioxus::prelude::*;
use jiff::Timestamp;
use jiff::civil::Date;

use crate::platform;
use crate::settings::{CONSENT, Settings, SettingsFile};
use crate::ui::app::Route;
use crate::ui::archive_worker::{ArchiveState, OpenArchive};
use crate::ui::state::App;
use crate::ui::vision_worker::Answer;
use archive::record::{BodySide, Check, CheckId, KeptPhoto, Lineage, Pictures, Place, Remarks, Spot, SpotId};
use archive::vault::Protection;
use archive::{Contents, Losses};
use assess::assessment::{Assessment, Doubt, Likelihood, Novelty, SCHEMA, Triage};
use net::diagnosis::HAM10000;
use net::modality::Modality;
use net::person::Person;
use vision::photo::Square;
use vision::photo::quality::{Aspect, Measurement, Quality};
use wording::Language;

/// A screen to be rendered.
#[derive(Clone)]
struct Scene {
    path: String,
    store: PathBuf,
    setup: Rc<dyn Fn(App)>,
}

#[allow(non_snake_case)]
fn Stage(scene: Scene) -> Element {
    use_hook(|| {
        let app = App::new(platform::here(), Some(SettingsFile::new(scene.store.clone())));
        (scene.setup)(app);
        provide_context(app);
        provide_context(Rc::new(MemoryHistory::with_initial_path(&scene.path)) as Rc<dyn History>);
    });
    rsx! {
        Router::<Route> {}
    }
}

/// The screen at `path` in this language, after `setup`.
fn render_in(language: Language, path: &str, setup: impl Fn(App) + 'static) -> String {
    let folder = tempfile::tempdir().expect("folder");
    let settings = Settings { consent: CONSENT, language: Some(language), ..Settings::default() };
    SettingsFile::new(folder.path()).save(&settings).expect("saved");
    let scene = Scene { path: path.into(), store: folder.path().into(), setup: Rc::new(setup) };
    let mut dom = VirtualDom::new_with_props(Stage, scene);
    dom.rebuild_in_place();
    let html = dioxus_ssr::render(&dom);
    assert_sound(&html);
    html
}

fn render(path: &str, setup: impl Fn(App) + 'static) -> String {
    render_in(Language::English, path, setup)
}

/// What holds for every screen: no text is missing, every button and picture has a name.
fn assert_sound(html: &str) {
    assert!(!html.contains("{ $"), "an argument is missing: {html}");
    for button in html.split("<button").skip(1) {
        let end = button.find("</button>").expect("an end");
        let (tag, inside) = button[..end].split_once('>').expect("a tag");
        let mut text = String::new();
        let mut within = false;
        for letter in inside.chars() {
            match letter {
                '<' => within = true,
                '>' => within = false,
                letter if !within => text.push(letter),
                _ => {}
            }
        }
        assert!(tag.contains("aria-label") || !text.trim().is_empty(), "a button without a name: {button}");
    }
    for picture in html.split("<img").skip(1) {
        let tag = picture.split('>').next().unwrap_or_default();
        assert!(tag.contains("alt="), "a picture without a text: {tag}");
    }
}

fn assessment(triage: Triage) -> Assessment {
    let cannot_tell = match triage {
        Triage::CannotTell => vec![Doubt::NotALesion, Doubt::Unfamiliar],
        _ => Vec::new(),
    };
    let likelihood = |(place, diagnosis): (usize, &net::diagnosis::Diagnosis)| Likelihood {
        diagnosis: diagnosis.key.to_string(),
        malignant: diagnosis.malignant,
        refer: diagnosis.refer,
        probability: 0.5f32.powi(place as i32 + 1),
        likeness: 1.0 / 7.0,
    };
    let measurement = |aspect: Aspect| Measurement {
        aspect,
        value: aspect.threshold(),
        threshold: aspect.threshold(),
        good: true,
    };
    Assessment {
        schema: SCHEMA,
        model: "test".into(),
        crop: Square { left: 0, top: 0, side: 10 },
        views: 4,
        probabilities: HAM10000.iter().enumerate().map(likelihood).collect(),
        risk: 0.321,
        risk_range: [0.25, 0.4],
        triage,
        cannot_tell,
        despite_quality: false,
        prediction_set: vec!["akiec".into(), "bcc".into(), "bkl".into()],
        prediction_set_coverage: 0.9,
        novelty: Novelty { nearness: 0.9, least_nearness: 0.5, lesion: 4.0, least_lesion: 0.0 },
        kind: Modality::PlainPhoto,
        plain_photo: 0.9,
        kind_unsure: false,
        calibrated_for: Modality::PlainPhoto,
        quality: Quality { measurements: Aspect::ALL.map(measurement).to_vec() },
        person: Person::default(),
        because: Vec::new(),
        despite_risk: None,
        risk_of_photo: Some(0.321),
        foreign_model: None,
    }
}

fn answer(assessment: Assessment) -> Rc<Answer> {
    let picture = |name: &str| name.as_bytes().to_vec();
    let pictures = Pictures {
        thumbnail: picture("thumbnail"),
        crop: picture("crop"),
        saliency: picture("saliency"),
        photo: picture("photo"),
    };
    let photo = KeptPhoto { original_px: [20, 10], kept_px: [20, 10] };
    let card = crate::ui::model::card().cloned().expect("a card");
    Rc::new(Answer::new(assessment, Arc::new(card), photo, pictures))
}

/// A spot on the back, to be looked at again on this day, with checks of these answers.
fn archive_state(look_again: Option<Date>, answers: &[Triage]) -> ArchiveState {
    let place = Place { side: BodySide::Back, x: 0.4, y: 0.25 };
    let (id, since) = (SpotId::from(7), Timestamp::UNIX_EPOCH);
    let spot = Spot {
        id,
        name: "Shoulder".into(),
        note: "Since spring".into(),
        place,
        since,
        look_again,
        recovered: false,
        patient: None,
        findings: Vec::new(),
    };
    let check = |(order, triage): (usize, &Triage)| Check {
        id: CheckId::from(order as u128),
        spot: id,
        lineage: Lineage::UNKNOWN,
        order: order as u64,
        after: BTreeMap::new(),
        at: Timestamp::from_second(86_400 * order as i64).expect("time"),
        assessment: assessment(*triage),
        photo: Some(KeptPhoto { original_px: [20, 10], kept_px: [20, 10] }),
        again: Vec::new(),
        size: None,
        remarks: Remarks { itches: true, ..Remarks::default() },
    };
    ArchiveState::Open(OpenArchive {
        contents: Arc::new(Contents::of([], [spot], answers.iter().enumerate().map(check))),
        losses: Losses::default(),
        protection: Protection::Passphrase,
        key_store: false,
    })
}

fn result(assessment: Assessment) -> String {
    result_in(Language::English, assessment)
}

fn result_in(language: Language, assessment: Assessment) -> String {
    render_in(language, "/result", move |app| app.remember(answer(assessment.clone())))
}

const ALL: [Triage; 4] =
    [Triage::SeeDoctorSoon, Triage::HaveItLookedAt, Triage::NothingSuspicious, Triage::CannotTell];

#[test]
fn every_screen_speaks_every_language() {
    for language in Language::ALL {
        let spot = format!("/spot/{}", SpotId::from(7));
        let compare = format!("/compare/{}", SpotId::from(7));
        let paths = [
            "/",
            "/frame",
            "/result",
            "/learn",
            "/signs",
            "/self-examination",
            "/quiz",
            "/settings",
            "/about/notices",
            "/spots",
            "/lock",
            "/backup",
            "/model",
        ];
        for path in paths.into_iter().chain([spot.as_str(), &compare]) {
            let html = render_in(language, path, |app| app.turn_to(archive_state(None, &ALL)));
            assert!(html.contains(&format!("lang=\"{}\"", language.tag())));
        }
        for triage in ALL {
            result_in(language, assessment(triage));
        }
    }
}
