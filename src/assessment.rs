//! From a photo to an answer: what it looks like, how sure that is, and whether to see a doctor.
//!
//! [`Assessor::assess`] is the whole way. Nothing here draws, speaks or stores; the words for an
//! [`Assessment`] are in [`crate::wording`].

use image::RgbImage;
use rayon::iter::{IntoParallelRefIterator, ParallelIterator};
use serde::{Deserialize, Serialize};

use crate::diagnosis::Diagnosis;
use crate::engine::Engine;
use crate::network::model::{Card, Model, Sight, pooled};
use crate::network::probes::Probed;
use crate::photo::quality::Quality;
use crate::photo::{Photo, Square};

mod saliency;
mod views;

pub use saliency::Saliency;
pub use views::Views;

/// Version of the JSON form of an [`Assessment`]; grows when a field changes its meaning.
pub const SCHEMA: u32 = 2;

/// The answer to one photo. This is also its documented JSON form.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Assessment {
    /// [`SCHEMA`].
    pub schema: u32,
    /// [`Card::version`] of the model that gave the answer.
    pub model: String,
    /// The square of the upright photo that was looked at.
    pub crop: Square,
    /// How many views (flips and turns) of it were averaged.
    pub views: usize,
    /// Every diagnosis, most probable first.
    pub probabilities: Vec<Likelihood>,
    /// Probability that the lesion is malignant or likely to become so, 0 to 1: the sum over those diagnoses. Before schema 2: as
    /// if all diagnoses were equally common.
    pub risk: f32,
    /// The lowest and the highest risk that a single view gave, each 0 to 1; twice the same for one view.
    pub risk_range: [f32; 2],
    /// What to do.
    pub triage: Triage,
    /// Why no answer is given, where [`Triage::CannotTell`].
    pub cannot_tell: Vec<Doubt>,
    /// Whether the user wanted an answer although [`Self::quality`] is too low. Then it may warn, but never calm.
    pub despite_quality: bool,
    /// The smallest set of diagnoses that holds the true one as often as promised, most probable first.
    pub prediction_set: Vec<String>,
    /// How often [`Self::prediction_set`] holds the true one, 0 to 1, on pictures like those it was set on.
    pub prediction_set_coverage: f32,
    /// How unlike everything in training it is.
    pub novelty: Novelty,
    /// How it seems to have been taken.
    pub kind: Kind,
    /// Probability that it is a plain photo, 0 to 1.
    pub plain_photo: f32,
    /// What was measured of the photo itself.
    pub quality: Quality,
}

/// A diagnosis and how probable it is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Likelihood {
    /// [`Diagnosis::key`].
    pub diagnosis: String,
    /// [`Diagnosis::malignant`].
    pub malignant: bool,
    /// Calibrated, 0 to 1, where diagnoses are as common as [`Card::prevalence`] says; all together sum to one. Before schema 2, and
    /// by a card that names no prevalence: as if all were equally common.
    pub probability: f32,
    /// The same if all diagnoses were equally common. Assessments from before schema 2 do not hold it.
    #[serde(default)]
    pub likeness: f32,
}

impl Assessment {
    /// The diagnosis whose traces [`Saliency`] shows: the most probable one or, where the answer warns, the most probable of those
    /// that it warns about. What spoke for a harmless one would explain no warning.
    pub fn explained(&self) -> Option<&Likelihood> {
        let warns = matches!(self.triage, Triage::SeeDoctorSoon | Triage::HaveItLookedAt);
        let malignant = self.probabilities.iter().find(|likelihood| likelihood.malignant);
        malignant.filter(|_| warns).or(self.probabilities.first())
    }
}

/// What to do about the lesion.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Triage {
    /// See a doctor soon.
    SeeDoctorSoon,
    /// Have it looked at.
    HaveItLookedAt,
    /// Nothing suspicious was seen.
    NothingSuspicious,
    /// The picture allows no answer.
    CannotTell,
}

/// Why a picture allows no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Doubt {
    /// Too small, blurred, dark or bright: see [`Assessment::quality`].
    Quality,
    /// It does not look like a lesion.
    NotALesion,
    /// It looks like nothing that the network knows.
    Unfamiliar,
}

/// How unlike everything in training a picture is.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Novelty {
    /// Cosine of the angle between its features and the nearest of what was learnt from, -1 to 1: near 1 for a typical lesion.
    pub nearness: f32,
    /// Below this it is [`Doubt::Unfamiliar`].
    pub least_nearness: f32,
    /// Logit for a lesion against anything else; higher is surer.
    pub lesion: f32,
    /// Below this it is [`Doubt::NotALesion`].
    pub least_lesion: f32,
}

/// How a picture was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Through a dermatoscope.
    Dermatoscope,
    /// A plain photo: the answer is less sure.
    PlainPhoto,
}

/// What to look at, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Look {
    /// The square around the lesion.
    pub square: Square,
    /// How many views of it are averaged.
    pub views: Views,
    /// Answer even if the photo is not good enough: see [`Assessment::despite_quality`].
    pub despite_quality: bool,
}

impl Look {
    /// At this square, as usual, if the photo is good enough.
    pub fn at(square: Square) -> Self {
        Self { square, views: Views::default(), despite_quality: false }
    }
}

