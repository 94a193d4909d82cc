//! Bias, temperature, prevalence, triage thresholds and prediction sets, fitted on pictures that the weights never saw.

use std::collections::BTreeMap;

use spotcheck::assessment::{prediction_set, risk};
use spotcheck::diagnosis::Diagnosis;
use spotcheck::network::model::{TriageThresholds, likeness, softmax, weighed};

use crate::data::{Domain, Sample};
use crate::metrics;
use crate::predict::Answers;

/// How often prediction sets shall hold the truth.
pub const COVERAGE: f64 = 0.9;
/// Least share of melanomas that triage may not call harmless.
pub const MELANOMA_SENSITIVITY: f64 = 0.95;
/// The same for everything malignant.
pub const MALIGNANT_SENSITIVITY: f64 = 0.90;
/// Share of benign lesions that triage does not send to a doctor soon.
pub const SOON_SPECIFICITY: f64 = 0.95;

/// A held-back picture with the network's answer.
#[derive(Debug, Clone)]
pub struct Case {
    /// The network's logits.
    pub logits: Vec<f32>,
    /// The true class.
    pub truth: usize,
    /// Lesion or patient.
    pub group: String,
}

/// What was fitted.
#[derive(Debug, Clone, PartialEq)]
pub struct Fitted {
    /// Added to the logits.
    pub bias: Vec<f32>,
    /// Divides the logits.
    pub temperature: f32,
    /// How common each class is among the cases.
    pub prevalence: Vec<f32>,
    /// Lines through the risk.
    pub triage: TriageThresholds,
    /// Least probability of each class to belong to the prediction set.
    pub prediction_set: Vec<f32>,
}

/// The cases of one kind of picture that show one of the classes.
pub fn cases(samples: &[&Sample], answers: &Answers, domain: Domain) -> Vec<Case> {
    let pairs = samples.iter().zip(&answers.logits);
    pairs
        .filter(|(sample, _)| sample.domain == domain && !sample.outside_classes)
        .map(|(sample, logits)| Case {
            logits: logits.clone(),
            truth: sample.class,
            group: sample.group.clone(),
        })
        .collect()
}

/// Fits everything.
pub fn fit(cases: &[Case], classes: &[Diagnosis]) -> Fitted {
    let prevalence = prevalence(cases, classes.len());
    let bias = bias(cases, classes.len());
    let temperature = temperature(cases, &bias, &prevalence);
    let probabilities: Vec<Vec<f32>> =
        cases.iter().map(|case| weighed(&likeness(&case.logits, &bias, temperature), &prevalence)).collect();
    let risks: Vec<f32> = probabilities.iter().map(|row| risk(row, classes)).collect();
    Fitted {
        bias,
        temperature,
        prevalence,
        triage: triage(cases, &risks, classes),
        prediction_set: prediction_set_thresholds(cases, &probabilities, classes.len()),
    }
}

/// The share of each class, with one more case of each: no class is impossible because none was met.
fn prevalence(cases: &[Case], classes: usize) -> Vec<f32> {
    let count = |class| cases.iter().filter(|case| case.truth == class).count();
    (0..classes).map(|class| (count(class) + 1) as f32 / (cases.len() + classes) as f32).collect()
}

/// What to add to each logit so that all classes, weighted alike, become most likely: the network knows the few pictures
/// of the rare classes by heart and names them too seldom elsewhere.
///
/// Logistic regression on the logits with one scale and a number a class (Guo et al. 2017, section 4.2, "bias corrected").
/// A penalty keeps the numbers small where a class has few pictures.
fn bias(cases: &[Case], classes: usize) -> Vec<f32> {
    const STEPS: usize = 600;
    const RATE: f64 = 0.5;
    const PENALTY: f64 = 0.02;
    let mut counts = vec![0usize; classes];
    cases.iter().for_each(|case| counts[case.truth] += 1);
    let present = counts.iter().filter(|&&count| count > 0).count() as f64;
    let (mut scale, mut bias) = (1.0f64, vec![0.0f64; classes]);
    for _ in 0..STEPS {
        let (mut slope, mut slopes) = (0.0, bias.iter().map(|bias| PENALTY * bias).collect::<Vec<f64>>());
        for case in cases {
            let weight = 1.0 / (present * counts[case.truth] as f64);
            let shifted: Vec<f64> =
                case.logits.iter().zip(&bias).map(|(&z, bias)| f64::from(z) + bias).collect();
            let scaled: Vec<f32> = shifted.iter().map(|z| (scale * z) as f32).collect();
            for (class, p) in softmax(&scaled).into_iter().enumerate() {
                let error = weight * (f64::from(p) - f64::from(u8::from(class == case.truth)));
                slope += error * shifted[class];
                slopes[class] += error * scale;
            }
        }
        scale = (scale - RATE * slope).max(0.05);
        bias.iter_mut().zip(slopes).for_each(|(bias, slope)| *bias -= RATE * slope);
    }
    bias.into_iter().map(|bias| bias as f32).collect()
}

