//! Every screen in every state, rendered without a window.

use std::any::Any;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::rc::Rc;
use std::sync::Arc;

use dioxus::core::{Mutation, Mutations, NoOpMutations};
use dioxus::history::{History, MemoryHistory};
use dioxus::html::{
    PlatformEventData, SerializedHtmlEventConverter, SerializedMouseData, set_event_converter,
};
use dioxus::prelude::*;
use image::RgbImage;
use jiff::Timestamp;
use jiff::civil::{Date, date};

use crate::archive::record::{
    Again, BodySide, Check, CheckId, KeptPhoto, Lineage, Pictures, Place, Remarks, Spot, SpotId,
};
use crate::archive::vault::Protection;
use crate::archive::{Contents, Losses};
use crate::assessment::{Assessment, Doubt, Likelihood, Novelty, SCHEMA, Triage};
use crate::diagnosis::HAM10000;
use crate::modality::Modality;
use crate::person::{Factor, Person, Reason};
use crate::photo::quality::{Aspect, Measurement, Quality};
use crate::photo::{Photo, Square};
use crate::platform;
use crate::settings::{CONSENT, Settings, SettingsFile};
use crate::ui::app::Route;
use crate::ui::framing::Framing;
use crate::ui::keeper::{Book, Page, Trouble};
use crate::ui::look::{Answer, Opened};
use crate::ui::model::InUse;
use crate::ui::state::{App, Draft};
use crate::wording::{Language, Wording};

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

/// Clicks the first thing on the screen that takes clicks, and shows the screen after that.
fn click_first(path: &str, settings: &Settings, setup: impl Fn(App) + 'static) -> String {
    set_event_converter(Box::new(SerializedHtmlEventConverter));
    let folder = tempfile::tempdir().expect("folder");
    SettingsFile::new(folder.path()).save(settings).expect("saved");
    let scene = Scene { path: path.into(), store: folder.path().into(), setup: Rc::new(setup) };
    let mut dom = VirtualDom::new_with_props(Stage, scene);
    let mut made = Mutations::default();
    dom.rebuild(&mut made);
    let listener = made.edits.iter().find_map(|edit| match edit {
        Mutation::NewEventListener { name, id } if name == "click" => Some(*id),
        _ => None,
    });
    let data: Rc<dyn Any> = Rc::new(PlatformEventData::new(Box::<SerializedMouseData>::default()));
    dom.runtime().handle_event("click", Event::new(data, true), listener.expect("something to click"));
    dom.render_immediate(&mut NoOpMutations);
    dioxus_ssr::render(&dom)
}

#[test]
fn agreeing_opens_the_start_and_is_kept() {
    let html =
        click_first("/", &Settings { language: Some(Language::English), ..Settings::default() }, |_| {});
    assert!(html.contains("id=\"choose\"") && !html.contains("id=\"agree\""), "{html}");
    assert!(!html.contains("could not be saved"), "{html}");
}

