//! How often each picture is drawn, and how common that makes each class.
//!
//! The two modalities are drawn alike often. Within one, sources and then classes are drawn in proportion to their size to a
//! power below one. What the loss takes for granted (logit adjustment, Menon et al. 2021) is the share of a class *in its
//! source*: the network gains nothing by telling which clinic a picture comes from.

use std::collections::BTreeMap;

use net::modality::Modality;

use crate::data::sample::{Sample, Source};
use crate::train::config::Config;

/// Of the share that the loss takes for granted, this part is that of the source, the rest that of all sources of the
/// modality: a class that a source lacks is then unlikely there, and not free to be named.
const OWN_SHARE: f64 = 0.7;

/// How samples are drawn.
pub struct Sampling {
    /// Chance of each sample, relative to the others.
    pub weights: Vec<f64>,
    /// For each sample, its place in `priors`.
    pub strata: Vec<usize>,
    /// For each source and modality, the logarithm of the share of each class, `[stratum][class]`.
    pub priors: Vec<Vec<f32>>,
}

impl Sampling {
    /// For samples to learn from.
    pub fn new(train: &[&Sample], classes: usize, config: &Config) -> Self {
        let power = |count: usize| if count == 0 { 0.0 } else { (count as f64).powf(config.sampling_power) };
        let mut counts: BTreeMap<(Modality, Source), Vec<usize>> = BTreeMap::new();
        for sample in train {
            counts.entry((sample.modality, sample.source)).or_insert_with(|| vec![0; classes])
                [sample.class] += 1;
        }
        let keys: Vec<_> = counts.keys().copied().collect();
        let strata: Vec<usize> = train
            .iter()
            .map(|sample| keys.partition_point(|key| *key < (sample.modality, sample.source)))
            .collect();
        let size = |key: &(Modality, Source)| power(counts[key].iter().sum());
        let of_modality =
            |modality: Modality| keys.iter().filter(|key| key.0 == modality).map(size).sum::<f64>();
        // How much of its modality each stratum is, and how much of its stratum each class.
        let share_of_stratum: Vec<f64> = keys.iter().map(|key| size(key) / of_modality(key.0)).collect();
        let share_of_class: Vec<Vec<f64>> = keys
            .iter()
            .map(|key| {
                let all: f64 = counts[key].iter().map(|&count| power(count)).sum();
                counts[key].iter().map(|&count| power(count) / all).collect()
            })
            .collect();
        let weight = |(sample, &stratum): (&&Sample, &usize)| {
            share_of_stratum[stratum] * share_of_class[stratum][sample.class]
                / counts[&keys[stratum]][sample.class] as f64
        };
        let weights = train.iter().zip(&strata).map(weight).collect();
        let prior = |stratum: usize, class: usize| {
            let others = (0..keys.len()).filter(|&other| keys[other].0 == keys[stratum].0);
            let all: f64 = others.map(|other| share_of_stratum[other] * share_of_class[other][class]).sum();
            let share = OWN_SHARE * share_of_class[stratum][class] + (1.0 - OWN_SHARE) * all;
            // A class that is never drawn is left to itself.
            if config.logit_adjustment && share > 0.0 { share.ln() as f32 } else { 0.0 }
        };
        let priors = (0..keys.len())
            .map(|stratum| (0..classes).map(|class| prior(stratum, class)).collect())
            .collect();
        Self { weights, strata, priors }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::split::Split;

    fn sample(modality: Modality, source: Source, class: usize) -> Sample {
        Sample {
            id: String::new(),
            files: Vec::new(),
            class,
            source,
            group: String::new(),
            same_as: Vec::new(),
            modality,
            split: Split::Train,
            squashed_from: None,
            age_years: None,
            traits: BTreeMap::new(),
        }
    }

    #[test]
    fn modalities_are_drawn_alike_and_a_class_that_a_source_lacks_is_unlikely_there() {
        let mut samples = vec![sample(Modality::PlainPhoto, Source::PadUfes20, 0)];
        samples.extend((0..90).map(|_| sample(Modality::Dermatoscope, Source::Ham10000, 0)));
        samples.extend((0..10).map(|_| sample(Modality::Dermatoscope, Source::Ham10000, 1)));
        samples.extend((0..100).map(|_| sample(Modality::Dermatoscope, Source::Milk10k, 2)));
        let train: Vec<&Sample> = samples.iter().collect();
        let config = Config::full(Vec::new(), None, 1);
        let sampling = Sampling::new(&train, 3, &config);
        let total = |wanted: &dyn Fn(&Sample) -> bool| -> f64 {
            train.iter().zip(&sampling.weights).filter(|(sample, _)| wanted(sample)).map(|(_, w)| w).sum()
        };
        assert!((total(&|sample| sample.modality == Modality::PlainPhoto) - 1.0).abs() < 1e-9);
        assert!((total(&|sample| sample.modality == Modality::Dermatoscope) - 1.0).abs() < 1e-9);
        assert!((total(&|sample| sample.source == Source::Milk10k) - 0.5).abs() < 1e-9);
        // Within HAM10000 as the roots of 90 and 10.
        assert!((total(&|sample| sample.class == 1) - 0.5 * 0.25).abs() < 1e-9);
        let ham = &sampling.priors[sampling.strata[1]];
        assert!((ham[2] - (0.3 * 0.5f32).ln()).abs() < 1e-5, "{ham:?}");
        assert!((ham[0].exp() - (0.7 * 0.75 + 0.3 * 0.375)).abs() < 1e-5);
    }

    #[test]
    fn one_source_of_one_kind_takes_the_shares_of_what_is_drawn_for_granted() {
        let samples: Vec<Sample> = (0..100)
            .map(|number| sample(Modality::PlainPhoto, Source::Folder, usize::from(number < 20)))
            .collect();
        let train: Vec<&Sample> = samples.iter().collect();
        let sampling = Sampling::new(&train, 2, &Config::full(Vec::new(), None, 1));
        let shares: f32 = sampling.priors[0].iter().map(|prior| prior.exp()).sum();
        assert!((shares - 1.0).abs() < 1e-5);
        assert!((sampling.priors[0][1].exp() - 1.0 / 3.0).abs() < 1e-5);
    }
}
