//! Bias, temperature, prevalence, triage thresholds and prediction sets, fitted on pictures that the weights never saw: of one modality,
//! from one or more sources, whose classes differ in how common they are.
//!
//! What is fitted shall hold in a clinic that is none of the sources. So probabilities hold for a mixture of the sources in which none
//! drowns the others, and lines keep their promise in every source that has enough pictures to tell.

use std::collections::{BTreeMap, BTreeSet};

use spotcheck::assessment::{Triage, prediction_set, risk, triage};
use spotcheck::diagnosis::{self, Diagnosis};
use spotcheck::network::model::{Calibration, TriageThresholds, likeness, shifted, softmax, weighed};
use spotcheck::person::Person;

use crate::calibrate;
use crate::data::{Dataset, Domain, Sample};
use crate::metrics;
use crate::person;
use crate::predict::Answers;

/// How often prediction sets shall hold the truth.
pub const COVERAGE: f64 = 0.9;
/// Least share of melanomas that triage may not call harmless.
pub const MELANOMA_SENSITIVITY: f64 = 0.95;
/// The same for everything malignant.
pub const MALIGNANT_SENSITIVITY: f64 = 0.95;
/// Share of benign lesions that triage does not send to a doctor soon, and not for what it looks like but for no class it knows well.
pub const SOON_SPECIFICITY: f64 = 0.95;
/// A line that no probability reaches.
const NEVER: f32 = 2.0;
/// A source with so many melanomas (or malignant lesions, or pictures of a class) has its own say on lines and sets.
pub const LEAST_IN_SOURCE: usize = 20;

/// A held-back picture with the network's answer.
#[derive(Debug, Clone)]
pub struct Case {
    /// The network's logits.
    pub logits: Vec<f32>,
    /// What it shows.
    pub truth: Truth,
    /// Lesion or patient.
    pub group: String,
    /// Where it comes from.
    pub source: String,
    /// Who has it.
    pub person: Person,
}

/// What a picture shows, as a model can know it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Truth {
    /// The model's class; none where it has none for it.
    pub class: Option<usize>,
    /// Whether it is malignant; none for a mixture of which nobody can say.
    pub malignant: Option<bool>,
}

/// For each class of the pictures, what a model with `classes` makes of it.
pub fn truths(dataset: &Dataset, classes: &[Diagnosis]) -> Vec<Truth> {
    let of = |shown: Diagnosis| Truth {
        class: classes.iter().position(|class| class.key == shown.key),
        malignant: (!shown.refer).then_some(shown.malignant),
    };
    calibrate::diagnoses(dataset).into_iter().map(of).collect()
}

/// The cases of one kind of picture; `truths` is what each class of the pictures means.
pub fn cases(samples: &[&Sample], answers: &Answers, domain: Domain, truths: &[Truth]) -> Vec<Case> {
    let pairs = samples.iter().zip(&answers.logits).filter(|(sample, _)| sample.domain == domain);
    pairs.map(|(sample, logits)| case(sample, logits.clone(), truths)).collect()
}

/// A picture with the network's answer.
pub fn case(sample: &Sample, logits: Vec<f32>, truths: &[Truth]) -> Case {
    Case {
        logits,
        truth: truths[sample.class],
        group: sample.group.clone(),
        source: sample.source.to_string(),
        person: person::of(sample),
    }
}

/// Fits everything but what tells lesions from other things.
pub fn fit(cases: &[Case], classes: &[Diagnosis]) -> Calibration {
    let known: Vec<Known> =
        cases.iter().filter_map(|case| Some(Known { case, class: case.truth.class? })).collect();
    let weights = weights(&known);
    let prevalence = prevalence(&known, classes.len());
    let bias = bias(&known, &weights, classes.len());
    let temperature = temperature(&known, &weights, &bias, &prevalence);
    let of = |case: &Case| weighed(&likeness(&case.logits, &bias, temperature), &prevalence);
    let probabilities: Vec<Vec<f32>> = cases.iter().map(of).collect();
    let triage = lines(cases, &probabilities, classes);
    let prediction_set = prediction_set_thresholds(cases, &probabilities, classes.len());
    let person = person::fit(cases, &probabilities, classes, &triage);
    Calibration {
        bias,
        temperature,
        prevalence,
        triage,
        prediction_set,
        least_lesion: f32::MIN,
        least_nearness: -1.0,
        person,
    }
}

/// A case of one of the model's classes.
struct Known<'a> {
    case: &'a Case,
    class: usize,
}

/// How many of `items` there are of each key.
fn count<K: Ord>(items: impl Iterator<Item = K>) -> BTreeMap<K, usize> {
    let mut counts = BTreeMap::new();
    items.for_each(|item| *counts.entry(item).or_insert(0) += 1);
    counts
}

