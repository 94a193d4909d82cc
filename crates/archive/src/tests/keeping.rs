//! What is kept is there after a restart, and in its order.

use jiff::tz;

use super::*;

#[test]
fn what_was_kept_is_there_after_a_restart() {
    let place = Scratch::new();
    let before = filled(&place).contents().clone();
    let archive = place.open();
    assert_eq!(archive.contents(), &before);
    assert_eq!(archive.losses(), Losses::default());
    let names: Vec<_> = before.spots().map(|spot| spot.name.as_str()).collect();
    assert_eq!(names, ["arm", "Back", "calf"]);
    for check in before.latest() {
        assert_eq!(archive.pictures(check.id).expect("pictures"), pictures(check, 6_000));
    }
}

#[test]
fn a_check_can_be_changed_and_a_clock_may_run_backwards() {
    let place = Scratch::new();
    let mut archive = place.create();
    let spot = spot("arm");
    archive.keep_spot(spot.clone()).expect("kept");
    let mut ids = Vec::new();
    for second in [100, 50, 75] {
        let at = Timestamp::from_second(second).expect("time");
        let check = Check { at, ..check(spot.id) };
        ids.push(check.id);
        archive.keep_check(spot.clone(), check.clone(), &pictures(&check, 100)).expect("kept");
    }
    let mut changed = archive.contents().check(ids[1]).expect("there").clone();
    changed.remarks.bleeds = true;
    archive.change_check(changed).expect("changed");
    drop(archive);
    let archive = place.open();
    let timeline: Vec<_> = archive.contents().timeline(spot.id).collect();
    assert_eq!(timeline.iter().map(|check| check.id).collect::<Vec<_>>(), ids);
    assert!(timeline[1].remarks.bleeds && !timeline[0].remarks.bleeds);
    assert!(archive.picture(ids[1], RecordKind::Crop).is_ok());
}

#[test]
fn what_is_due_comes_longest_overdue_first() {
    let place = Scratch::new();
    let mut archive = place.create();
    for (name, day) in [
        ("later", Some(date(2026, 12, 2))),
        ("now", Some(date(2026, 12, 1))),
        ("long ago", Some(date(2026, 1, 1))),
        ("never", None),
    ] {
        archive.keep_spot(Spot { look_again: day, ..spot(name) }).expect("kept");
    }
    let due = archive.contents().due(date(2026, 12, 1));
    assert_eq!(due.iter().map(|spot| spot.name.as_str()).collect::<Vec<_>>(), ["long ago", "now"]);
}

#[test]
fn mornings_to_come_are_told_once_each_and_in_their_order() {
    let place = Scratch::new();
    let mut archive = place.create();
    for (number, day) in [3, 1, 3, 2].into_iter().enumerate() {
        let look_again = Some(date(2026, 12, day));
        archive.keep_spot(Spot { look_again, ..spot(&number.to_string()) }).expect("kept");
    }
    archive.keep_spot(spot("never")).expect("kept");
    archive
        .keep_spot(Spot { look_again: Some(jiff::civil::Date::MAX), ..spot("at the end of time") })
        .expect("kept");
    let zone = TimeZone::fixed(tz::offset(2));
    let after = |hour| {
        let now = date(2026, 12, 1).at(hour, 0, 0, 0).to_zoned_datetime(zone.clone()).expect("a moment");
        let mornings = archive.contents().mornings(&now);
        mornings.iter().map(Timestamp::to_string).collect::<Vec<_>>()
    };
    let [one, two, three] = [1, 2, 3].map(|day| format!("2026-12-0{day}T07:00:00Z"));
    // The end of time has no moment.
    assert_eq!(after(8), [one, two.clone(), three.clone()]);
    assert_eq!(after(9), [two, three], "a moment that is now is past");
}

#[test]
fn another_key_opens_nothing_and_harms_nothing() {
    let place = Scratch::new();
    let before = filled(&place).contents().clone();
    assert!(matches!(Archive::open(&place.file(), Key::random()), Err(ArchiveError::WrongKey)));
    assert_eq!(place.open().contents(), &before);
}