/// The temperature at which the truth is most likely, with classes as common as they are (Guo et al. 2017, section 4.2).
fn temperature(cases: &[Case], bias: &[f32], prevalence: &[f32]) -> f32 {
    let surprise = |temperature: f32| -> f64 {
        let of = |case: &Case| weighed(&likeness(&case.logits, bias, temperature), prevalence)[case.truth];
        cases.iter().map(|case| -f64::from(of(case).max(f32::MIN_POSITIVE)).ln()).sum()
    };
    // Likelihood has one hill: the interval around it shrinks by the golden section.
    let golden = (5f32.sqrt() - 1.0) / 2.0;
    let (mut low, mut high) = (0.05f32.ln(), 20f32.ln());
    for _ in 0..40 {
        let step = golden * (high - low);
        match surprise((high - step).exp()) < surprise((low + step).exp()) {
            true => high = low + step,
            false => low = high - step,
        }
    }
    (0.5 * (low + high)).exp()
}

/// `look`: the highest line that both sensitivities allow. `soon`: the lowest line that the specificity allows.
fn triage(cases: &[Case], risks: &[f32], classes: &[Diagnosis]) -> TriageThresholds {
    let of = |wanted: &dyn Fn(&Diagnosis) -> bool| -> Vec<f32> {
        let pairs = cases.iter().zip(risks);
        pairs.filter(|(case, _)| wanted(&classes[case.truth])).map(|(_, &risk)| risk).collect()
    };
    let line = |risks: Vec<f32>, sensitivity: f64| match risks.is_empty() {
        true => 1.0,
        false => reached_by(&risks, sensitivity),
    };
    let look = line(of(&|class| class.key == "mel"), MELANOMA_SENSITIVITY)
        .min(line(of(&|class| class.malignant), MALIGNANT_SENSITIVITY));
    let benign = of(&|class| !class.malignant);
    let soon = if benign.is_empty() { look } else { above(&benign, SOON_SPECIFICITY).max(look) };
    TriageThresholds { look, soon }
}

/// The largest value that the next one like `values` reaches with at least this chance: counted among one more than there are, as for
/// prediction sets.
fn reached_by(values: &[f32], share: f64) -> f32 {
    let mut sorted = values.to_vec();
    sorted.sort_by(|a, b| b.total_cmp(a));
    let needed = (share * (sorted.len() + 1) as f64).ceil() as usize;
    sorted[needed.clamp(1, sorted.len()) - 1]
}

/// The smallest value that at least this share of `values` lies below.
fn above(values: &[f32], share: f64) -> f32 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f32::total_cmp);
    let needed = (share * sorted.len() as f64).ceil() as usize;
    sorted[needed.clamp(1, sorted.len()) - 1].next_up()
}

/// The value below which about this share of `values` lies.
pub fn quantile(values: &[f32], share: f64) -> f32 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f32::total_cmp);
    sorted[((share * sorted.len() as f64) as usize).min(sorted.len() - 1)]
}

/// Class by class, the probability that all but a tenth of its own pictures reach: split conformal prediction with a
/// threshold for each class (Sadinle, Lei & Wasserman 2019, section 2.2; finite-sample quantile).
fn prediction_set_thresholds(cases: &[Case], probabilities: &[Vec<f32>], classes: usize) -> Vec<f32> {
    (0..classes)
        .map(|class| {
            let own = cases.iter().zip(probabilities).filter(|(case, _)| case.truth == class);
            let mut own: Vec<f32> = own.map(|(_, row)| row[class]).collect();
            own.sort_by(|a, b| b.total_cmp(a));
            // Of n scores, the ⌈(n + 1) · coverage⌉-th largest; where n is too small, every set holds the class.
            let rank = ((own.len() + 1) as f64 * COVERAGE).ceil() as usize;
            own.get(rank.wrapping_sub(1)).copied().unwrap_or(0.0)
        })
        .collect()
}

