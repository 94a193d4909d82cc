//! What is fitted keeps its promises, on drawn cases of which the truth is known.

use std::borrow::Cow;

use net::diagnosis::{self, Diagnosis, HAM10000};
use net::network::calibration::{Calibration, TriageThresholds, softmax};
use net::person::Person;
use rand::{RngExt, SeedableRng};

use crate::data::dataset::Dataset;
use crate::fit::case::{Case, MALIGNANT_SENSITIVITY, MELANOMA_SENSITIVITY, Truth, truths};
use crate::fit::judge::{FOLDS, Judged, Told, cross_judge, folds, judge, judge_by_other_sources};
use crate::fit::parameters::{COVERAGE, Known, bias, fit, prevalence, temperature, weights};
use crate::fit::quantile::reached_by;
use crate::fit::triage::{NEVER, SOON_SPECIFICITY};

/// Cases whose logits are as sure as they are right, times `sharpness`.
fn cases(count: usize, sharpness: f32) -> Vec<Case> {
    let mut random = rand_chacha::ChaCha8Rng::seed_from_u64(5);
    (0..count)
        .map(|number| {
            let logits: Vec<f32> = (0..7).map(|_| random.random_range(-2.0..2.0f32)).collect();
            let mut left = random.random_range(0.0..1.0f32);
            let truth = softmax(&logits)
                .iter()
                .position(|p| {
                    left -= p;
                    left < 0.0
                })
                .unwrap_or(6);
            let logits = logits.into_iter().map(|logit| logit * sharpness).collect();
            case_of(logits, truth, number, &HAM10000)
        })
        .collect()
}

/// One of a source, a lesion of its own.
fn case_of(logits: Vec<f32>, class: usize, number: usize, classes: &[Diagnosis]) -> Case {
    let truth = Truth { class: Some(class), malignant: Some(classes[class].malignant) };
    Case { logits, truth, group: number.to_string(), source: "one".into(), person: Person::default() }
}

fn class(case: &Case) -> usize {
    case.truth.class.expect("known")
}

/// What single fits are given.
fn prepared(cases: &[Case]) -> (Vec<Known<'_>>, Vec<f64>) {
    let known: Vec<Known> = cases.iter().map(|case| Known { case, class: class(case) }).collect();
    let weights = weights(&known);
    (known, weights)
}

fn judge_all(cases: &[Case], by: &Calibration, classes: &[Diagnosis]) -> Vec<Judged> {
    cases.iter().map(|case| judge(case, by, classes, Told::Photo)).collect()
}

#[test]
fn temperature_undoes_overconfidence() {
    for sharpness in [0.5, 1.0, 4.0] {
        let cases = cases(8000, sharpness);
        let (known, weights) = prepared(&cases);
        let found = temperature(&known, &weights, &[0.0; 7], &prevalence(&known, 7));
        assert!((found / sharpness - 1.0).abs() < 0.15, "{found} for {sharpness}");
    }
}

const TWO: [Diagnosis; 2] = [
    Diagnosis { key: Cow::Borrowed("rare"), malignant: true, refer: false },
    Diagnosis { key: Cow::Borrowed("common"), malignant: false, refer: false },
];

/// Cases of classes that are not equally common, whose logits say which it would be if they were.
fn uneven(count: usize, prior: &[f32]) -> Vec<Case> {
    let mut random = rand_chacha::ChaCha8Rng::seed_from_u64(6);
    let mut drawn = |shares: &[f32]| {
        let mut left = random.random_range(0.0..1.0f32);
        shares
            .iter()
            .position(|share| {
                left -= share;
                left < 0.0
            })
            .unwrap_or(shares.len() - 1)
    };
    let mut noise = rand_chacha::ChaCha8Rng::seed_from_u64(7);
    (0..count)
        .map(|number| {
            let truth = drawn(prior);
            // Two bells of one width: their log likelihood ratio is linear in what is seen.
            let seen: f32 = (0..12).map(|_| noise.random_range(-0.5..0.5f32)).sum();
            let seen = seen + if truth == 0 { -1.0 } else { 1.0 };
            case_of(vec![-seen, seen], truth, number, &TWO)
        })
        .collect()
}

