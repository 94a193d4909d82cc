//! What is concluded from what the network saw, without a network.

use super::*;
use net::network::architecture::Architecture;
use net::network::calibration::Calibrations;
use net::network::input::Normalisation;
use net::network::layers::Activation;
use net::person::{Remarks, made_up_terms};
use vision::photo::quality::{Aspect, Measurement};

/// Melanoma, mole and something else.
fn classes() -> Vec<Diagnosis> {
    ["mel", "nv", "other"].map(|key| net::diagnosis::by_key(key).expect("known").clone()).into()
}

fn calibration(look: f32, calms: bool) -> Calibration {
    Calibration {
        bias: vec![0.0; 3],
        temperature: 1.0,
        prevalence: Vec::new(),
        triage: TriageThresholds { look, soon: 0.8, melanoma: 2.0, refer: 0.3, calms },
        prediction_set: vec![0.2; 3],
        least_lesion: 0.0,
        least_nearness: 0.5,
        person: Some(made_up_terms()),
    }
}

/// A card with strict lines for plain photos and wide ones for others.
fn card() -> Card {
    Card {
        version: "test".into(),
        licence: "none".into(),
        classes: classes(),
        input_side_px: 32,
        normalisation: Normalisation::EFFICIENTNET_LITE,
        architecture: Architecture::LITE0,
        activation: Activation::Relu,
        calibrations: Calibrations {
            dermatoscope: calibration(0.5, true),
            plain_photo: calibration(0.2, true),
        },
        prediction_set_coverage: 0.9,
        least_phone: 0.0,
        unsure_modality: 1.0,
    }
}

fn output(probabilities: [f32; 3], phone: f32) -> Output {
    Output {
        logits: probabilities.map(f32::ln).to_vec(),
        probed: Probed { nearness: 0.9, lesion: 3.0, phone },
        activation: vec![vec![0.0]; 3],
        map_side: 1,
    }
}

fn quality(good: bool) -> Quality {
    let threshold = Aspect::Focus.threshold();
    Quality { measurements: vec![Measurement { aspect: Aspect::Focus, value: threshold, threshold, good }] }
}

fn look() -> Look {
    Look::at(Square { left: 0, top: 0, side: 32 })
}

fn conclusion(card: &Card, output: Output, person: Person) -> Assessment {
    conclude(card, &[output], Look { person, ..look() }, quality(true))
}

fn triage_of(card: &Card, probabilities: [f32; 3], phone: f32) -> Triage {
    conclusion(card, output(probabilities, phone), Person::default()).triage
}

#[test]
fn each_modality_has_lines_of_its_own() {
    let found = |phone| conclusion(&card(), output([0.3, 0.6, 0.1], phone), Person::default());
    let (plain, through) = (found(3.0), found(-3.0));
    assert_eq!(
        (plain.kind, plain.calibrated_for, plain.triage),
        (Modality::PlainPhoto, Modality::PlainPhoto, Triage::HaveItLookedAt)
    );
    assert_eq!((through.kind, through.triage), (Modality::Dermatoscope, Triage::NothingSuspicious));
    assert!(!plain.kind_unsure && !through.kind_unsure);
}

#[test]
fn where_the_modality_is_unsure_the_more_cautious_answer_counts_and_it_is_told() {
    for phone in [-0.5, 0.5] {
        let found = conclusion(&card(), output([0.3, 0.6, 0.1], phone), Person::default());
        assert!(found.kind_unsure);
        assert_eq!(
            (found.triage, found.calibrated_for),
            (Triage::HaveItLookedAt, Modality::PlainPhoto),
            "{phone}"
        );
    }
    // Where both say the same, the likelier one speaks.
    let found = conclusion(&card(), output([0.9, 0.05, 0.05], -0.5), Person::default());
    assert_eq!((found.triage, found.calibrated_for), (Triage::SeeDoctorSoon, Modality::Dermatoscope));
}