/// How common each class is taken to be: its share in each source, with one more case of each, since no class is impossible because none
/// was met; a source counts by the root of its size.
fn prevalence(cases: &[Known], classes: usize) -> Vec<f32> {
    let counts = count(cases.iter().map(|known| (known.case.source.as_str(), known.class)));
    let sizes = count(cases.iter().map(|known| known.case.source.as_str()));
    let all: f64 = sizes.values().map(|&size| (size as f64).sqrt()).sum();
    let of_class = |class| -> f64 {
        let of_source = |(&source, &size): (&&str, &usize)| {
            let own = counts.get(&(source, class)).copied().unwrap_or(0);
            (size as f64).sqrt() / all * (own + 1) as f64 / (size + classes) as f64
        };
        sizes.iter().map(of_source).sum()
    };
    match sizes.is_empty() {
        true => vec![1.0 / classes as f32; classes],
        false => (0..classes).map(|class| of_class(class) as f32).collect(),
    }
}

/// How much each case counts, so that all classes that there are count alike, and within each its sources by the root of how many they
/// have; all together one.
fn weights(cases: &[Known]) -> Vec<f64> {
    let cells = count(cases.iter().map(|known| (known.class, known.case.source.as_str())));
    let mut of_class: BTreeMap<usize, f64> = BTreeMap::new();
    cells
        .iter()
        .for_each(|((class, _), &count)| *of_class.entry(*class).or_default() += (count as f64).sqrt());
    let weight = |known: &Known| {
        let cell = cells[&(known.class, known.case.source.as_str())] as f64;
        1.0 / (of_class.len() as f64 * of_class[&known.class] * cell.sqrt())
    };
    cases.iter().map(weight).collect()
}

/// What to add to each logit so that all classes, weighted alike, become most likely: the network knows the few pictures
/// of the rare classes by heart and names them too seldom elsewhere.
///
/// Logistic regression on the logits with one scale and a number a class (Guo et al. 2017, section 4.2, "bias corrected").
/// A penalty keeps the numbers small where a class has few pictures.
fn bias(cases: &[Known], weights: &[f64], classes: usize) -> Vec<f32> {
    const STEPS: usize = 600;
    const RATE: f64 = 0.5;
    const PENALTY: f64 = 0.02;
    let (mut scale, mut bias) = (1.0f64, vec![0.0f64; classes]);
    for _ in 0..STEPS {
        let (mut slope, mut slopes) = (0.0, bias.iter().map(|bias| PENALTY * bias).collect::<Vec<f64>>());
        for (known, weight) in cases.iter().zip(weights) {
            let shifted: Vec<f64> =
                known.case.logits.iter().zip(&bias).map(|(&z, bias)| f64::from(z) + bias).collect();
            let scaled: Vec<f32> = shifted.iter().map(|z| (scale * z) as f32).collect();
            for (class, p) in softmax(&scaled).into_iter().enumerate() {
                let error = weight * (f64::from(p) - f64::from(u8::from(class == known.class)));
                slope += error * shifted[class];
                slopes[class] += error * scale;
            }
        }
        scale = (scale - RATE * slope).max(0.05);
        bias.iter_mut().zip(slopes).for_each(|(bias, slope)| *bias -= RATE * slope);
    }
    bias.into_iter().map(|bias| bias as f32).collect()
}

/// The temperature at which the truth is most likely, with classes as common as `prevalence` says (Guo et al. 2017, section 4.2).
fn temperature(cases: &[Known], weights: &[f64], bias: &[f32], prevalence: &[f32]) -> f32 {
    let surprise = |temperature: f32| -> f64 {
        let of = |known: &Known, weight: &f64| {
            let truth = weighed(&likeness(&known.case.logits, bias, temperature), prevalence)[known.class];
            -weight * f64::from(prevalence[known.class]) * f64::from(truth.max(f32::MIN_POSITIVE)).ln()
        };
        cases.iter().zip(weights).map(|(known, weight)| of(known, weight)).sum()
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

/// Those of `values` that are wanted, by source.
fn by_source<'a, T: Copy>(
    cases: &'a [Case],
    values: &[T],
    wanted: &dyn Fn(&Case) -> bool,
) -> BTreeMap<&'a str, Vec<T>> {
    let mut found: BTreeMap<&str, Vec<T>> = BTreeMap::new();
    let pairs = cases.iter().zip(values).filter(|(case, _)| wanted(case));
    pairs.for_each(|(case, &value)| found.entry(&case.source).or_default().push(value));
    found
}