/// A model that answers.
#[derive(Debug)]
pub struct Assessor {
    card: Card,
    engine: Engine,
}

impl Assessor {
    /// An assessor that uses this model, compiled for speed.
    pub fn new(model: &Model) -> Self {
        Self { card: model.card().clone(), engine: Engine::new(model) }
    }

    /// What goes with its weights.
    pub fn card(&self) -> &Card {
        &self.card
    }

    /// Looks at a square of `photo`, once or as several views whose answers are averaged.
    pub fn assess(&self, photo: &Photo, look: Look) -> (Assessment, Saliency) {
        let square = photo.fit(look.square);
        let crop = photo.crop(square, self.card().input_side_px);
        let quality = Quality::measure(photo, square);
        let sights: Vec<Sight> = look.views.of(&crop).par_iter().map(|view| self.engine.see(view)).collect();
        let assessment = conclude(self.card(), &sights, Look { square, ..look }, quality);
        let explained = assessment.explained().map(|likelihood| likelihood.diagnosis.as_str());
        let class = self.card().classes.iter().position(|class| Some(&*class.key) == explained);
        let saliency = Saliency::of(&sights, look.views, class.unwrap_or(0));
        (assessment, saliency)
    }

    /// Probabilities only, for a picture that is cropped and scaled already.
    pub fn probabilities(&self, crop: &RgbImage) -> Vec<f32> {
        self.card().probabilities(&self.engine.see(crop).logits)
    }
}

/// The probability of malignancy: the sum over the diagnoses that are.
pub fn risk(probabilities: &[f32], classes: &[Diagnosis]) -> f32 {
    probabilities.iter().zip(classes).filter(|(_, class)| class.malignant).map(|(p, _)| p).sum()
}

/// The classes whose probability reaches their threshold, most probable first; at least the most probable one.
pub fn prediction_set(probabilities: &[f32], thresholds: &[f32]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..probabilities.len()).collect();
    order.sort_by(|&a, &b| probabilities[b].total_cmp(&probabilities[a]));
    let first = order.first().copied();
    order.retain(|&class| probabilities[class] >= thresholds[class] || Some(class) == first);
    order
}

/// Draws the conclusions from what the network saw.
fn conclude(card: &Card, sights: &[Sight], look: Look, quality: Quality) -> Assessment {
    let logits = pooled(sights.iter().map(|sight| &sight.logits));
    let (probabilities, likeness) = (card.probabilities(&logits), card.likeness(&logits));
    let of_view = |sight: &Sight| risk(&card.probabilities(&sight.logits), &card.classes);
    let risk = risk(&probabilities, &card.classes);
    let lowest = sights.iter().map(of_view).fold(risk, f32::min);
    let highest = sights.iter().map(of_view).fold(risk, f32::max);
    let probed = Probed::mean(sights.iter().map(|sight| sight.probed));
    let novelty = Novelty {
        nearness: probed.nearness,
        least_nearness: card.least_nearness,
        lesion: probed.lesion,
        least_lesion: card.least_lesion,
    };
    let mut cannot_tell = Vec::new();
    let despite_quality = look.despite_quality && !quality.suffices();
    if !quality.suffices() && !despite_quality {
        cannot_tell.push(Doubt::Quality);
    }
    // Asked this way round, so that a figure that is no number counts against the picture.
    let lesion = novelty.lesion >= novelty.least_lesion;
    let familiar = novelty.nearness >= novelty.least_nearness && risk.is_finite();
    if !lesion {
        cannot_tell.push(Doubt::NotALesion);
    }
    if !familiar {
        cannot_tell.push(Doubt::Unfamiliar);
    }
    // A bad photo may show something suspicious; that nothing can be seen in it says nothing.
    if despite_quality && risk < card.triage.look {
        cannot_tell.push(Doubt::Quality);
    }
    let triage = match risk {
        _ if !cannot_tell.is_empty() => Triage::CannotTell,
        risk if risk >= card.triage.soon => Triage::SeeDoctorSoon,
        risk if risk >= card.triage.look => Triage::HaveItLookedAt,
        _ => Triage::NothingSuspicious,
    };
    let key = |class: usize| card.classes[class].key.to_string();
    let ranked = prediction_set(&probabilities, &vec![0.0; probabilities.len()]);
    Assessment {
        schema: SCHEMA,
        model: card.version.clone(),
        crop: look.square,
        views: sights.len(),
        prediction_set: prediction_set(&probabilities, &card.prediction_set).into_iter().map(key).collect(),
        probabilities: ranked
            .into_iter()
            .map(|class| Likelihood {
                diagnosis: key(class),
                malignant: card.classes[class].malignant,
                probability: probabilities[class],
                likeness: likeness[class],
            })
            .collect(),
        risk,
        risk_range: [lowest, highest],
        triage,
        cannot_tell,
        despite_quality,
        prediction_set_coverage: card.prediction_set_coverage,
        novelty,
        kind: if probed.phone > card.least_phone { Kind::PlainPhoto } else { Kind::Dermatoscope },
        plain_photo: 1.0 / (1.0 + (-probed.phone).exp()),
        quality,
    }
}