#[test]
fn something_else_is_no_risk_but_never_calmed() {
    let card = card();
    let found = conclusion(&card, output([0.05, 0.4, 0.55], 3.0), Person::default());
    assert!((found.risk - 0.05).abs() < 1e-5);
    assert_eq!(found.triage, Triage::HaveItLookedAt, "it looks most like something else");
    assert_eq!(found.explained().map(|likelihood| likelihood.diagnosis.as_str()), Some("other"));
    assert_eq!(triage_of(&card, [0.05, 0.64, 0.31], 3.0), Triage::HaveItLookedAt, "it reaches its line");
    assert_eq!(triage_of(&card, [0.05, 0.66, 0.29], 3.0), Triage::NothingSuspicious);
}

#[test]
fn what_is_most_probably_malignant_is_never_calmed() {
    let mut card = card();
    card.calibrations.plain_photo.triage.look = 0.6;
    let of = |probabilities| conclusion(&card, output(probabilities, 3.0), Person::default());
    let found = of([0.5, 0.45, 0.05]);
    assert_eq!(
        (found.triage, found.despite_risk),
        (Triage::HaveItLookedAt, Some(DespiteRisk::MostProbable)),
        "the name that stands first would contradict it"
    );
    assert_eq!(of([0.46, 0.49, 0.05]).triage, Triage::NothingSuspicious);
}

#[test]
fn a_melanoma_that_can_not_be_ruled_out_is_warned_of_however_small_the_risk() {
    let mut card = card();
    card.calibrations.plain_photo.triage.melanoma = 0.1;
    let of = |probabilities| conclusion(&card, output(probabilities, 3.0), Person::default());
    let found = of([0.12, 0.8, 0.08]);
    assert_eq!(
        (found.triage, found.despite_risk),
        (Triage::HaveItLookedAt, Some(DespiteRisk::Melanoma)),
        "below the line through the risk, above the one of its own"
    );
    let calm = of([0.08, 0.84, 0.08]);
    assert_eq!((calm.triage, calm.despite_risk), (Triage::NothingSuspicious, None));
    let high = of([0.5, 0.42, 0.08]);
    assert_eq!((high.triage, high.despite_risk), (Triage::HaveItLookedAt, None), "the risk says enough");
    assert_eq!(of([0.05, 0.4, 0.55]).despite_risk, Some(DespiteRisk::SomethingElse));
}

#[test]
fn what_promises_nothing_warns_or_says_that_it_cannot_tell() {
    let mut card = card();
    card.calibrations.plain_photo = calibration(0.2, false);
    let calm = conclusion(&card, output([0.05, 0.9, 0.05], 3.0), Person::default());
    assert_eq!((calm.triage, calm.cannot_tell.as_slice()), (Triage::CannotTell, &[Doubt::Untested][..]));
    assert_eq!(triage_of(&card, [0.3, 0.6, 0.1], 3.0), Triage::HaveItLookedAt);
    // Beside a modality that may calm, doubt is the more cautious answer.
    assert_eq!(triage_of(&card, [0.05, 0.9, 0.05], -0.5), Triage::CannotTell);
}

#[test]
fn what_is_known_of_the_person_moves_the_risk_and_says_why() {
    let card = card();
    let old = Person { age: Some(84), ..Person::default() };
    let found = conclusion(&card, output([0.15, 0.8, 0.05], 3.0), old);
    let (alone, odds) = (found.risk_of_photo.expect("told"), |risk: f32| risk / (1.0 - risk));
    assert!((alone - 0.15).abs() < 1e-5);
    assert!((odds(found.risk) / odds(alone) - 0.5f32.exp()).abs() < 1e-3, "{}", found.risk);
    assert_eq!((found.because.len(), found.triage), (1, Triage::HaveItLookedAt));
    assert!((found.probabilities.iter().map(|p| p.probability).sum::<f32>() - 1.0).abs() < 1e-5);
    assert!(found.risk_range.iter().all(|risk| (risk - found.risk).abs() < 1e-5), "one view");
}