#[test]
fn probabilities_hold_for_classes_as_common_as_they_are_and_the_answer_alike_for_equal_ones() {
    let classes = TWO;
    let prior = [0.1, 0.9];
    let cases = uneven(20_000, &prior);
    let fitted = fit(&cases, &classes);
    for (found, prior) in fitted.prevalence.iter().zip(prior) {
        assert!((found - prior).abs() < 0.01, "{:?}", fitted.prevalence);
    }
    assert!((fitted.temperature - 1.0).abs() < 0.1, "{}", fitted.temperature);
    let judged = judge_all(&cases, &fitted, &classes);
    let mean = judged.iter().map(|judged| judged.risk).sum::<f32>() / judged.len() as f32;
    assert!((mean - prior[0]).abs() < 0.01, "the mean risk is the share of the malignant: {mean}");
    let differ = judged.iter().filter(|judged| judged.alike() == 0 && judged.probabilities[0] < 0.5).count();
    assert!(differ > 500, "many that look rare are common all the same: {differ}");
    let recall = |class: usize| {
        let own = cases.iter().zip(&judged).filter(|(case, _)| case.truth.class == Some(class));
        let right = own.clone().filter(|(_, judged)| judged.alike() == class).count();
        right as f64 / own.count() as f64
    };
    assert!(
        (recall(0) - recall(1)).abs() < 0.05,
        "alike, the rare one is found as often: {} {}",
        recall(0),
        recall(1)
    );
}

#[test]
fn bias_undoes_a_leaning() {
    let leaning = [0.8, 0.0, 0.0, -1.0, 0.0, 0.0, 0.2];
    let mut cases = cases(8000, 1.0);
    cases.iter_mut().for_each(|case| case.logits.iter_mut().zip(leaning).for_each(|(z, lean)| *z += lean));
    let (known, weights) = prepared(&cases);
    let found = bias(&known, &weights, 7);
    let mean = found.iter().zip(leaning).map(|(found, lean)| found + lean).sum::<f32>() / 7.0;
    for (found, lean) in found.iter().zip(leaning) {
        assert!((found + lean - mean).abs() < 0.2, "{found} for {lean}");
    }
}

#[test]
fn triage_reaches_its_sensitivities_and_specificity() {
    let cases = cases(3000, 1.0);
    let fitted = fit(&cases, &HAM10000);
    let judged = judge_all(&cases, &fitted, &HAM10000);
    let share = |wanted: &dyn Fn(&Case) -> bool, hit: &dyn Fn(&Judged) -> bool| {
        let all: Vec<_> = cases.iter().zip(&judged).filter(|(case, _)| wanted(case)).collect();
        all.iter().filter(|(_, judged)| hit(judged)).count() as f64 / all.len() as f64
    };
    assert!(share(&|case| class(case) == 4, &|judged| judged.look) >= MELANOMA_SENSITIVITY);
    assert!(share(&|case| HAM10000[class(case)].malignant, &|judged| judged.look) >= MALIGNANT_SENSITIVITY);
    assert!(
        share(&|case| !HAM10000[class(case)].malignant, &|judged| !judged.soon) >= SOON_SPECIFICITY - 1e-9
    );
}

#[test]
fn prediction_sets_hold_the_truth_of_each_class_as_often_as_promised() {
    let all = cases(60_000, 1.0);
    let (fit_on, test_on) = all.split_at(30_000);
    let judged = judge_all(test_on, &fit(fit_on, &HAM10000), &HAM10000);
    for class in 0..7 {
        let own: Vec<_> =
            test_on.iter().zip(&judged).filter(|(case, _)| case.truth.class == Some(class)).collect();
        let covered = own.iter().filter(|(_, judged)| judged.covered).count() as f64 / own.len() as f64;
        assert!((covered - COVERAGE).abs() < 0.035, "class {class}: {covered}");
    }
}

#[test]
fn folds_keep_groups_whole_and_share_out_the_rare() {
    let mut cases = cases(700, 1.0);
    // Two pictures of each lesion, of one class.
    for pair in cases.chunks_mut(2) {
        let (group, truth) = (pair[0].group.clone(), pair[0].truth);
        pair.iter_mut().for_each(|case| (case.group, case.truth) = (group.clone(), truth));
    }
    let folds = folds(&cases, 7);
    assert!(folds.chunks(2).all(|pair| pair[0] == pair[1]));
    for class in 0..7 {
        let counts: Vec<usize> = (0..FOLDS)
            .map(|fold| {
                cases
                    .iter()
                    .zip(&folds)
                    .filter(|(case, of)| case.truth.class == Some(class) && **of == fold)
                    .count()
            })
            .collect();
        let most = counts.iter().max().expect("folds");
        assert!(counts.iter().all(|count| count + 2 >= *most && *count > 0), "class {class}: {counts:?}");
    }
}