#[test]
fn a_second_instance_is_told() {
    let place = Scratch::new();
    let archive = filled(&place);
    let second = Archive::open(&place.file(), place.key.clone());
    assert!(matches!(second, Err(ArchiveError::Store(StoreError::InUse))), "{second:?}");
    drop(archive);
    place.open();
}

#[test]
fn a_figure_that_is_no_number_is_refused_instead_of_lost() {
    let place = Scratch::new();
    let mut archive = place.create();
    let spot = spot("arm");
    let mut check = check(spot.id);
    check.assessment.risk = f32::NAN;
    let kept = archive.keep_check(spot, check.clone(), &pictures(&check, 100));
    assert!(matches!(kept, Err(ArchiveError::Unkeepable)), "{kept:?}");
    assert_eq!(archive.contents().latest().len(), 0);
}

#[test]
fn later_answers_are_added_and_never_replace_the_first() {
    let (place, other) = (Scratch::new(), Scratch::new());
    let mut archive = filled(&place);
    let id = archive.contents().latest().next().expect("a check").id;
    let before = archive.contents().check(id).expect("there").clone();
    let passphrase = Passphrase::new("a long passphrase".into()).expect("long enough");
    let mut file = Vec::new();
    backup::export(&archive, archive.contents(), &passphrase, &mut file).expect("exported");
    let mut elsewhere = other.create();
    backup::import(&mut elsewhere, &passphrase, file.as_slice()).expect("imported");
    let later = |risk| Assessment { risk, model: format!("later {risk}"), ..assessment() };
    let second = |at| Timestamp::from_second(at).expect("time");
    archive.add_answer(id, second(20), later(0.7)).expect("added");
    elsewhere.add_answer(id, second(10), later(0.2)).expect("added");
    // Those that were given elsewhere come with a backup, each once.
    for _ in 0..2 {
        let mut file = Vec::new();
        backup::export(&elsewhere, elsewhere.contents(), &passphrase, &mut file).expect("exported");
        backup::import(&mut archive, &passphrase, file.as_slice()).expect("imported");
    }
    drop(archive);
    let archive = place.open();
    let check = archive.contents().check(id).expect("there");
    let answers: Vec<f32> = check.again.iter().map(|again| again.assessment.risk).collect();
    assert_eq!(answers, [0.2, 0.7]);
    assert_eq!(check, &Check { again: check.again.clone(), ..before });
    assert_eq!(archive.pictures(id).expect("pictures"), pictures(check, 6_000));
}

#[test]
fn a_square_of_the_original_is_found_on_what_is_kept() {
    let photo = KeptPhoto { original_px: [4000, 3000], kept_px: [1600, 1200] };
    let square = Square { left: 1000, top: 500, side: 750 };
    assert_eq!(photo.square(square), Square { left: 400, top: 200, side: 300 });
    let whole = KeptPhoto { original_px: [800, 600], kept_px: [800, 600] };
    assert_eq!((whole.scale(), whole.square(square)), (1.0, square));
    let tiny = Square { left: 0, top: 0, side: 1 };
    assert_eq!(photo.square(tiny).side, 1, "no square is empty");
}