#[test]
fn what_is_told_later_gives_the_same_answer_and_taking_it_back_leaves_no_trace() {
    let card = card();
    let person = Person {
        age: Some(20),
        noticed: Remarks { itches: true, ..Remarks::default() },
        ..Person::default()
    };
    for phone in [-3.0, -0.5, 0.5, 3.0] {
        let alone = conclusion(&card, output([0.3, 0.6, 0.1], phone), Person::default());
        let later = alone.with_person(&card, person).expect("the same model");
        assert_eq!(later.triage, conclusion(&card, output([0.3, 0.6, 0.1], phone), person).triage);
        assert_eq!(alone.with_person(&card, Person::default()).expect("the same model"), alone);
        assert_eq!(later.with_person(&card, person), None, "it is no answer by the photo alone");
    }
    let other = Card { version: "another".into(), ..card.clone() };
    assert_eq!(
        conclusion(&card, output([0.3, 0.6, 0.1], 3.0), Person::default()).with_person(&other, person),
        None
    );
}

#[test]
fn whoever_noticed_a_change_is_not_calmed_but_what_is_no_lesion_stays_so() {
    let card = card();
    for key in Remarks::default().all().map(|(key, _)| key) {
        let person = Person { noticed: Remarks::default().toggled(key), ..Person::default() };
        let found = conclusion(&card, output([0.01, 0.98, 0.01], 3.0), person);
        assert_eq!(found.triage, Triage::HaveItLookedAt, "{key}");
        let mut wall = output([0.01, 0.98, 0.01], 3.0);
        wall.probed.lesion = -5.0;
        assert_eq!(conclusion(&card, wall, person).cannot_tell, [Doubt::NotALesion]);
    }
}

#[test]
fn an_answer_despite_a_bad_photo_warns_or_cannot_tell() {
    let card = card();
    let bad = |probabilities| {
        let look = Look { despite_quality: true, ..look() };
        conclude(&card, &[output(probabilities, 3.0)], look, quality(false))
    };
    assert_eq!(bad([0.9, 0.05, 0.05]).triage, Triage::SeeDoctorSoon);
    let calm = bad([0.01, 0.98, 0.01]);
    assert_eq!((calm.triage, calm.cannot_tell.as_slice()), (Triage::CannotTell, &[Doubt::Quality][..]));
}

#[test]
fn what_is_no_number_is_no_answer() {
    for phone in [3.0, f32::NAN] {
        let found = conclusion(&card(), output([f32::NAN, 0.5, 0.5], phone), Person::default());
        assert_eq!(found.triage, Triage::CannotTell);
        assert!(found.cannot_tell.contains(&Doubt::Unfamiliar));
    }
}

#[test]
fn an_assessment_of_schema_2_can_still_be_read() {
    let now = serde_json::to_value(conclusion(&card(), output([0.3, 0.6, 0.1], 3.0), Person::default()))
        .expect("JSON");
    let mut before = now.as_object().expect("object").clone();
    for added in ["kind_unsure", "calibrated_for", "person", "because", "risk_of_photo"] {
        before.remove(added).expect(added);
    }
    before["probabilities"].as_array_mut().expect("array").iter_mut().for_each(|one| {
        one.as_object_mut().expect("object").remove("refer");
    });
    let read: Assessment = serde_json::from_value(before.into()).expect("still read");
    assert_eq!((read.calibrated_for, read.risk_of_photo), (Modality::Dermatoscope, None));
    assert!(read.person.is_unknown() && read.because.is_empty());
}

#[test]
fn a_shift_multiplies_the_odds_of_the_malignant_together() {
    let classes = &net::diagnosis::HAM10000;
    let before = [0.1, 0.05, 0.2, 0.05, 0.05, 0.5, 0.05];
    let odds = |row: &[f32]| {
        let risk = risk(row, classes);
        risk / (1.0 - risk)
    };
    let after = shifted(&before, classes, 3f32.ln());
    assert!((odds(&after) / odds(&before) - 3.0).abs() < 1e-4);
    assert!((after.iter().sum::<f32>() - 1.0).abs() < 1e-6 && (after[0] / after[1] - 2.0).abs() < 1e-4);
    assert_eq!(shifted(&before, classes, 0.0), before);
}