/// `look` and `melanoma`: see [`WarningLines::fit`]. `soon` and `refer`: the lowest lines that the specificity allows, where each source
/// counts alike. Where too few are malignant, nothing is promised.
fn lines(cases: &[Case], probabilities: &[Vec<f32>], classes: &[Diagnosis]) -> TriageThresholds {
    let risks: Vec<f32> = probabilities.iter().map(|row| risk(row, classes)).collect();
    let above = |values: &[f32]| {
        let benign = by_source(cases, values, &|case| case.truth.malignant == Some(false));
        above(benign.values(), SOON_SPECIFICITY)
    };
    let shares = |row: &Vec<f32>| {
        row.iter().zip(classes).filter(|(_, class)| class.refer).map(|(p, _)| p).sum::<f32>()
    };
    let refers = classes.iter().any(|class| class.refer);
    let refer = refers
        .then(|| above(&probabilities.iter().map(shares).collect::<Vec<f32>>()))
        .flatten()
        .unwrap_or(NEVER);
    let only_refer = TriageThresholds { look: NEVER, soon: NEVER, melanoma: NEVER, refer, calms: false };
    let seen: Vec<Seen> = (0..cases.len())
        .map(|at| Seen {
            risk: risks[at],
            melanoma: melanoma(classes).map_or(0.0, |class| probabilities[at][class]),
            referred: triage(&only_refer, &probabilities[at], classes).warns(),
        })
        .collect();
    let of_malignant = promises(cases, &|case| case.truth.malignant == Some(true), MALIGNANT_SENSITIVITY);
    let of_melanomas = melanoma(classes)
        .map(|class| promises(cases, &|case| case.truth.class == Some(class), MELANOMA_SENSITIVITY));
    let calms = of_malignant.is_some() && of_melanomas.as_ref().is_none_or(Option::is_some);
    let [of_malignant, of_melanomas] =
        [of_malignant, of_melanomas.flatten()].map(|promises| promises.unwrap_or_default());
    let WarningLines { look, melanoma } = WarningLines::fit(cases, &seen, &of_malignant, &of_melanomas);
    let soon = above(&risks).map_or(look, |line| line.max(look));
    TriageThresholds { look, soon, melanoma, refer, calms }
}

/// What triage sees of a case.
struct Seen {
    risk: f32,
    melanoma: f32,
    /// Whether it warns for what the case resembles, whatever the lines.
    referred: bool,
}

/// The lines through risk and probability of melanoma from which on triage warns.
#[derive(Debug, Clone, Copy)]
struct WarningLines {
    look: f32,
    melanoma: f32,
}

impl WarningLines {
    /// So many lines through the risk are tried.
    const TRIED: usize = 200;

    /// The line through the risk keeps the promises of malignant lesions alone, so that none is left out for the sake of a harmless one
    /// while its risk is high; the line through the probability of melanoma then finds the melanomas that are still missing. Of the pairs
    /// that do so, the one with the largest sum of sensitivity to what is malignant and specificity (Youden 1950), where each source counts
    /// alike.
    fn fit(cases: &[Case], seen: &[Seen], of_malignant: &[Promise], of_melanomas: &[Promise]) -> Self {
        let highest = of_malignant.iter().map(|promise| promise.line(seen, &|_| false, &|seen| seen.risk));
        let highest = highest.fold(1.0, f32::min);
        let places: Vec<usize> = (0..cases.len()).collect();
        let [benign, malignant] = [false, true]
            .map(|wanted| by_source(cases, &places, &|case| case.truth.malignant == Some(wanted)));
        let share = |of: &Vec<usize>, right: &dyn Fn(&Seen) -> bool| {
            of.iter().filter(|&&at| right(&seen[at])).count() as f64 / of.len() as f64
        };
        let mean = |of: &BTreeMap<&str, Vec<usize>>, right: &dyn Fn(&Seen) -> bool| {
            of.values().map(|of| share(of, right)).sum::<f64>() / of.len().max(1) as f64
        };
        let worth = |lines: &Self| -> f64 {
            mean(&benign, &|seen| !lines.warn(seen)) + mean(&malignant, &|seen| lines.warn(seen))
        };
        let mut risks: Vec<f32> = seen.iter().map(|seen| seen.risk).filter(|&risk| risk < highest).collect();
        risks.sort_by(f32::total_cmp);
        let below = (0..Self::TRIED.min(risks.len()))
            .map(|step| risks[step * risks.len() / Self::TRIED.min(risks.len())]);
        let pair = |look: f32| {
            let warned = |seen: &Seen| seen.referred || seen.risk >= look;
            let lines = of_melanomas.iter().map(|promise| promise.line(seen, &warned, &|seen| seen.melanoma));
            Self { look, melanoma: lines.fold(NEVER, f32::min) }
        };
        let first = pair(highest);
        // The first of equals: the highest line through the risk.
        let (_, best) = below.map(pair).fold((worth(&first), first), |(most, best), lines| {
            let worth = worth(&lines);
            if worth > most { (worth, lines) } else { (most, best) }
        });
        best
    }