#[test]
fn a_picture_does_not_help_to_judge_itself() {
    let mut cases = cases(400, 1.0);
    let before = cross_judge(&cases, &HAM10000, Told::Photo);
    let folds = folds(&cases, 7);
    // Other logits for one: only what is judged by parameters that it helped to fit may change.
    cases[0].logits.reverse();
    let after = cross_judge(&cases, &HAM10000, Told::Photo);
    for at in 1..cases.len() {
        let same = before[at].probabilities == after[at].probabilities;
        assert_eq!(same, folds[at] == folds[0], "{at}");
    }
}

#[test]
fn a_class_with_too_few_cases_is_in_every_set() {
    let few: Vec<Case> = cases(3000, 1.0).into_iter().filter(|case| class(case) != 3).collect();
    assert_eq!(fit(&few, &HAM10000).prediction_set[3], 0.0);
}

/// The same cases from two sources: in the second, melanomas are harder to see.
fn two_sources(count: usize) -> Vec<Case> {
    let mut cases = cases(count, 1.0);
    for (number, case) in cases.iter_mut().enumerate().filter(|(number, _)| number % 4 == 0) {
        case.source = "two".into();
        case.group = format!("two {number}");
        if class(case) == 4 {
            case.logits[4] -= 2.0;
        }
    }
    cases
}

#[test]
fn lines_and_sets_hold_in_each_source_and_none_is_promised_where_too_few_can_prove_it() {
    let cases = two_sources(4000);
    let fitted = fit(&cases, &HAM10000);
    assert!(fitted.triage.calms);
    for source in ["one", "two"] {
        let own: Vec<&Case> = cases.iter().filter(|case| case.source == source && class(case) == 4).collect();
        let of = |hit: &dyn Fn(&Judged) -> bool| {
            let hits = own.iter().filter(|case| hit(&judge(case, &fitted, &HAM10000, Told::Photo)));
            hits.count() as f64 / own.len() as f64
        };
        assert!(of(&|judged| judged.look) >= MELANOMA_SENSITIVITY, "{source}");
        assert!(of(&|judged| judged.covered) >= COVERAGE, "{source}");
        assert!(of(&|judged| judged.calm) <= 1.0 - MELANOMA_SENSITIVITY, "{source}");
    }
    // Eighteen melanomas can't prove 95 %.
    let mut left = 18;
    let few: Vec<Case> = cases
        .into_iter()
        .filter(|case| {
            let kept = class(case) != 4 || left > 0;
            left -= usize::from(class(case) == 4 && left > 0);
            kept
        })
        .collect();
    let fitted = fit(&few, &HAM10000);
    assert!(!fitted.triage.calms);
    assert!(few.iter().all(|case| !judge(case, &fitted, &HAM10000, Told::Photo).calm));
}

#[test]
fn a_line_for_melanoma_spares_the_harmless_that_resemble_a_carcinoma() {
    // Carcinomas are most of what is malignant, and harmless keratoses resemble them; melanomas resemble moles.
    let mut random = rand_chacha::ChaCha8Rng::seed_from_u64(11);
    let mut cases: Vec<Case> = Vec::new();
    for number in 0..4000 {
        let (class, near): (usize, usize) = [(1, 2), (1, 2), (2, 1), (5, 4), (5, 4), (4, 5)][number % 6];
        let mut logits: Vec<f32> = (0..7).map(|_| random.random_range(-4.0..-3.0)).collect();
        logits[class] = random.random_range(0.0..3.0);
        // Melanomas are harder to tell from moles than carcinomas from keratoses.
        logits[near] = random.random_range(-1.0..if class == 4 { 2.5 } else { 2.0 });
        cases.push(case_of(logits, class, number, &HAM10000));
    }
    let fitted = fit(&cases, &HAM10000);
    // The line through the risk alone that finds as many.
    let risks: Vec<f32> = cases
        .iter()
        .filter(|case| class(case) == 4)
        .map(|case| judge(case, &fitted, &HAM10000, Told::Photo).risk)
        .collect();
    let look = reached_by(&risks, MELANOMA_SENSITIVITY).expect("many");
    let alone = TriageThresholds { look, melanoma: NEVER, ..fitted.triage };
    let spared = |triage: TriageThresholds| {
        let by = Calibration { triage, ..fitted.clone() };
        let benign = cases.iter().filter(|case| !HAM10000[class(case)].malignant);
        benign.filter(|case| judge(case, &by, &HAM10000, Told::Photo).calm).count()
    };
    assert!(spared(fitted.triage) > spared(alone) + 100, "{} {}", spared(fitted.triage), spared(alone));
}

