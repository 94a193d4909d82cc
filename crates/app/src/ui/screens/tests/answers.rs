//! Answers: what they say first, what they mean, and what can be told of the person.

use super::*;
use net::diagnosis::Diagnosis;
use net::network::card::Card;
use net::person::{Factor, Reason};

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

/// That it is a mole for sure, as a model with this card would say it.
fn mole_by(card: &Card) -> Assessment {
    let likelihood = |class: &Diagnosis| {
        let probability = f32::from(u8::from(class.key == "nv"));
        Likelihood {
            diagnosis: class.key.to_string(),
            malignant: class.malignant,
            refer: class.refer,
            probability,
            likeness: probability,
        }
    };
    Assessment {
        model: card.version.clone(),
        probabilities: card.classes.iter().map(likelihood).collect(),
        ..assessment(Triage::NothingSuspicious)
    }
}

#[test]
fn what_is_told_changes_an_answer_by_the_card_of_the_model_that_gave_it() {
    let person = Person { age: Some(50), ..Person::default() };
    let own = crate::ui::model::card().expect("card");
    // Another model of the same name, which has something to say to anything.
    let mut other = own.clone();
    (other.calibrations.plain_photo.triage.look, other.calibrations.plain_photo.triage.soon) = (0.0, 0.0);
    let by_itself = mole_by(own).with_person(own, person).expect("its own card");
    let by_other = mole_by(own).with_person(&other, person).expect("the same name");
    assert_ne!(by_itself, by_other);
    drop(render("/result", move |app| {
        app.remember(Rc::new(Answer {
            card: Arc::new(other.clone()),
            ..Answer::clone(&answer(mole_by(own)))
        }));
        app.tell_person(person);
        assert_eq!(app.answers()[0].assessment, by_other);
    }));
}

#[test]
fn what_is_told_changes_the_answer_that_is_shown_and_listed() {
    let noticed = Remarks { new: true, ..Remarks::default() };
    let html = render("/result", move |app| {
        let card = crate::ui::model::card().expect("card");
        app.remember(answer(mole_by(card)));
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