    fn warn(&self, seen: &Seen) -> bool {
        seen.referred || seen.risk >= self.look || seen.melanoma >= self.melanoma
    }
}

/// Cases of which this many must be warned of.
struct Promise {
    of: Vec<usize>,
    needed: usize,
}

impl Promise {
    /// The highest line through `value` that keeps the promise beside what is `warned` of already.
    fn line(&self, seen: &[Seen], warned: &dyn Fn(&Seen) -> bool, value: &dyn Fn(&Seen) -> f32) -> f32 {
        let left = self.of.iter().map(|&at| &seen[at]).filter(|seen| !warned(seen));
        let mut left: Vec<f32> = left.map(value).collect();
        let lacking = self.needed.saturating_sub(self.of.len() - left.len());
        left.sort_by(|a, b| b.total_cmp(a));
        if lacking == 0 { NEVER } else { left[lacking - 1] }
    }
}

/// The promise of this sensitivity among all wanted cases and in each source that has enough of them; counted among one more than there
/// are, as for prediction sets. None where all together are too few for that.
fn promises(cases: &[Case], wanted: &dyn Fn(&Case) -> bool, sensitivity: f64) -> Option<Vec<Promise>> {
    let sources = by_source(cases, &(0..cases.len()).collect::<Vec<_>>(), wanted);
    let promise = |of: Vec<usize>| {
        let needed = needed(of.len(), sensitivity);
        (needed <= of.len()).then_some(Promise { of, needed })
    };
    let all = promise(sources.values().flatten().copied().collect())?;
    let large = sources.into_values().filter(|of| of.len() >= LEAST_IN_SOURCE);
    Some(large.filter_map(promise).chain([all]).collect())
}

/// The class of melanomas, where there is one.
pub fn melanoma(classes: &[Diagnosis]) -> Option<usize> {
    classes.iter().position(|class| class.key == diagnosis::MELANOMA)
}

/// How many of `count` must reach a line so that the next one does with at least this chance: counted among one more than there are. May be
/// more than there are.
fn needed(count: usize, share: f64) -> usize {
    (share * (count + 1) as f64).ceil() as usize
}

/// The largest value that the next one like `values` reaches with at least this chance. None where there are too few for that.
fn reached_by(values: &[f32], share: f64) -> Option<f32> {
    let mut sorted = values.to_vec();
    sorted.sort_by(|a, b| b.total_cmp(a));
    sorted.get(needed(sorted.len(), share) - 1).copied()
}

/// The smallest value that at least this share of `values` lies below, where each of the lists counts alike.
fn above<'a>(values: impl Iterator<Item = &'a Vec<f32>>, share: f64) -> Option<f32> {
    let lists: Vec<&Vec<f32>> = values.collect();
    let weight = |list: &Vec<f32>| 1.0 / (lists.len() * list.len()) as f64;
    let mut sorted: Vec<(f32, f64)> =
        lists.iter().flat_map(|list| list.iter().map(|&value| (value, weight(list)))).collect();
    sorted.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut below = 0.0;
    let enough = sorted.iter().find(|(_, weight)| {
        below += weight;
        // As a sum of many, it may fall a hair short.
        below >= share - 1e-9
    });
    enough.map(|(value, _)| value.next_up())
}

/// The value below which about this share of `values` lies.
pub fn quantile(values: &[f32], share: f64) -> f32 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f32::total_cmp);
    sorted[((share * sorted.len() as f64) as usize).min(sorted.len() - 1)]
}

