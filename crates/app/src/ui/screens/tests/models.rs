//! Which model answered, and another one in its place.

use super::*;
use crate::ui::model::InUse;
use archive::record::Again;

#[test]
fn later_answers_stand_beside_the_first_and_the_present_model_can_be_asked() {
    let shown = |again: Vec<&'static str>| {
        render(&format!("/check/{}", CheckId::from(0)), move |app| {
            let ArchiveState::Open(page) = archive_state(None, &ALL[..1]) else { unreachable!("it is open") };
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
            app.turn_to(ArchiveState::Open(OpenArchive {
                contents: Arc::new(Contents::of([], [spot], [check])),
                ..page
            }));
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
fn the_model_is_named_and_a_file_is_taken_where_what_is_seen_of_it_can_be_kept() {
    let shown = |archive_state: ArchiveState| render("/model", move |app| app.turn_to(archive_state.clone()));
    for archive_state in [archive_state(None, &ALL), ArchiveState::Empty { key_store: true }] {
        let html = shown(archive_state);
        let name = InUse::default().name().into_owned();
        for part in [&*name, "Part of the app", "CC BY-NC", "Melanoma", "href=\"/about/model\"", "data-pack"]
        {
            assert!(html.contains(part), "{part}: {html}");
        }
        assert!(!html.contains("id=\"model-fallen\"") && !html.contains("id=\"model-to-own\""), "{html}");
    }
    let html = shown(ArchiveState::Empty { key_store: false });
    assert!(html.contains("id=\"choose-passphrase\"") && !html.contains("data-pack"), "{html}");
    let html = shown(ArchiveState::Locked);
    assert!(html.contains("id=\"unlock\"") && !html.contains("data-pack"), "{html}");
    assert!(html.contains("Part of the app"), "what answers is told all the same");
}

#[test]
fn a_model_that_fell_back_is_told_with_the_reason_and_a_way_out() {
    let html = render("/model", |app| {
        app.turn_to(archive_state(None, &ALL));
        let fallen = Some(Arc::new(assess::packs::NotUsed::Unnoted));
        app.take_model(InUse { pack: None, fallen });
    });
    assert!(html.contains("isn&#39;t used") || html.contains("isn't used"), "{html}");
    assert!(html.contains("open its file again") && html.contains("id=\"model-to-own\""), "{html}");
}

/// An answer of somebody else's model.
fn foreign(triage: Triage) -> Assessment {
    Assessment { foreign_model: Some("0123 4567 89ab cdef · Skin lab · v3".into()), ..assessment(triage) }
}

#[test]
fn somebody_elses_answer_is_labelled_wherever_it_stands_and_has_no_figures_of_ours() {
    const LABEL: &str = "0123 4567 89ab cdef · Skin lab · v3";
    for triage in ALL {
        let html = result(foreign(triage));
        assert!(html.contains(LABEL), "{triage:?}: {html}");
        for ours in ["id=\"of-thousand\"", "In the test", "class=\"zone"] {
            assert!(!html.contains(ours), "{ours} in {triage:?}: {html}");
        }
    }
    let html = render("/", |app| app.remember(answer(foreign(Triage::HaveItLookedAt))));
    assert!(html.contains(LABEL), "{html}");
    let html = render("/keep", |app| {
        app.turn_to(archive_state(None, &ALL));
        app.remember(answer(foreign(Triage::HaveItLookedAt)));
    });
    assert!(html.contains(LABEL), "{html}");
    for path in [format!("/check/{}", CheckId::from(0)), format!("/spot/{}", SpotId::from(7)), "/".into()] {
        let html = render(&path, |app| app.turn_to(book_of(vec![foreign(Triage::HaveItLookedAt)])));
        assert!(html.contains(LABEL), "{path}: {html}");
    }
}

/// The same spot with checks of these answers.
fn book_of(answers: Vec<Assessment>) -> ArchiveState {
    let ArchiveState::Open(page) = archive_state(None, &ALL[..1]) else { unreachable!("it is open") };
    let spot = Spot::clone(page.contents.spots().next().expect("a spot"));
    let first = Check::clone(page.contents.latest().next().expect("a check"));
    let check = |(order, assessment): (usize, Assessment)| Check {
        id: CheckId::from(order as u128),
        order: order as u64,
        at: Timestamp::from_second(86_400 * order as i64).expect("time"),
        assessment,
        ..first.clone()
    };
    let contents = Contents::of([], [spot], answers.into_iter().enumerate().map(check));
    ArchiveState::Open(OpenArchive { contents: Arc::new(contents), ..page })
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
    let theirs =
        Assessment { foreign_model: Some("0123 4567 89ab cdef · Skin lab · v3".into()), ..present() };
    let html = shown(vec![present(), theirs]);
    assert_eq!(html.matches("model-changed").count(), 1, "{html}");
    let mark = html.split("model-changed").nth(1).and_then(|mark| mark.split("</p>").next());
    assert!(mark.is_some_and(|mark| mark.contains("0123 4567 89ab cdef")), "{mark:?}");
    assert!(html.contains("Look again at 1 photo "), "{html}");
}

mod packs {
    use spotpack::Ledger;

    use super::*;
    use crate::ui::archive_worker::{Examined, Offer};
    use archive::made_up::Publisher;
    use archive::shelf::{FromPack, Shelf};

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
            app.turn_to(archive_state(None, &ALL));
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
                app.turn_to(archive_state(None, &ALL));
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
            app.turn_to(archive_state(None, &ALL));
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
