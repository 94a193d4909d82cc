//! The thresholds between lesions and everything else: what passes is given a diagnosis.

use std::collections::BTreeMap;

use net::modality::Modality;
use net::network::probes::Probed;

use crate::data::sample::{Sample, Source};
use crate::fit::quantile::quantile;

/// Share of validation lesions that each of the two tests may turn away, as no lesion and as unfamiliar.
fn turned_away(modality: Modality) -> (f64, f64) {
    match modality {
        Modality::Dermatoscope => (0.018, 0.005),
        Modality::PlainPhoto => (0.015, 0.01),
    }
}

/// A source with so many validation pictures has its own say on what passes as a lesion.
const LEAST_FOR_THRESHOLDS: usize = 200;

/// Thresholds between lesions and everything else, for each modality.
#[derive(Debug, Clone, Copy)]
pub struct Thresholds {
    dermatoscope: Least,
    plain_photo: Least,
    least_phone: f32,
}

/// What a lesion reaches at least.
#[derive(Debug, Clone, Copy)]
pub struct Least {
    /// Least logit of the lesion probe.
    pub least_lesion: f32,
    /// Least nearness to a prototype.
    pub least_nearness: f32,
}

impl Thresholds {
    /// Everything passes.
    pub const NONE: Self = Self {
        dermatoscope: Least { least_lesion: f32::MIN, least_nearness: -1.0 },
        plain_photo: Least { least_lesion: f32::MIN, least_nearness: -1.0 },
        least_phone: 0.0,
    };

    /// Those that validation lesions of each modality pass as often as they shall, among all and in each source that is large enough.
    pub fn of(validation: &[&Sample], probed: &[Probed], with_negatives: bool, least_phone: f32) -> Self {
        let least = |modality| {
            let (as_no_lesion, as_unfamiliar) = turned_away(modality);
            let mut sources: BTreeMap<Option<Source>, Vec<Probed>> = BTreeMap::new();
            for (sample, probed) in
                validation.iter().zip(probed).filter(|(sample, _)| sample.modality == modality)
            {
                sources.entry(None).or_default().push(*probed);
                sources.entry(Some(sample.source)).or_default().push(*probed);
            }
            let large =
                sources.iter().filter(|(source, all)| source.is_none() || all.len() >= LEAST_FOR_THRESHOLDS);
            let all = large.map(|(_, all)| {
                let quantile = |of: &dyn Fn(&Probed) -> f32, share| {
                    quantile(&all.iter().map(of).collect::<Vec<_>>(), share)
                };
                Least {
                    least_lesion: quantile(&|one| one.lesion, as_no_lesion),
                    least_nearness: quantile(&|one| one.nearness, as_unfamiliar),
                }
            });
            let lowest = all.reduce(|a, b| Least {
                least_lesion: a.least_lesion.min(b.least_lesion),
                least_nearness: a.least_nearness.min(b.least_nearness),
            });
            let least = lowest.unwrap_or(Self::NONE.plain_photo);
            if with_negatives { least } else { Least { least_lesion: f32::MIN, ..least } }
        };
        Self {
            dermatoscope: least(Modality::Dermatoscope),
            plain_photo: least(Modality::PlainPhoto),
            least_phone,
        }
    }

    /// Those for pictures taken this way.
    pub fn for_modality(&self, modality: Modality) -> &Least {
        match modality {
            Modality::Dermatoscope => &self.dermatoscope,
            Modality::PlainPhoto => &self.plain_photo,
        }
    }

    /// Whether a picture passes as a lesion, by the thresholds for what it seems to be.
    pub fn pass(&self, probed: &Probed) -> bool {
        let seems =
            if probed.phone > self.least_phone { Modality::PlainPhoto } else { Modality::Dermatoscope };
        let least = self.for_modality(seems);
        probed.lesion >= least.least_lesion && probed.nearness >= least.least_nearness
    }
}