/// Class by class, the probability that all but a tenth of its own pictures reach, among all and in each source that has enough to
/// tell: split conformal prediction with a threshold for each class (Sadinle, Lei & Wasserman 2019, section 2.2; finite-sample
/// quantile).
fn prediction_set_thresholds(cases: &[Case], probabilities: &[Vec<f32>], classes: usize) -> Vec<f32> {
    (0..classes)
        .map(|class| {
            let column: Vec<f32> = probabilities.iter().map(|row| row[class]).collect();
            let sources = by_source(cases, &column, &|case| case.truth.class == Some(class));
            let all: Vec<f32> = sources.values().flatten().copied().collect();
            let large = sources.values().filter(|own| own.len() >= LEAST_IN_SOURCE);
            // Where there are too few, every set holds the class.
            let pooled = reached_by(&all, COVERAGE).unwrap_or(0.0);
            large.filter_map(|own| reached_by(own, COVERAGE)).fold(pooled, f32::min)
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
    /// Whether it warns.
    pub look: bool,
    /// Whether it warns urgently.
    pub soon: bool,
    /// Whether it is called not suspicious.
    pub calm: bool,
    /// Whether the prediction set holds the truth.
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

/// What of a case is judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Told {
    /// The photo alone.
    Photo,
    /// The photo, and what is known of the person.
    Person,
}

/// Judges a case by these parameters.
pub fn judge(case: &Case, by: &Calibration, classes: &[Diagnosis], told: Told) -> Judged {
    let shift = match (told, &by.person) {
        (Told::Person, Some(terms)) => terms.shift(&case.person),
        _ => 0.0,
    };
    let likeness = by.likeness(&case.logits);
    let probabilities = shifted(&weighed(&likeness, &by.prevalence), classes, shift);
    let set = prediction_set(&probabilities, &by.prediction_set);
    let triage = triage(&by.triage, &probabilities, classes);
    Judged {
        risk: risk(&probabilities, classes),
        look: triage.warns(),
        soon: triage == Triage::SeeDoctorSoon,
        calm: triage == Triage::NothingSuspicious,
        covered: case.truth.class.is_some_and(|class| set.contains(&class)),
        set_size: set.len(),
        likeness: shifted(&likeness, classes, shift),
        probabilities,
    }
}

/// Parts that held-back pictures are dealt into, to be judged by parameters fitted on the others.
const FOLDS: usize = 5;

/// Judges every case with parameters fitted on the other folds: figures that are not flattered by having been fitted on the
/// same pictures.
pub fn cross_judge(cases: &[Case], classes: &[Diagnosis], told: Told) -> Vec<Judged> {
    let folds = folds(cases, classes.len());
    let fitted: Vec<Calibration> = (0..FOLDS)
        .map(|fold| {
            let others = cases.iter().zip(&folds).filter(|(_, of)| **of != fold);
            fit(&others.map(|(case, _)| case.clone()).collect::<Vec<_>>(), classes)
        })
        .collect();
    cases.iter().zip(&folds).map(|(case, &fold)| judge(case, &fitted[fold], classes, told)).collect()
}

/// Judges every case with parameters fitted on the other sources alone: how lines hold in a clinic that is none of them. None where there
/// is one source.
pub fn judge_by_other_sources(cases: &[Case], classes: &[Diagnosis], told: Told) -> Option<Vec<Judged>> {
    let sources: BTreeSet<&str> = cases.iter().map(|case| case.source.as_str()).collect();
    let fitted = |source: &str| {
        let others: Vec<Case> = cases.iter().filter(|case| case.source != source).cloned().collect();
        fit(&others, classes)
    };
    let fitted: BTreeMap<&str, Calibration> =
        sources.iter().map(|&source| (source, fitted(source))).collect();
    (sources.len() > 1)
        .then(|| cases.iter().map(|case| judge(case, &fitted[&*case.source], classes, told)).collect())
}

/// The fold of each case: those of one lesion or patient share one, and the lesions of each class are dealt out evenly, so that no fold
/// lacks a rare one.
fn folds(cases: &[Case], classes: usize) -> Vec<usize> {
    // What is none of the classes is dealt out as one more.
    let class = |case: &Case| case.truth.class.unwrap_or(classes);
    let groups: BTreeMap<&str, usize> = cases.iter().map(|case| (&*case.group, class(case))).collect();
    let mut dealt: Vec<usize> = (0..=classes).collect();
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
    use std::borrow::Cow;

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
        let differ =
            judged.iter().filter(|judged| judged.alike() == 0 && judged.probabilities[0] < 0.5).count();
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
        cases
            .iter_mut()
            .for_each(|case| case.logits.iter_mut().zip(leaning).for_each(|(z, lean)| *z += lean));
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
        assert!(
            share(&|case| HAM10000[class(case)].malignant, &|judged| judged.look) >= MALIGNANT_SENSITIVITY
        );
        assert!(
            share(&|case| !HAM10000[class(case)].malignant, &|judged| !judged.soon)
                >= SOON_SPECIFICITY - 1e-9
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
            let own: Vec<&Case> =
                cases.iter().filter(|case| case.source == source && class(case) == 4).collect();
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
            let malignant: Vec<&Case> = cases
                .iter()
                .filter(|case| case.source == source && HAM10000[class(case)].malignant)
                .collect();
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
}