/// A case judged with parameters that it did not help to fit.
#[derive(Debug, Clone)]
pub struct Judged {
    /// Calibrated.
    pub probabilities: Vec<f32>,
    /// The same if all classes were equally common.
    pub likeness: Vec<f32>,
    /// See [`risk`].
    pub risk: f32,
    /// At or above the `look` line.
    pub look: bool,
    /// At or above the `soon` line.
    pub soon: bool,
    /// Whether the prediction set holds the truth, and its size.
    pub covered: bool,
    /// How many diagnoses it names.
    pub set_size: usize,
}

impl Judged {
    /// The class that would be most probable if all were equally common.
    pub fn alike(&self) -> usize {
        metrics::stated(std::slice::from_ref(&self.likeness))[0]
    }
}

/// Judges `cases` by `fitted`.
pub fn judge(cases: &[Case], fitted: &Fitted, classes: &[Diagnosis]) -> Vec<Judged> {
    let judge = |case: &Case| {
        let likeness = likeness(&case.logits, &fitted.bias, fitted.temperature);
        let probabilities = weighed(&likeness, &fitted.prevalence);
        let risk = risk(&probabilities, classes);
        let set = prediction_set(&probabilities, &fitted.prediction_set);
        Judged {
            risk,
            look: risk >= fitted.triage.look,
            soon: risk >= fitted.triage.soon,
            covered: set.contains(&case.truth),
            set_size: set.len(),
            likeness,
            probabilities,
        }
    };
    cases.iter().map(judge).collect()
}

/// Parts that held-back pictures are dealt into, to be judged by parameters fitted on the others.
const FOLDS: usize = 5;

/// Judges every case with parameters fitted on the other folds: figures that are not flattered by having been fitted on the
/// same pictures.
pub fn cross_judge(cases: &[Case], classes: &[Diagnosis]) -> Vec<Judged> {
    let folds = folds(cases, classes.len());
    let fitted: Vec<Fitted> = (0..FOLDS)
        .map(|fold| {
            let others = cases.iter().zip(&folds).filter(|(_, of)| **of != fold);
            fit(&others.map(|(case, _)| case.clone()).collect::<Vec<_>>(), classes)
        })
        .collect();
    let judged = cases.iter().zip(&folds);
    judged.flat_map(|(case, &fold)| judge(std::slice::from_ref(case), &fitted[fold], classes)).collect()
}

