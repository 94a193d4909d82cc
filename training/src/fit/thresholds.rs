//! The lines between lesions and everything else: what passes is given a diagnosis.

use std::collections::BTreeMap;

use spotcheck::modality::Modality as Domain;
use spotcheck::network::probes::Probed;

use crate::data::sample::{Sample, Source};
use crate::fit::quantile::quantile;

/// Share of held-back lesions that each of the two tests may turn away, as no lesion and as unfamiliar.
fn turned_away(domain: Domain) -> (f64, f64) {
    match domain {
        Domain::Dermatoscope => (0.018, 0.005),
        Domain::PlainPhoto => (0.015, 0.01),
    }
}

/// A source with so many held-back pictures has its own say on what passes as a lesion.
const LEAST_FOR_LINES: usize = 200;

/// Lines between lesions and everything else, for each modality.
#[derive(Debug, Clone, Copy)]
pub struct Lines {
    dermatoscope: Line,
    plain_photo: Line,
    least_phone: f32,
}

/// Lines between lesions and everything else.
#[derive(Debug, Clone, Copy)]
pub struct Line {
    /// Least logit of the lesion probe.
    pub least_lesion: f32,
    /// Least nearness to a prototype.
    pub least_nearness: f32,
}

impl Lines {
    /// Everything passes.
    pub const NONE: Self = Self {
        dermatoscope: Line { least_lesion: f32::MIN, least_nearness: -1.0 },
        plain_photo: Line { least_lesion: f32::MIN, least_nearness: -1.0 },
        least_phone: 0.0,
    };

    /// Those that held-back lesions of each modality pass as often as they shall, among all and in each source that is large enough.
    pub fn of(held_back: &[&Sample], probed: &[Probed], with_negatives: bool, least_phone: f32) -> Self {
        let line = |domain| {
            let (as_no_lesion, as_unfamiliar) = turned_away(domain);
            let mut sources: BTreeMap<Option<Source>, Vec<Probed>> = BTreeMap::new();
            for (sample, probed) in held_back.iter().zip(probed).filter(|(sample, _)| sample.domain == domain)
            {
                sources.entry(None).or_default().push(*probed);
                sources.entry(Some(sample.source)).or_default().push(*probed);
            }
            let large =
                sources.iter().filter(|(source, all)| source.is_none() || all.len() >= LEAST_FOR_LINES);
            let all = large.map(|(_, all)| {
                let quantile = |of: &dyn Fn(&Probed) -> f32, share| {
                    quantile(&all.iter().map(of).collect::<Vec<_>>(), share)
                };
                Line {
                    least_lesion: quantile(&|one| one.lesion, as_no_lesion),
                    least_nearness: quantile(&|one| one.nearness, as_unfamiliar),
                }
            });
            let lowest = all.reduce(|a, b| Line {
                least_lesion: a.least_lesion.min(b.least_lesion),
                least_nearness: a.least_nearness.min(b.least_nearness),
            });
            let line = lowest.unwrap_or(Self::NONE.plain_photo);
            if with_negatives { line } else { Line { least_lesion: f32::MIN, ..line } }
        };
        Self { dermatoscope: line(Domain::Dermatoscope), plain_photo: line(Domain::PlainPhoto), least_phone }
    }

    /// Those for pictures taken this way.
    pub fn for_modality(&self, modality: Domain) -> &Line {
        match modality {
            Domain::Dermatoscope => &self.dermatoscope,
            Domain::PlainPhoto => &self.plain_photo,
        }
    }

    /// Whether a picture passes as a lesion, by the lines for what it seems to be.
    pub fn pass(&self, probed: &Probed) -> bool {
        let seems = if probed.phone > self.least_phone { Domain::PlainPhoto } else { Domain::Dermatoscope };
        let line = self.for_modality(seems);
        probed.lesion >= line.least_lesion && probed.nearness >= line.least_nearness
    }
}
