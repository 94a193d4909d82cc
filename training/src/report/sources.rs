//! Whether the network sees which source a picture comes from, and takes that for a sign of a diagnosis.

use std::collections::BTreeSet;

use burn::tensor::Device;
use net::modality::Modality;
use serde::Serialize;

use crate::data::hash::fnv1a;
use crate::data::sample::Sample;
use crate::fit::probes;
use crate::metrics;
use crate::report::judgements::{Judgements, Row};
use crate::train::predict::Answers;

/// Two sources are compared on a diagnosis of which each has so many validation pictures.
const LEAST_OF_EACH: usize = 40;

/// How well a linear probe on the features before the last layer tells two sources apart, on pictures of one diagnosis.
#[derive(Debug, Clone, Serialize)]
pub struct SourceProbe {
    /// How the pictures were taken.
    #[serde(rename = "domain")]
    pub modality: Modality,
    /// The two sources.
    pub sources: [String; 2],
    /// The diagnosis that all of the pictures show.
    pub class: String,
    /// How many pictures the probe was judged on.
    pub count: usize,
    /// Area under its ROC curve: 0.5 where the features hold nothing of the source.
    pub auroc: f64,
}

/// How often a source's pictures of something else are taken for a class, where only some sources have the class.
#[derive(Debug, Clone, Serialize)]
pub struct TakenFor {
    /// How the pictures were taken.
    #[serde(rename = "domain")]
    pub modality: Modality,
    /// The class.
    pub class: String,
    /// The source.
    pub source: String,
    /// Whether the source has pictures of the class.
    pub has_it: bool,
    /// How many of its validation pictures show something else.
    pub count: usize,
    /// How many of these the class is most like, if all were equally common.
    pub taken: usize,
}

/// Probes on every pair of sources that have enough pictures of one diagnosis, taken one way. Lesions (or patients) of one half teach the
/// probe, those of the other judge it.
pub fn probe(
    samples: &[&Sample],
    answers: &Answers,
    class_names: &[String],
    device: &Device,
) -> Vec<SourceProbe> {
    let sources: Vec<String> = names(samples.iter().map(|sample| sample.source.to_string()));
    let mut found = Vec::new();
    for modality in Modality::ALL {
        for (class, name) in class_names.iter().enumerate() {
            let of = |source: &str| -> Vec<usize> {
                let wanted = |at: &usize| {
                    let sample = samples[*at];
                    sample.modality == modality
                        && sample.class == class
                        && sample.source.to_string() == source
                };
                (0..samples.len()).filter(wanted).collect()
            };
            for (at, one) in sources.iter().enumerate() {
                for other in &sources[at + 1..] {
                    let (a, b) = (of(one), of(other));
                    if a.len().min(b.len()) < LEAST_OF_EACH {
                        continue;
                    }
                    let Some((count, auroc)) = tell_apart(samples, answers, &a, &b, device) else { continue };
                    let sources = [one.clone(), other.clone()];
                    found.push(SourceProbe { modality, sources, class: name.clone(), count, auroc });
                }
            }
        }
    }
    found
}

fn names(all: impl Iterator<Item = String>) -> Vec<String> {
    all.collect::<BTreeSet<String>>().into_iter().collect()
}

/// On how many pictures a probe was judged, and its AUROC.
fn tell_apart(
    samples: &[&Sample],
    answers: &Answers,
    a: &[usize],
    b: &[usize],
    device: &Device,
) -> Option<(usize, f64)> {
    let teaches = |at: &usize| fnv1a(samples[*at].group.as_bytes()).is_multiple_of(2);
    let features = |places: &[usize], taught: bool| -> Vec<&Vec<f32>> {
        places
            .iter()
            .filter(|at| teaches(at) == taught)
            .filter_map(|&at| answers.features[at].first())
            .collect()
    };
    let (teach_a, teach_b) = (features(a, true), features(b, true));
    let (judge_a, judge_b) = (features(a, false), features(b, false));
    if [&teach_a, &teach_b, &judge_a, &judge_b].iter().any(|rows| rows.is_empty()) {
        return None;
    }
    let probe = probes::separate(&teach_a, &teach_b, device);
    let judged: Vec<&Vec<f32>> = judge_a.iter().chain(&judge_b).copied().collect();
    let scores = probes::score(&probe, &judged, device);
    let is_a: Vec<bool> = (0..judged.len()).map(|at| at < judge_a.len()).collect();
    Some((judged.len(), metrics::auroc(&scores, &is_a)?))
}

/// For each class that some sources lack: how often each source's other pictures are taken for it.
pub fn taken_for(judgements: &[Judgements], class_names: &[String]) -> Vec<TakenFor> {
    let mut found = Vec::new();
    for (modality, rows) in judgements {
        let source = |row: &Row| row.traits.get("source").cloned().unwrap_or_default();
        let sources = names(rows.iter().map(source));
        for (class, name) in class_names.iter().enumerate() {
            let has =
                |wanted: &String| rows.iter().any(|row| row.class == Some(class) && source(row) == *wanted);
            if sources.iter().all(has) || !sources.iter().any(has) {
                continue;
            }
            for one in &sources {
                let others = rows.iter().filter(|row| row.class != Some(class) && source(row) == *one);
                let taken = others.clone().filter(|row| row.judged.alike() == class).count();
                found.push(TakenFor {
                    modality: *modality,
                    class: name.clone(),
                    source: one.clone(),
                    has_it: has(one),
                    count: others.count(),
                    taken,
                });
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use net::network::architecture::FEATURES;
    use rand::{RngExt, SeedableRng};

    use super::*;
    use crate::data::sample::Source;
    use crate::data::split::Split;

    /// Pictures of two sources whose features differ by `shift` in one place.
    fn two_sources(shift: f32) -> (Vec<Sample>, Answers) {
        let mut random = rand_chacha::ChaCha8Rng::seed_from_u64(3);
        let mut answers = Answers::default();
        let samples = (0..400).map(|number| {
            let source = if number % 2 == 0 { Source::Ham10000 } else { Source::IsicArchive };
            let mut features: Vec<f32> = (0..FEATURES).map(|_| random.random_range(0.0..1.0)).collect();
            features[7] += if number % 2 == 0 { shift } else { 0.0 };
            answers.features.push(vec![features]);
            Sample {
                id: number.to_string(),
                source,
                files: Vec::new(),
                class: 0,
                group: number.to_string(),
                same_as: Vec::new(),
                modality: Modality::Dermatoscope,
                split: Split::Validation,
                squashed_from: None,
                age_years: None,
                traits: Default::default(),
            }
        });
        (samples.collect(), answers)
    }

    #[test]
    fn a_probe_finds_the_source_where_the_features_hold_it_and_only_there() {
        let device = Device::flex();
        for (shift, low, high) in [(0.0, 0.35, 0.65), (40.0, 0.95, 1.0)] {
            let (samples, answers) = two_sources(shift);
            let samples: Vec<&Sample> = samples.iter().collect();
            let found = probe(&samples, &answers, &["nv".to_string()], &device);
            let [found] = found.as_slice() else { panic!("one pair of sources: {found:?}") };
            assert!((low..=high).contains(&found.auroc), "{shift}: {}", found.auroc);
            assert!(found.count > 100 && found.count < 300, "about half judge: {}", found.count);
        }
    }
}