/// The fold of each case: those of one lesion or patient share one, and the lesions of each class are dealt out evenly, so that no fold
/// lacks a rare one.
fn folds(cases: &[Case], classes: usize) -> Vec<usize> {
    let groups: BTreeMap<&str, usize> = cases.iter().map(|case| (&*case.group, case.truth)).collect();
    let mut dealt: Vec<usize> = (0..classes).collect();
    let fold_of: BTreeMap<&str, usize> = groups
        .into_iter()
        .map(|(group, class)| {
            dealt[class] += 1;
            (group, dealt[class] % FOLDS)
        })
        .collect();
    cases.iter().map(|case| fold_of[&*case.group]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::{RngExt, SeedableRng};
    use spotcheck::diagnosis::HAM10000;

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
                Case { logits, truth, group: number.to_string() }
            })
            .collect()
    }

    #[test]
    fn temperature_undoes_overconfidence() {
        for sharpness in [0.5, 1.0, 4.0] {
            let found = temperature(&cases(8000, sharpness), &[0.0; 7], &[]);
            assert!((found / sharpness - 1.0).abs() < 0.15, "{found} for {sharpness}");
        }
    }

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
                Case { logits: vec![-seen, seen], truth, group: number.to_string() }
            })
            .collect()
    }

    #[test]
    fn probabilities_hold_for_classes_as_common_as_they_are_and_the_answer_alike_for_equal_ones() {
        let classes = [("rare", true), ("common", false)]
            .map(|(key, malignant)| Diagnosis { key: key.into(), malignant });
        let prior = [0.1, 0.9];
        let cases = uneven(20_000, &prior);
        let fitted = fit(&cases, &classes);
        for (found, prior) in fitted.prevalence.iter().zip(prior) {
            assert!((found - prior).abs() < 0.01, "{:?}", fitted.prevalence);
        }
        assert!((fitted.temperature - 1.0).abs() < 0.1, "{}", fitted.temperature);
        let judged = judge(&cases, &fitted, &classes);
        let mean = judged.iter().map(|judged| judged.risk).sum::<f32>() / judged.len() as f32;
        assert!((mean - prior[0]).abs() < 0.01, "the mean risk is the share of the malignant: {mean}");
        let differ =
            judged.iter().filter(|judged| judged.alike() == 0 && judged.probabilities[0] < 0.5).count();
        assert!(differ > 500, "many that look rare are common all the same: {differ}");
        let recall = |class: usize| {
            let own = cases.iter().zip(&judged).filter(|(case, _)| case.truth == class);
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
        cases
            .iter_mut()
            .for_each(|case| case.logits.iter_mut().zip(leaning).for_each(|(z, lean)| *z += lean));
        let found = bias(&cases, 7);
        let mean = found.iter().zip(leaning).map(|(found, lean)| found + lean).sum::<f32>() / 7.0;
        for (found, lean) in found.iter().zip(leaning) {
            assert!((found + lean - mean).abs() < 0.2, "{found} for {lean}");
        }
    }

    #[test]
    fn triage_reaches_its_sensitivities_and_specificity() {
        let cases = cases(3000, 1.0);
        let fitted = fit(&cases, &HAM10000);
        let judged = judge(&cases, &fitted, &HAM10000);
        let share = |wanted: &dyn Fn(&Case) -> bool, hit: &dyn Fn(&Judged) -> bool| {
            let all: Vec<_> = cases.iter().zip(&judged).filter(|(case, _)| wanted(case)).collect();
            all.iter().filter(|(_, judged)| hit(judged)).count() as f64 / all.len() as f64
        };
        assert!(share(&|case| case.truth == 4, &|judged| judged.look) >= MELANOMA_SENSITIVITY);
        assert!(
            share(&|case| HAM10000[case.truth].malignant, &|judged| judged.look) >= MALIGNANT_SENSITIVITY
        );
        assert!(
            share(&|case| !HAM10000[case.truth].malignant, &|judged| !judged.soon) >= SOON_SPECIFICITY - 1e-9
        );
    }

    #[test]
    fn prediction_sets_hold_the_truth_of_each_class_as_often_as_promised() {
        let all = cases(60_000, 1.0);
        let (fit_on, test_on) = all.split_at(30_000);
        let judged = judge(test_on, &fit(fit_on, &HAM10000), &HAM10000);
        for class in 0..7 {
            let own: Vec<_> = test_on.iter().zip(&judged).filter(|(case, _)| case.truth == class).collect();
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
                    cases.iter().zip(&folds).filter(|(case, of)| case.truth == class && **of == fold).count()
                })
                .collect();
            let most = counts.iter().max().expect("folds");
            assert!(counts.iter().all(|count| count + 2 >= *most && *count > 0), "class {class}: {counts:?}");
        }
    }

    #[test]
    fn a_picture_does_not_help_to_judge_itself() {
        let mut cases = cases(400, 1.0);
        let before = cross_judge(&cases, &HAM10000);
        let folds = folds(&cases, 7);
        // Other logits for one: only what is judged by parameters that it helped to fit may change.
        cases[0].logits.reverse();
        let after = cross_judge(&cases, &HAM10000);
        for at in 1..cases.len() {
            let same = before[at].probabilities == after[at].probabilities;
            assert_eq!(same, folds[at] == folds[0], "{at}");
        }
    }

    #[test]
    fn a_class_with_too_few_cases_is_in_every_set() {
        let few: Vec<Case> = cases(3000, 1.0).into_iter().filter(|case| case.truth != 3).collect();
        assert_eq!(fit(&few, &HAM10000).prediction_set[3], 0.0);
    }
}
