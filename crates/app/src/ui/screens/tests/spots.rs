//! What was kept: spots, checks, long lists, and keeping itself.

use jiff::civil::date;

use super::*;

#[test]
fn kept_spots_are_found_again_and_due_ones_come_first() {
    let due = date(2020, 1, 1);
    let html = render("/", move |app| app.turn_to(archive_state(Some(due), &ALL)));
    assert!(html.contains("Time to look again") && html.contains("Shoulder"));
    assert_eq!(html.matches("href=\"/check/").count(), 4);
    let html = render("/spots", move |app| app.turn_to(archive_state(Some(due), &ALL)));
    assert!(
        html.contains("Shoulder") && html.contains("Look again now") && html.contains("class=\"dot unsure\"")
    );
    let html = render("/spots", |app| app.turn_to(ArchiveState::Empty { key_store: true }));
    assert!(html.contains("No spots kept yet"));
}

#[test]
fn a_spot_shows_its_checks_and_its_risk_over_time() {
    let path = format!("/spot/{}", SpotId::from(7));
    let html = render(&path, |app| app.turn_to(archive_state(None, &ALL)));
    for part in
        ["Since spring", "Upper back", "class=\"chart\"", "id=\"compare\"", "1 Jan 1970", "id=\"report\""]
    {
        assert!(html.contains(part), "{part}: {html}");
    }
    // Three have a risk, the fourth can't tell.
    assert_eq!(html.matches("r=\"5\"").count(), 3, "{html}");
    let one = render(&path, |app| app.turn_to(archive_state(None, &ALL[..1])));
    assert!(!one.contains("class=\"chart\"") && !one.contains("id=\"compare\""));
    let gone = render(&format!("/spot/{}", SpotId::from(8)), |app| app.turn_to(archive_state(None, &ALL)));
    assert!(gone.contains("no such spot"));
    assert!(render("/spot/nonsense", |app| app.turn_to(archive_state(None, &ALL))).contains("no such spot"));
}

#[test]
fn a_kept_check_is_shown_as_it_was_told() {
    let html = render(&format!("/check/{}", CheckId::from(1)), |app| app.turn_to(archive_state(None, &ALL)));
    assert!(html.contains("Have it looked at") && html.contains("32%") && html.contains("id=\"ask-delete\""));
    let gone = render(&format!("/check/{}", CheckId::from(9)), |app| app.turn_to(archive_state(None, &ALL)));
    assert!(gone.contains("no such check"));
}

#[test]
fn keeping_asks_for_a_place_or_a_spot_and_without_a_key_store_for_a_passphrase() {
    let keep = |archive_state: ArchiveState| {
        render("/keep", move |app| {
            app.remember(answer(assessment(Triage::NothingSuspicious)));
            app.turn_to(archive_state.clone());
        })
    };
    let first = keep(ArchiveState::Empty { key_store: true });
    assert!(first.contains("id=\"body\"") && first.contains("disabled") && first.contains("type=\"date\""));
    let known = keep(archive_state(None, &ALL));
    assert!(known.contains("Shoulder") && known.contains("A new spot"));
    let without = keep(ArchiveState::Empty { key_store: false });
    assert!(without.contains("id=\"choose-passphrase\"") && !without.contains("id=\"save\""));
    let locked = keep(ArchiveState::Locked);
    assert!(locked.contains("id=\"unlock\"") && !locked.contains("id=\"save\""));
    assert!(render("/keep", |_| {}).contains("no result to show"));
}

/// So many spots, each with so many checks.
fn large_book(spots: u128, checks_each: u128) -> ArchiveState {
    let ArchiveState::Open(page) = archive_state(None, &ALL[..1]) else { unreachable!("it is open") };
    let first = Spot::clone(page.contents.spots().next().expect("a spot"));
    let check = Check::clone(page.contents.latest().next().expect("a check"));
    let spot = |number| Spot { id: SpotId::from(number), name: format!("Spot {number:04}"), ..first.clone() };
    let check = |number: u128| Check {
        id: CheckId::from(number),
        spot: SpotId::from(number % spots),
        order: number as u64,
        ..check.clone()
    };
    let contents = Contents::of([], (0..spots).map(spot), (0..spots * checks_each).map(check));
    ArchiveState::Open(OpenArchive { contents: Arc::new(contents), ..page })
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
