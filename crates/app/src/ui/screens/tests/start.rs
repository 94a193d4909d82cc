//! Before there is an answer: the welcome, the start, framing, reading matter and settings.

use dioxus::html::SerializedMouseData;
use image::RgbImage;

use super::*;
use crate::ui::framing::Framing;
use crate::ui::state::Draft;
use crate::ui::vision_worker::Opened;
use vision::photo::Photo;

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
    let empty = render("/", |app| app.turn_to(ArchiveState::Empty { key_store: true }));
    assert!(empty.contains("href=\"/camera\""));
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
    for path in ["/", "/frame", "/result", "/keep", "/spots", "/self-examination", &spot] {
        // Nothing is framed or shown, nothing is kept but for the spot.
        let archive_state =
            if path == spot { archive_state(None, &ALL) } else { ArchiveState::Empty { key_store: true } };
        let html = render(path, move |app| app.turn_to(archive_state.clone()));
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
fn learning_shows_the_measured_figures() {
    let html = render("/learn", |_| {});
    let evidence = assess::evidence::Evidence::embedded();
    let table = evidence.table(Modality::Dermatoscope).expect("table");
    let figure = table.figure("sensitivity melanoma (look)").expect("figure");
    assert!(html.contains(&format!("{:.0}%", figure.value * 100.0)));
    assert!(html.contains(&table.count.to_string()));
    assert!(html.contains("Dermatofibroma"));
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
            crate::ui::screens::settings::Reminders {}
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
fn the_last_photo_of_the_spot_that_is_meant_lies_over_the_live_picture() {
    let camera = |spot: Option<SpotId>| {
        render("/camera", move |app| {
            app.turn_to(archive_state(None, &ALL));
            app.aim(spot);
        })
    };
    let html = camera(Some(SpotId::from(7)));
    assert!(html.contains("id=\"ghost\" src=\"/picture/kept/"), "{html}");
    assert!(html.contains("id=\"ghost-share\""));
    let html = camera(None);
    assert!(
        !html.contains("id=\"ghost\"")
            && html.contains("id=\"shutter\"")
            && html.contains("id=\"auto-shot\"")
    );
}