#[test]
fn the_line_through_the_risk_keeps_its_promise_without_the_one_for_melanoma() {
    let cases = two_sources(4000);
    let fitted = fit(&cases, &HAM10000);
    let by_risk =
        Calibration { triage: TriageThresholds { melanoma: NEVER, ..fitted.triage }, ..fitted.clone() };
    for source in ["one", "two"] {
        let malignant: Vec<&Case> =
            cases.iter().filter(|case| case.source == source && HAM10000[class(case)].malignant).collect();
        let warned = malignant.iter().filter(|case| judge(case, &by_risk, &HAM10000, Told::Photo).look);
        let share = warned.count() as f64 / malignant.len() as f64;
        assert!(share >= MALIGNANT_SENSITIVITY, "{source}: {share}");
    }
    assert!(fitted.triage.look < 0.5, "{}", fitted.triage.look);
}

#[test]
fn a_small_source_does_not_drown_and_a_large_one_does_not_drown_it() {
    let classes = TWO;
    let mut cases = uneven(5000, &[0.5, 0.5]);
    cases.extend(uneven(500, &[0.1, 0.9]).into_iter().map(|case| Case { source: "two".into(), ..case }));
    let share = fit(&cases, &classes).prevalence[0];
    // By the roots of their sizes: 0.76 of 0.5 and 0.24 of 0.1.
    assert!((share - 0.404).abs() < 0.02, "{share}");
}

#[test]
fn what_has_no_class_counts_as_malignant_or_not_and_changes_no_probability() {
    let known = cases(3000, 1.0);
    let fitted = fit(&known, &HAM10000);
    let mut more = known.clone();
    // Malignant, and taken for moles.
    more.extend(cases(300, 1.0).into_iter().map(|case| Case {
        logits: (0..7).map(|class| if class == 5 { 9.0 } else { 0.0 }).collect(),
        truth: Truth { class: None, malignant: Some(true) },
        ..case
    }));
    let with_more = fit(&more, &HAM10000);
    assert_eq!((&fitted.bias, fitted.temperature), (&with_more.bias, with_more.temperature));
    assert_eq!(fitted.prediction_set, with_more.prediction_set);
    assert!(with_more.triage.look < fitted.triage.look, "the malignant among them move the line");
    assert!(!judge(&more[3000], &with_more, &HAM10000, Told::Photo).covered);
}

#[test]
fn a_model_of_the_seven_makes_of_each_picture_what_it_can() {
    let names = ["mel", "scc", "nv", "other", "wart", "malignant-lump"];
    let dataset = Dataset { classes: names.map(String::from).into(), samples: Vec::new() };
    let known = |class, malignant| Truth { class: Some(class), malignant: Some(malignant) };
    let unknown = |malignant| Truth { class: None, malignant };
    assert_eq!(
        truths(&dataset, &HAM10000),
        [
            known(4, true),
            unknown(Some(true)),
            known(5, false),
            unknown(None),
            unknown(Some(false)),
            unknown(Some(true))
        ]
    );
    let nine: Vec<Diagnosis> = HAM10000.iter().chain(&diagnosis::BEYOND_HAM10000).cloned().collect();
    assert_eq!(truths(&dataset, &nine)[1], known(7, true));
    assert_eq!(truths(&dataset, &nine)[3], Truth { class: Some(8), malignant: None });
}

#[test]
fn other_sources_judge_what_they_have_not_seen() {
    let cases = two_sources(4000);
    let judged = judge_by_other_sources(&cases, &HAM10000, Told::Photo).expect("two sources");
    let alone: Vec<Case> = cases.iter().filter(|case| case.source == "one").cloned().collect();
    let by_one = fit(&alone, &HAM10000);
    let first_of_two = cases.iter().position(|case| case.source == "two").expect("some");
    let wanted = judge(&cases[first_of_two], &by_one, &HAM10000, Told::Photo);
    assert_eq!(judged[first_of_two].probabilities, wanted.probabilities);
    assert!(judge_by_other_sources(&alone, &HAM10000, Told::Photo).is_none());
}