#[test]
fn back_leads_to_the_start_where_there_is_nothing_to_go_back_to() {
    let settings = Settings { consent: CONSENT, language: Some(Language::English), ..Settings::default() };
    let html = click_first("/about/model", &settings, |_| {});
    assert!(html.contains("id=\"choose\"") && !html.contains("class=\"card document\""), "{html}");
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
    let likelihood = |(place, diagnosis): (usize, &crate::diagnosis::Diagnosis)| Likelihood {
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
    Rc::new(Answer::new(assessment, photo, pictures))
}

/// A spot on the back, to be looked at again on this day, with checks of these answers.
fn book(look_again: Option<Date>, answers: &[Triage]) -> Book {
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
        remarks: Remarks { itches: true, ..Remarks::default() },
    };
    Book::Open(Page {
        contents: Arc::new(Contents::of([spot], answers.iter().enumerate().map(check))),
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
fn without_consent_only_the_welcome_is_shown() {
    for consent in [0, CONSENT + 1] {
        for path in ["/", "/result", "/settings"] {
            let html = render(path, move |app| app.set(|settings| settings.consent = consent));
            assert!(html.contains("no medical device") && html.contains("id=\"agree\""), "{path}");
            assert!(!html.contains("id=\"choose\""), "{path}");
        }
    }
}

#[test]
fn home_offers_photos_and_shows_what_was_checked() {
    let empty = render("/", |app| app.turn_to(Book::Empty { key_store: true }));
    assert!(empty.contains("for=\"take\"") || empty.contains("href=\"/camera\""));
    assert!(empty.contains("for=\"choose\"") && empty.contains("Nothing checked yet"));
    let checked = render("/", |app| {
        ALL.into_iter().for_each(|triage| app.remember(answer(assessment(triage))));
    });
    assert!(checked.contains("See a doctor soon") && checked.contains("src=\"/picture/shown/"));
    assert_eq!(checked.matches("class=\"check ").count(), 4);
    assert_eq!(checked.matches("Not kept").count(), 4);
}

#[test]
fn every_screen_that_leads_to_a_photo_offers_the_camera_and_the_chooser() {
    let spot = format!("/spot/{}", SpotId::from(7));
    for path in ["/", "/frame", "/result", "/keep", "/spots", &spot] {
        // Nothing is framed or shown, nothing is kept but for the spot.
        let book = if path == spot { book(None, &ALL) } else { Book::Empty { key_store: true } };
        let html = render(path, move |app| app.turn_to(book.clone()));
        assert_eq!(
            [html.matches("id=\"take\"").count(), html.matches("id=\"choose\"").count()],
            [1; 2],
            "{path}: {html}"
        );
    }
    for triage in ALL {
        let html = result(assessment(triage));
        assert_eq!(
            [html.matches("id=\"take\"").count(), html.matches("id=\"choose\"").count()],
            [1; 2],
            "{triage:?}"
        );
    }
}

#[test]
fn what_went_wrong_is_told_and_waiting_can_be_cancelled() {
    let html = render("/", |app| app.tell("The file is empty.".into()));
    assert!(html.contains("role=\"alert\"") && html.contains("The file is empty."));
    let html = render("/", |app| app.expect(1, crate::capture::bridge::FileKind::Photo));
    assert!(html.contains("class=\"working\"") && html.contains("Cancel"));
}

#[test]
fn a_photo_is_framed_and_without_one_there_is_a_way_back() {
    let html = render("/frame", |_| {});
    assert!(html.contains("no photo to frame") && html.contains("id=\"choose\""));
    let html = render("/frame", |app| {
        let opened = Opened::from(Photo::from(RgbImage::new(300, 200)));
        let framing = Framing::central(opened.photo.size());
        app.begin(Draft { opened, framing });
    });
    assert!(html.contains("src=\"/picture/shown/") && html.contains("left:-25.000%"));
    assert!(html.contains("id=\"assess\"") && html.contains("type=\"range\""));
}

#[test]
fn each_answer_says_what_to_do_first_and_how_sure_it_is() {
    for triage in &ALL[..3] {
        let html = result(assessment(*triage));
        let (advice, risk) = (html.find("id=\"triage\"").expect("advice"), html.find("32%").expect("risk"));
        assert!(advice < risk, "what to do comes first");
        for part in ["25% to 40%", "Basal cell carcinoma", "Where it looked", "plain photo", "In the test"] {
            assert!(html.contains(part), "{part} in {triage:?}");
        }
    }
    assert!(result(assessment(Triage::SeeDoctorSoon)).contains("within the next weeks"));
    assert!(result(assessment(Triage::NothingSuspicious)).contains("three months"));
}

#[test]
fn an_answer_says_what_it_means_for_a_thousand_people_and_why_the_risk_is_what_it_is() {
    let mut told = assessment(Triage::HaveItLookedAt);
    assert!(result(told.clone()).contains("id=\"of-thousand\""));
    assert!(!result(assessment(Triage::CannotTell)).contains("id=\"of-thousand\""));
    told.person = Person {
        age: Some(84),
        noticed: Remarks { bleeds: true, ..Remarks::default() },
        ..Person::default()
    };
    told.because = vec![Reason { factor: Factor::Age(84), odds: 1.6 }];
    told.risk_of_photo = Some(0.228);
    let html = result(told);
    for part in [
        "Age 84: more often malignant (odds times 1.60)",
        "By the photo alone it would be 23%",
        "You noticed a change (It bleeds)",
    ] {
        assert!(html.contains(part), "{part}: {html}");
    }
    // What was noticed has no figure.
    assert!(!html.contains("id=\"of-thousand\""));
}

#[test]
fn who_has_it_is_asked_and_may_stay_untold() {
    let html = result(assessment(Triage::NothingSuspicious));
    for part in [
        "id=\"tell\"",
        "id=\"age\"",
        "id=\"sex\"",
        "id=\"site\"",
        "id=\"bleeds\"",
        "Not told",
        "nothing leaves this device",
    ] {
        assert!(html.contains(part), "{part}: {html}");
    }
    assert!(!html.contains("Under 18"));
    let mut child = assessment(Triage::NothingSuspicious);
    child.person.age = Some(9);
    let html = result(child);
    assert!(html.contains("Under 18") && html.contains("<details class=\"card\" id=\"tell\" open"), "{html}");
}

#[test]
fn what_is_told_changes_the_answer_that_is_shown_and_listed() {
    let noticed = Remarks { new: true, ..Remarks::default() };
    let html = render("/result", move |app| {
        let card = crate::ui::model::card().expect("card");
        let mut calm = assessment(Triage::NothingSuspicious);
        calm.model.clone_from(&card.version);
        calm.probabilities = card
            .classes
            .iter()
            .map(|class| {
                let probability = f32::from(u8::from(class.key == "nv"));
                Likelihood {
                    diagnosis: class.key.to_string(),
                    malignant: class.malignant,
                    refer: class.refer,
                    probability,
                    likeness: probability,
                }
            })
            .collect();
        app.remember(answer(calm));
        app.tell_person(Person { noticed, ..Person::default() });
        assert_eq!(app.answers()[0].assessment.person.noticed, noticed);
        // What is taken back leaves no trace.
        app.tell_person(Person::default());
        assert_eq!(app.answers()[0].assessment.because, []);
        app.tell_person(Person { noticed, ..Person::default() });
    });
    assert!(
        html.contains("Have it looked at") && html.contains("You noticed a change (It is new)"),
        "{html}"
    );
}

#[test]
fn cannot_tell_gives_reasons_and_help_and_no_figure() {
    let html = result(assessment(Triage::CannotTell));
    for part in ["Can't tell", "Why Spotcheck", "unlike anything", "good photo", "see a doctor"] {
        assert!(html.contains(part) || html.contains(&part.replace('\'', "&#39;")), "{part}: {html}");
    }
    assert!(!html.contains("id=\"risk\"") && !html.contains("Basal cell carcinoma"));
}

#[test]
fn a_photo_that_was_used_anyway_is_remembered() {
    let mut bad = assessment(Triage::HaveItLookedAt);
    bad.despite_quality = true;
    bad.quality.measurements[1].good = false;
    let html = result(bad);
    assert!(html.contains("Out of focus") && html.contains("used it anyway"));
}

#[test]
fn a_foreign_diagnosis_with_a_long_name_is_shown_as_it_is() {
    let name = "Donaudampfschifffahrtsgesellschaftskapitänsausschlag".repeat(3);
    let mut foreign = assessment(Triage::NothingSuspicious);
    foreign.probabilities[0].diagnosis.clone_from(&name);
    foreign.prediction_set = vec![name.clone(), "<script>".into()];
    let html = result(foreign);
    assert!(html.contains(&name) && !html.contains("<script>"));
}

#[test]
fn learning_shows_the_measured_figures() {
    let html = render("/learn", |_| {});
    let evidence = crate::evidence::Evidence::embedded();
    let table = evidence.table(Modality::Dermatoscope).expect("table");
    let figure = table.figure("sensitivity melanoma (look)").expect("figure");
    assert!(html.contains(&format!("{:.0}%", figure.value * 100.0)));
    assert!(html.contains(&table.count.to_string()));
    assert!(html.contains("Evolving") && html.contains("Dermatofibroma"));
}

#[test]
fn settings_show_what_is_chosen() {
    let html = render("/settings", |_| {});
    assert_eq!(html.matches("type=\"radio\"").count(), 5 + 3 + 3);
    assert_eq!(html.matches("checked").count(), 3, "{html}");
    for page in ["model", "notices", "licences"] {
        let html = render(&format!("/about/{page}"), |_| {});
        assert!(html.contains("class=\"card document\"") && html.len() > 400, "{page}");
    }
}

#[test]
fn reminders_are_off_until_somebody_wants_them_and_say_what_they_show() {
    #[allow(non_snake_case)]
    fn Shown(wanted: bool) -> Element {
        use_hook(|| {
            let app = App::new(platform::here(), None);
            app.set(|settings| {
                (settings.reminders, settings.language) =
                    (wanted || settings.reminders, Some(Language::English));
            });
            provide_context(app)
        });
        rsx! {
            super::settings::Reminders {}
        }
    }
    let shown = |wanted| {
        let mut dom = VirtualDom::new_with_props(Shown, wanted);
        dom.rebuild_in_place();
        dioxus_ssr::render(&dom)
    };
    assert!(!shown(false).contains("checked") && shown(false).contains("Look at your skin again"));
    assert!(shown(true).contains("checked"));
}

#[test]
fn kept_spots_are_found_again_and_due_ones_come_first() {
    let due = date(2020, 1, 1);
    let html = render("/", move |app| app.turn_to(book(Some(due), &ALL)));
    assert!(html.contains("Time to look again") && html.contains("Shoulder"));
    assert_eq!(html.matches("href=\"/check/").count(), 4);
    let html = render("/spots", move |app| app.turn_to(book(Some(due), &ALL)));
    assert!(
        html.contains("Shoulder") && html.contains("Look again now") && html.contains("class=\"dot unsure\"")
    );
    let html = render("/spots", |app| app.turn_to(Book::Empty { key_store: true }));
    assert!(html.contains("No spots kept yet"));
}

#[test]
fn a_spot_shows_its_checks_and_its_risk_over_time() {
    let path = format!("/spot/{}", SpotId::from(7));
    let html = render(&path, |app| app.turn_to(book(None, &ALL)));
    for part in
        ["Since spring", "Upper back", "class=\"chart\"", "id=\"compare\"", "1 Jan 1970", "id=\"report\""]
    {
        assert!(html.contains(part), "{part}: {html}");
    }
    // Three have a risk, the fourth can't tell.
    assert_eq!(html.matches("r=\"5\"").count(), 3, "{html}");
    let one = render(&path, |app| app.turn_to(book(None, &ALL[..1])));
    assert!(!one.contains("class=\"chart\"") && !one.contains("id=\"compare\""));
    let gone = render(&format!("/spot/{}", SpotId::from(8)), |app| app.turn_to(book(None, &ALL)));
    assert!(gone.contains("no such spot"));
    assert!(render("/spot/nonsense", |app| app.turn_to(book(None, &ALL))).contains("no such spot"));
}

#[test]
fn a_kept_check_is_shown_as_it_was_told() {
    let html = render(&format!("/check/{}", CheckId::from(1)), |app| app.turn_to(book(None, &ALL)));
    assert!(html.contains("Have it looked at") && html.contains("32%") && html.contains("id=\"ask-delete\""));
    let gone = render(&format!("/check/{}", CheckId::from(9)), |app| app.turn_to(book(None, &ALL)));
    assert!(gone.contains("no such check"));
}

#[test]
fn keeping_asks_for_a_place_or_a_spot_and_without_a_key_store_for_a_passphrase() {
    let keep = |book: Book| {
        render("/keep", move |app| {
            app.remember(answer(assessment(Triage::NothingSuspicious)));
            app.turn_to(book.clone());
        })
    };
    let first = keep(Book::Empty { key_store: true });
    assert!(first.contains("id=\"body\"") && first.contains("disabled") && first.contains("type=\"date\""));
    let known = keep(book(None, &ALL));
    assert!(known.contains("Shoulder") && known.contains("A new spot"));
    let without = keep(Book::Empty { key_store: false });
    assert!(without.contains("id=\"choose-passphrase\"") && !without.contains("id=\"save\""));
    let locked = keep(Book::Locked);
    assert!(locked.contains("id=\"unlock\"") && !locked.contains("id=\"save\""));
    assert!(render("/keep", |_| {}).contains("no result to show"));
}

/// So many spots, each with so many checks.
fn large_book(spots: u128, checks_each: u128) -> Book {
    let Book::Open(page) = book(None, &ALL[..1]) else { unreachable!("it is open") };
    let first = Spot::clone(page.contents.spots().next().expect("a spot"));
    let check = Check::clone(page.contents.latest().next().expect("a check"));
    let spot = |number| Spot { id: SpotId::from(number), name: format!("Spot {number:04}"), ..first.clone() };
    let check = |number: u128| Check {
        id: CheckId::from(number),
        spot: SpotId::from(number % spots),
        order: number as u64,
        ..check.clone()
    };
    let contents = Contents::of((0..spots).map(spot), (0..spots * checks_each).map(check));
    Book::Open(Page { contents: Arc::new(contents), ..page })
}

#[test]
fn long_lists_are_shown_page_by_page_and_what_is_chosen_is_among_them() {
    let keep = |target: Option<u128>| {
        render("/keep", move |app| {
            app.remember(answer(assessment(Triage::NothingSuspicious)));
            app.turn_to(large_book(500, 2));
            app.aim(target.map(SpotId::from));
        })
    };
    let html = keep(None);
    assert_eq!(html.matches("name=\"spot\"").count(), 21, "twenty, and a new one");
    assert!(html.contains("Spot 0019") && !html.contains("Spot 0020") && html.contains("id=\"more\""));
    let html = keep(Some(312));
    assert!(html.contains("Spot 0312") && !html.contains("Spot 0313"));
    let html = render("/spots", |app| app.turn_to(large_book(500, 2)));
    assert_eq!(html.matches("class=\"check ").count(), 20);
    assert!(html.contains("500 spots") || html.contains("500"));
}

/// Prints how long the form takes for each letter of a name, with 500 spots and 5,000 checks.
#[test]
#[ignore = "prints times"]
fn a_letter_of_a_name_among_thousands_of_checks() {
    use std::time::Instant;

    use dioxus::html::SerializedFormData;
    set_event_converter(Box::new(SerializedHtmlEventConverter));
    let folder = tempfile::tempdir().expect("folder");
    let settings = Settings { consent: CONSENT, language: Some(Language::English), ..Settings::default() };
    SettingsFile::new(folder.path()).save(&settings).expect("saved");
    let setup = |app: App| {
        app.remember(answer(assessment(Triage::NothingSuspicious)));
        app.turn_to(large_book(500, 10));
    };
    let scene = Scene { path: "/keep".into(), store: folder.path().into(), setup: Rc::new(setup) };
    let mut dom = VirtualDom::new_with_props(Stage, scene);
    let mut made = Mutations::default();
    dom.rebuild(&mut made);
    let listener = made.edits.iter().find_map(|edit| match edit {
        Mutation::NewEventListener { name, id } if name == "input" => Some(*id),
        _ => None,
    });
    let mut times = Vec::new();
    for length in 1..=20 {
        let data = SerializedFormData::new("n".repeat(length), Vec::new());
        let data: Rc<dyn Any> = Rc::new(PlatformEventData::new(Box::new(data)));
        let start = Instant::now();
        dom.runtime().handle_event("input", Event::new(data, true), listener.expect("a field"));
        dom.render_immediate(&mut NoOpMutations);
        times.push(start.elapsed());
    }
    println!("a letter: {:.2?} at most", times.iter().max().expect("some"));
}

#[test]
fn later_answers_stand_beside_the_first_and_the_present_model_can_be_asked() {
    let shown = |again: Vec<&'static str>| {
        render(&format!("/check/{}", CheckId::from(0)), move |app| {
            let Book::Open(page) = book(None, &ALL[..1]) else { unreachable!("it is open") };
            let spot = Spot::clone(page.contents.spots().next().expect("a spot"));
            let mut check = Check::clone(page.contents.latest().next().expect("a check"));
            check.again = again
                .iter()
                .map(|model| Again {
                    at: Timestamp::UNIX_EPOCH,
                    assessment: Assessment {
                        model: (*model).into(),
                        ..assessment(Triage::NothingSuspicious)
                    },
                })
                .collect();
            app.turn_to(Book::Open(Page { contents: Arc::new(Contents::of([spot], [check])), ..page }));
        })
    };
    let once = shown(Vec::new());
    assert!(once.contains("See a doctor soon") && once.contains("id=\"look-again-now\""));
    let twice = shown(vec!["one later"]);
    assert!(
        twice.contains("See a doctor soon")
            && twice.contains("Nothing suspicious")
            && twice.contains("one later")
    );
    assert!(twice.contains("id=\"look-again-now\""));
    let present = InUse::default().name().into_owned();
    let asked = shown(vec![Box::leak(present.into_boxed_str())]);
    assert!(asked.contains("Looked at again") && !asked.contains("id=\"look-again-now\""));
}

#[test]
fn what_can_never_be_opened_can_be_set_aside_and_nothing_advises_to_delete_it() {
    for language in Language::ALL {
        let words = Wording::new(language);
        for key in [
            "archive-damaged",
            "archive-key-gone",
            "archive-key-damaged",
            "archive-key-missing",
            "archive-keys-missing",
        ] {
            let trouble = Trouble { key, seconds: 0 };
            let html = render_in(language, "/spots", move |app| app.turn_to(Book::Unusable(trouble)));
            assert!(html.contains("id=\"set-aside\""), "{key}");
            let button = words.say("settings-delete").to_lowercase();
            assert!(!trouble.say(&words).to_lowercase().contains(&button), "{key} in {language:?}");
        }
    }
    let html =
        render("/spots", |app| app.turn_to(Book::Unusable(Trouble { key: "archive-in-use", seconds: 0 })));
    assert!(!html.contains("id=\"set-aside\""));
    for key in ["broken", "archive-damaged", "archive-key-gone", "archive-key-damaged", "archive-key-missing"]
    {
        let text = Wording::new(Language::English).say(key);
        assert!(!text.contains("install") && !text.contains("after deleting"), "{text}");
    }
}

#[test]
fn what_is_locked_is_not_shown_and_what_is_broken_is_explained() {
    let spot = format!("/spot/{}", SpotId::from(7));
    for path in ["/spots", &spot, "/lock", "/backup", "/compare/7", "/check/1", "/", "/model"] {
        let html = render(path, |app| app.turn_to(Book::Locked));
        assert!(html.contains("id=\"unlock\"") && !html.contains("Shoulder"), "{path}");
        let trouble = Trouble { key: "archive-in-use", seconds: 0 };
        let html = render(path, move |app| app.turn_to(Book::Unusable(trouble)));
        assert!(html.contains("Another Spotcheck"), "{path}");
    }
}

#[test]
fn the_lock_and_the_backup_say_how_things_are() {
    let html = render("/lock", |app| app.turn_to(book(None, &ALL)));
    assert!(
        html.contains("A passphrase protects")
            && html.contains("Lock automatically")
            && !html.contains("id=\"no-passphrase\"")
            && html.contains("id=\"confirm\"")
            && !html.contains("id=\"set-passphrase\"")
    );
    let html = render("/lock", |app| app.turn_to(Book::Empty { key_store: false }));
    assert!(html.contains("only a passphrase can protect"));
    let html = render("/backup", |app| app.turn_to(book(None, &ALL)));
    assert!(html.contains("Spots: 1, checks: 4") && html.contains("data-backup"));
}

#[test]
fn the_model_is_named_and_a_file_is_taken_where_what_is_seen_of_it_can_be_kept() {
    let shown = |book: Book| render("/model", move |app| app.turn_to(book.clone()));
    for book in [book(None, &ALL), Book::Empty { key_store: true }] {
        let html = shown(book);
        let name = InUse::default().name().into_owned();
        for part in [&*name, "Part of the app", "CC BY-NC", "Melanoma", "href=\"/about/model\"", "data-pack"]
        {
            assert!(html.contains(part), "{part}: {html}");
        }
        assert!(!html.contains("id=\"model-fallen\"") && !html.contains("id=\"model-to-own\""), "{html}");
    }
    let html = shown(Book::Empty { key_store: false });
    assert!(html.contains("id=\"choose-passphrase\"") && !html.contains("data-pack"), "{html}");
    let html = shown(Book::Locked);
    assert!(html.contains("id=\"unlock\"") && !html.contains("data-pack"), "{html}");
    assert!(html.contains("Part of the app"), "what answers is told all the same");
}

#[test]
fn a_model_that_fell_back_is_told_with_the_reason_and_a_way_out() {
    let html = render("/model", |app| {
        app.turn_to(book(None, &ALL));
        let fallen = Some(Arc::new(crate::packs::NotUsed::Unnoted));
        app.take_model(InUse { pack: None, fallen });
    });
    assert!(html.contains("isn&#39;t used") || html.contains("isn't used"), "{html}");
    assert!(html.contains("open its file again") && html.contains("id=\"model-to-own\""), "{html}");
}

/// An answer of somebody else's model.
fn foreign(triage: Triage) -> Assessment {
    Assessment { foreign_model: Some("0123 4567 · Skin lab".into()), ..assessment(triage) }
}

#[test]
fn somebody_elses_answer_is_labelled_wherever_it_stands_and_has_no_figures_of_ours() {
    const LABEL: &str = "0123 4567 · Skin lab";
    for triage in ALL {
        let html = result(foreign(triage));
        assert!(html.contains(LABEL), "{triage:?}: {html}");
        for ours in ["id=\"of-thousand\"", "In the test", "class=\"zone", "id=\"tell\""] {
            assert!(!html.contains(ours), "{ours} in {triage:?}: {html}");
        }
    }
    let html = render("/", |app| app.remember(answer(foreign(Triage::HaveItLookedAt))));
    assert!(html.contains(LABEL), "{html}");
    let html = render("/keep", |app| {
        app.turn_to(book(None, &ALL));
        app.remember(answer(foreign(Triage::HaveItLookedAt)));
    });
    assert!(html.contains(LABEL), "{html}");
    for path in [format!("/check/{}", CheckId::from(0)), format!("/spot/{}", SpotId::from(7)), "/".into()] {
        let html = render(&path, |app| app.turn_to(book_of(vec![foreign(Triage::HaveItLookedAt)])));
        assert!(html.contains(LABEL), "{path}: {html}");
    }
}

/// The same spot with checks of these answers.
fn book_of(answers: Vec<Assessment>) -> Book {
    let Book::Open(page) = book(None, &ALL[..1]) else { unreachable!("it is open") };
    let spot = Spot::clone(page.contents.spots().next().expect("a spot"));
    let first = Check::clone(page.contents.latest().next().expect("a check"));
    let check = |(order, assessment): (usize, Assessment)| Check {
        id: CheckId::from(order as u128),
        order: order as u64,
        at: Timestamp::from_second(86_400 * order as i64).expect("time"),
        assessment,
        ..first.clone()
    };
    let contents = Contents::of([spot], answers.into_iter().enumerate().map(check));
    Book::Open(Page { contents: Arc::new(contents), ..page })
}

#[test]
fn the_timeline_marks_where_the_model_changed_and_offers_to_look_again() {
    let path = format!("/spot/{}", SpotId::from(7));
    let calm = || assessment(Triage::NothingSuspicious);
    let present = || Assessment {
        model: InUse::default().name().into_owned(),
        ..assessment(Triage::NothingSuspicious)
    };
    let shown = |answers: Vec<Assessment>| render(&path, move |app| app.turn_to(book_of(answers.clone())));
    let html = shown(vec![calm(), calm(), present()]);
    assert_eq!(html.matches("model-changed").count(), 1, "{html}");
    assert!(html.contains("class=\"changed\""), "in the picture, too: {html}");
    assert!(html.contains("Look again at 2 photos"), "{html}");
    let html = shown(vec![present(), present()]);
    assert!(!html.contains("model-changed") && !html.contains("id=\"again-all\""), "{html}");
    // The same name, but somebody else's.
    let theirs = Assessment { foreign_model: Some("0123 4567 · Skin lab".into()), ..present() };
    let html = shown(vec![present(), theirs]);
    assert_eq!(html.matches("model-changed").count(), 1, "{html}");
    assert!(html.contains("Look again at 1 photo "), "{html}");
}

#[cfg(feature = "packs")]
mod packs {
    use spotpack::Ledger;

    use super::*;
    use crate::shelf::tests::Publisher;
    use crate::shelf::{FromPack, Shelf};
    use crate::ui::keeper::{Examined, Offer};

    /// A pack that was opened, by a publisher whose key was confirmed.
    fn offer(publisher: &Publisher) -> Arc<Offer> {
        let folder = tempfile::tempdir().expect("folder");
        let shelf = Shelf::in_folder(folder.path());
        let models = publisher.installed(&shelf, &publisher.pack(3));
        let source = shelf.source(models.in_use.expect("one"), &models.confirmed);
        let from = FromPack::of(&source.open().expect("opens"), &Ledger::default()).expect("a model");
        Arc::new(Offer { from, source, confirmed: Some(publisher.confirmed()) })
    }

    #[test]
    fn a_strangers_key_is_shown_and_nothing_else_of_the_pack() {
        let publisher = Publisher::generate();
        let key = publisher.key;
        let html = render("/model", move |app| {
            app.turn_to(book(None, &ALL));
            app.consider(Examined::Stranger(key));
        });
        assert!(html.contains(&key.fingerprint().grouped()), "{html}");
        let trust = html.split("<button").find(|button| button.contains("id=\"trust-key\"")).expect("there");
        assert!(trust.split('>').next().is_some_and(|tag| tag.contains("disabled")), "{trust}");
        assert!(!html.contains("Skin lab") && !html.contains("id=\"use-model\""), "{html}");
    }

    #[test]
    fn both_models_are_compared_before_one_takes_the_others_place() {
        let offer = offer(&Publisher::generate());
        let label = offer.from.label.clone().expect("somebody else's");
        for language in Language::ALL {
            let offer = offer.clone();
            let html = render_in(language, "/model", move |app| {
                app.turn_to(book(None, &ALL));
                app.consider(Examined::Offer(offer.clone()));
            });
            assert!(html.contains(&label) && html.contains("id=\"use-model\""), "{html}");
            assert!(html.contains("id=\"compare-models\"") && html.contains("id=\"leave-model\""), "{html}");
            assert!(!html.contains("data-pack"), "one at a time");
        }
    }

    #[test]
    fn a_model_from_a_pack_is_shown_with_its_publisher_and_its_figures_stand_for_its_answers() {
        let offer = offer(&Publisher::generate());
        let (key, label) = (offer.from.signed.signer().key, offer.from.label.clone());
        let in_use = InUse { pack: Some(Arc::new(offer.from.clone())), fallen: None };
        let present = in_use.clone();
        let html = render("/model", move |app| {
            app.turn_to(book(None, &ALL));
            app.take_model(present.clone());
        });
        for part in ["Skin lab", "31 Mar 2026", "id=\"model-to-own\"", &key.fingerprint().grouped()] {
            assert!(html.contains(part), "{part}: {html}");
        }
        let told = Assessment {
            model: in_use.name().into_owned(),
            foreign_model: label.clone(),
            ..assessment(Triage::HaveItLookedAt)
        };
        let html = render("/result", move |app| {
            app.take_model(in_use.clone());
            app.remember(answer(told.clone()));
        });
        assert!(html.contains("id=\"of-thousand\"") && html.contains("id=\"tell\""), "{html}");
        assert!(html.contains(&label.expect("a label")), "{html}");
    }
}

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
            "/settings",
            "/about/notices",
            "/spots",
            "/lock",
            "/backup",
            "/model",
        ];
        for path in paths.into_iter().chain([spot.as_str(), &compare]) {
            let html = render_in(language, path, |app| app.turn_to(book(None, &ALL)));
            assert!(html.contains(&format!("lang=\"{}\"", language.tag())));
        }
        for triage in ALL {
            result_in(language, assessment(triage));
        }
    }
}