/// Two people and what is nobody's in particular: each is found by itself, saved by itself and deleted by itself.
#[test]
fn what_is_of_one_patient_is_kept_saved_and_deleted_apart() {
    let passphrase = Passphrase::new("a long passphrase".into()).expect("long enough");
    let place = Scratch::new();
    let mut archive = filled(&place);
    let patients = ["Zoe", "Ann"].map(|name| Patient { name: name.into(), ..patient() });
    patients.iter().for_each(|patient| archive.keep_patient(patient.clone()).expect("kept"));
    let spots: Vec<Spot> = archive.contents().spots().map(|spot| Spot::clone(spot)).collect();
    for (spot, patient) in spots.iter().zip(&patients) {
        archive.keep_spot(Spot { patient: Some(patient.id), ..spot.clone() }).expect("kept");
    }
    drop(archive);
    let mut archive = place.open();
    assert_eq!(archive.losses(), Losses::default());
    let names: Vec<&str> = archive.contents().patients().into_iter().map(|patient| &*patient.name).collect();
    assert_eq!(names, ["Ann", "Zoe"]);
    let [zoe, ann] = patients.map(|patient| patient.id);
    let of = |archive: &Archive, patient| {
        let part = archive.contents().of_patient(patient);
        (part.spots().map(|spot| spot.id).collect::<Vec<_>>(), part.latest().len())
    };
    let checks = |spot: &Spot| archive.contents().timeline(spot.id).len();
    let counts: Vec<usize> = spots.iter().map(checks).collect();
    assert_eq!(of(&archive, Some(zoe)), (vec![spots[0].id], counts[0]));
    assert_eq!(of(&archive, Some(ann)), (vec![spots[1].id], counts[1]));
    assert_eq!(of(&archive, None), (vec![spots[2].id], counts[2]));

    // A backup of one holds nothing of the others.
    let mut file = Vec::new();
    backup::export(&archive, &archive.contents().of_patient(Some(zoe)), &passphrase, &mut file)
        .expect("exported");
    let elsewhere = Scratch::new();
    let mut other = elsewhere.create();
    let imported = backup::import(&mut other, &passphrase, file.as_slice()).expect("imported");
    assert_eq!((imported.spots, imported.checks), (1, counts[0]));
    assert_eq!(*other.contents().as_ref(), archive.contents().of_patient(Some(zoe)));
    drop(other);
    assert_eq!(elsewhere.open().losses(), Losses::default());

    archive.delete_patient(zoe).expect("deleted");
    let gone = |archive: &Archive| {
        archive.contents().patient(zoe).is_none() && archive.contents().spot(spots[0].id).is_none()
    };
    assert!(gone(&archive) && archive.contents().latest().len() == counts[1] + counts[2]);
    drop(archive);
    let archive = place.open();
    assert!(gone(&archive) && archive.losses() == Losses::default());
    // Whoever has the archive's key finds no name of hers in the file.
    assert!(readable(&place).iter().all(|id| id.id != zoe.number() && id.id != spots[0].id.number()));
    assert!(archive.contents().patient(ann).is_some());
}

/// A spot that a doctor has removed is history: nothing reminds of it, whatever day was set.
#[test]
fn a_removed_spot_asks_for_nothing_more() {
    let place = Scratch::new();
    let mut archive = place.create();
    let due = Spot { look_again: Some(date(2020, 1, 1)), ..spot("arm") };
    archive.keep_spot(due.clone()).expect("kept");
    let today = date(2026, 1, 1);
    assert_eq!(archive.contents().due(today).len(), 1);
    let removed = Finding { removed: true, said: None, ..finding() };
    archive.keep_spot(Spot { findings: vec![removed], ..due }).expect("kept");
    assert!(archive.contents().due(today).is_empty());
    let now = Timestamp::UNIX_EPOCH.to_zoned_datetime(TimeZone::UTC);
    assert!(archive.contents().mornings(&now).is_empty());
}

/// What a doctor said is no less kept than a photo: a backup that holds more of it adds it.
#[test]
fn a_backup_adds_the_findings_that_are_missing() {
    let passphrase = Passphrase::new("a long passphrase".into()).expect("long enough");
    let (place, elsewhere) = (Scratch::new(), Scratch::new());
    let mut archive = place.create();
    let arm = Spot { findings: vec![finding()], ..spot("arm") };
    archive.keep_spot(arm.clone()).expect("kept");
    let mut file = Vec::new();
    backup::export(&archive, archive.contents(), &passphrase, &mut file).expect("exported");
    let mut other = elsewhere.create();
    let later = Finding { by: "somebody else".into(), ..finding() };
    other
        .keep_spot(Spot { name: "Arm, renamed".into(), findings: vec![later.clone()], ..arm })
        .expect("kept");
    for _ in 0..2 {
        backup::import(&mut other, &passphrase, file.as_slice()).expect("imported");
        let spot = other.contents().spots().next().expect("the spot");
        assert_eq!((&*spot.name, &spot.findings), ("Arm, renamed", &vec![later.clone(), finding()]));
    }
}
