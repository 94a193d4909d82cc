//! From a photo to an answer: what it looks like, how sure that is, and whether to see a doctor.
//!
//! [`Assessor::assess`] is the whole way. Nothing here draws, speaks or stores; the words for an
//! [`Assessment`] are in `wording`.

use image::RgbImage;
use rayon::iter::{IntoParallelRefIterator, ParallelIterator};
use serde::{Deserialize, Serialize};

use net::diagnosis::{self, Diagnosis};
use net::engine::Engine;
use net::modality::Modality;
use net::network::calibration::{Calibration, TriageThresholds, mean_of_views, prior_corrected, shifted};
use net::network::card::Card;
use net::network::model::{Model, Output};
use net::network::probes::Probed;
use net::person::{Person, Reason};
use vision::photo::quality::Quality;
use vision::photo::{Detail, Photo, Square};

mod saliency;
#[cfg(test)]
mod tests;
mod views;

pub use saliency::Saliency;
pub use views::Views;

/// Version of the JSON form of an [`Assessment`]; grows when a field changes its meaning.
pub const SCHEMA: u32 = 3;

/// How much of a photo is enough to look at a large square of it, to show that, and to keep the whole. Smaller squares need all of it:
/// [`Photo::is_too_coarse`].
pub const DETAIL: Detail = Detail { longer_px: 1600, shorter_px: 480 };

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
    /// The lowest and the highest of the risks of the single views and of [`Self::risk`] itself, which their mean may go beyond, each 0 to
    /// 1; twice the same for one view.
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
    pub kind: Modality,
    /// Probability that it is a plain photo, 0 to 1.
    pub plain_photo: f32,
    /// Whether that is unsure. Then it was judged as either, and the more cautious answer counts.
    #[serde(default)]
    pub kind_unsure: bool,
    /// Pictures taken how the probabilities and lines of this answer hold for: [`Self::kind`], or, where that is unsure, what gave the
    /// more cautious answer. Before schema 3 there were lines for pictures through a dermatoscope alone.
    #[serde(default = "of_dermatoscopes")]
    pub calibrated_for: Modality,
    /// What was measured of the photo itself.
    pub quality: Quality,
    /// What was told of the person; nothing before schema 3.
    #[serde(default)]
    pub person: Person,
    /// Why [`Self::risk`] is another than [`Self::risk_of_photo`].
    #[serde(default)]
    pub because: Vec<Reason>,
    /// What it warns of where the risk alone would not: a doctor should look at it although [`Self::risk`] is below its line.
    #[serde(default)]
    pub despite_risk: Option<DespiteRisk>,
    /// The risk by the photo alone, 0 to 1. Assessments from before schema 3 do not hold it.
    #[serde(default)]
    pub risk_of_photo: Option<f32>,
    /// Whose model answered, where it is somebody else's: the beginning of its key's fingerprint, and who says to have made it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub foreign_model: Option<String>,
}

/// A diagnosis and how probable it is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Likelihood {
    /// [`Diagnosis::key`].
    pub diagnosis: String,
    /// [`Diagnosis::malignant`].
    pub malignant: bool,
    /// [`Diagnosis::refer`]. Before schema 3 there was no such diagnosis.
    #[serde(default)]
    pub refer: bool,
    /// Calibrated, 0 to 1, where diagnoses are as common as [`Calibration::prevalence`] says; all together sum to one. Before schema 2, and
    /// by a card that names no prevalence: as if all were equally common.
    pub probability: f32,
    /// The same if all diagnoses were equally common. Assessments from before schema 2 do not hold it.
    #[serde(default)]
    pub likeness: f32,
}

fn of_dermatoscopes() -> Modality {
    Modality::Dermatoscope
}

impl Assessment {
    /// The diagnosis whose traces [`Saliency`] shows: the most probable one or, where the answer warns, the most probable of those
    /// that it warns about. What spoke for a harmless one would explain no warning.
    pub fn explained(&self) -> Option<&Likelihood> {
        let first = self.probabilities.first();
        if !self.triage.warns() || first.is_some_and(|likelihood| likelihood.refer) {
            return first;
        }
        self.probabilities.iter().find(|likelihood| likelihood.malignant).or(first)
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

impl Triage {
    /// How it is spelled in files.
    pub fn key(self) -> &'static str {
        match self {
            Self::SeeDoctorSoon => "see_doctor_soon",
            Self::HaveItLookedAt => "have_it_looked_at",
            Self::NothingSuspicious => "nothing_suspicious",
            Self::CannotTell => "cannot_tell",
        }
    }

    /// Whether it sends to a doctor.
    pub fn warns(self) -> bool {
        matches!(self, Self::SeeDoctorSoon | Self::HaveItLookedAt)
    }

    /// The more cautious of two answers to one picture: a warning before doubt, and doubt before calm.
    fn more_cautious(self, other: Self) -> Self {
        let order = [Self::SeeDoctorSoon, Self::HaveItLookedAt, Self::CannotTell];
        order.into_iter().find(|level| [self, other].contains(level)).unwrap_or(self)
    }
}

/// What triage warns of although the risk as a whole is low.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DespiteRisk {
    /// Melanoma is too probable to be calm: [`TriageThresholds::melanoma`].
    Melanoma,
    /// It resembles what the network has no class of its own for: [`TriageThresholds::refer`].
    SomethingElse,
    /// The most probable diagnosis is a malignant one.
    MostProbable,
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
    /// Nothing speaks for a warning, but too few pictures like it were at hand to prove that calling it harmless is safe:
    /// [`TriageThresholds::calms`].
    Untested,
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

/// What to look at, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Look {
    /// The square around the lesion.
    pub square: Square,
    /// How many views of it are averaged.
    pub views: Views,
    /// Answer even if the photo is not good enough: see [`Assessment::despite_quality`].
    pub despite_quality: bool,
    /// What is known besides the photo.
    pub person: Person,
}

impl Look {
    /// At this square, as usual, if the photo is good enough.
    pub fn at(square: Square) -> Self {
        Self { square, views: Views::default(), despite_quality: false, person: Person::default() }
    }
}

/// A model that answers.
#[derive(Debug)]
pub struct Assessor {
    card: Card,
    engine: Engine,
    /// [`Assessment::foreign_model`] of its answers.
    label: Option<String>,
}

impl Assessor {
    /// An assessor that uses this model, compiled for speed.
    pub fn new(model: &Model) -> Self {
        Self { card: model.card().clone(), engine: Engine::new(model), label: None }
    }

    /// The same, whose answers say that it is somebody else's.
    pub fn labelled(self, label: Option<String>) -> Self {
        Self { label, ..self }
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
        let views = look.views.of(&crop);
        let outputs: Vec<Output> = match views.as_slice() {
            // Several views are a thread's work each; of more threads, a phone's slow cores would hold up the fast ones.
            [view] => vec![self.engine.infer_by_two(view)],
            views => views.par_iter().map(|view| self.engine.infer(view)).collect(),
        };
        let mut assessment = conclude(self.card(), &outputs, Look { square, ..look }, quality);
        assessment.foreign_model.clone_from(&self.label);
        let explained = assessment.explained().map(|likelihood| likelihood.diagnosis.as_str());
        let class = self.card().classes.iter().position(|class| Some(&*class.key) == explained);
        let saliency = Saliency::of(&outputs, look.views, class.unwrap_or(0));
        (assessment, saliency)
    }

    /// The network's logits before any calibration, one a class, for a picture that is cropped and scaled already.
    ///
    /// # Panics
    /// When it has another side than [`Card::input_side_px`].
    pub fn logits(&self, crop: &RgbImage) -> Vec<f32> {
        self.engine.infer(crop).logits
    }

    /// Probabilities only, for a picture that is cropped and scaled already.
    pub fn probabilities(&self, crop: &RgbImage) -> Vec<f32> {
        let output = self.engine.infer(crop);
        let modality = self.card.modality(output.probed.phone);
        self.card().calibrations.of(modality).probabilities(&output.logits)
    }
}

/// The probability of malignancy: the sum over the diagnoses that are.
pub fn risk(probabilities: &[f32], classes: &[Diagnosis]) -> f32 {
    sum(probabilities, classes, |class| class.malignant)
}

fn sum(probabilities: &[f32], classes: &[Diagnosis], wanted: impl Fn(&Diagnosis) -> bool) -> f32 {
    probabilities.iter().zip(classes).filter(|(_, class)| wanted(class)).map(|(p, _)| p).sum()
}

/// The classes whose probability reaches their threshold, most probable first; at least the most probable one.
pub fn prediction_set(probabilities: &[f32], thresholds: &[f32]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..probabilities.len()).collect();
    order.sort_by(|&a, &b| probabilities[b].total_cmp(&probabilities[a]));
    let first = order.first().copied();
    order.retain(|&class| probabilities[class] >= thresholds[class] || Some(class) == first);
    order
}

/// What triage says of these probabilities: warnings first, and calm where nothing speaks against it. Where calm was not proved it can't
/// tell, and so it can't where [`doubts`] says why.
pub fn triage(lines: &TriageThresholds, probabilities: &[f32], classes: &[Diagnosis]) -> Triage {
    match risk(probabilities, classes) {
        risk if risk >= lines.soon => Triage::SeeDoctorSoon,
        risk if risk >= lines.look => Triage::HaveItLookedAt,
        _ if despite_risk(lines, probabilities, classes).is_some() => Triage::HaveItLookedAt,
        risk if lines.calms && risk.is_finite() => Triage::NothingSuspicious,
        _ => Triage::CannotTell,
    }
}

/// What is to be warned of whatever the risk.
fn despite_risk(
    lines: &TriageThresholds,
    probabilities: &[f32],
    classes: &[Diagnosis],
) -> Option<DespiteRisk> {
    if sum(probabilities, classes, |class| class.key == diagnosis::MELANOMA) >= lines.melanoma {
        return Some(DespiteRisk::Melanoma);
    }
    let share = sum(probabilities, classes, |class| class.refer);
    let most = (0..probabilities.len()).max_by(|&a, &b| probabilities[a].total_cmp(&probabilities[b]));
    if share >= lines.refer || most.is_some_and(|class| classes[class].refer) {
        return Some(DespiteRisk::SomethingElse);
    }
    // What is named first must not contradict a calm answer.
    most.is_some_and(|class| classes[class].malignant).then_some(DespiteRisk::MostProbable)
}

/// What a calibration makes of what the network saw, and of what is known of the person.
struct Judgement {
    modality: Modality,
    probabilities: Vec<f32>,
    likeness: Vec<f32>,
    risk: f32,
    risk_range: [f32; 2],
    triage: Triage,
    because: Vec<Reason>,
}

impl Judgement {
    /// By the photo alone.
    fn of_photo(card: &Card, modality: Modality, outputs: &[Output]) -> Self {
        let calibration = card.calibrations.of(modality);
        let logits = mean_of_views(outputs.iter().map(|output| &output.logits));
        let probabilities = calibration.probabilities(&logits);
        let of_view = |output: &Output| risk(&calibration.probabilities(&output.logits), &card.classes);
        let risk = risk(&probabilities, &card.classes);
        let lowest = outputs.iter().map(of_view).fold(risk, f32::min);
        let highest = outputs.iter().map(of_view).fold(risk, f32::max);
        Self {
            modality,
            likeness: calibration.class_balanced(&logits),
            risk,
            risk_range: [lowest, highest],
            triage: triage(&calibration.triage, &probabilities, &card.classes),
            probabilities,
            because: Vec::new(),
        }
    }

    /// The same with what is known of the person.
    fn told(self, card: &Card, person: &Person) -> Self {
        let calibration: &Calibration = card.calibrations.of(self.modality);
        let shift = calibration.person.as_ref().map_or(0.0, |terms| terms.shift(person));
        let probabilities = shifted(&self.probabilities, &card.classes, shift);
        let moved = |risk: f32| {
            if shift == 0.0 { risk } else { prior_corrected(&[risk, 1.0 - risk], &[shift.exp(), 1.0])[0] }
        };
        let triage = triage(&calibration.triage, &probabilities, &card.classes);
        Self {
            modality: self.modality,
            likeness: shifted(&self.likeness, &card.classes, shift),
            risk: risk(&probabilities, &card.classes),
            risk_range: self.risk_range.map(moved),
            // No photo speaks against what somebody noticed.
            triage: if person.noticed.any() { triage.more_cautious(Triage::HaveItLookedAt) } else { triage },
            because: calibration.person.as_ref().map_or_else(Vec::new, |terms| terms.reasons(person)),
            probabilities,
        }
    }
}

/// Why there is no answer, where there is none.
fn doubts(judged: &Judgement, novelty: &Novelty, quality: &Quality, despite_quality: bool) -> Vec<Doubt> {
    let mut doubts = Vec::new();
    if !quality.suffices() && !despite_quality {
        doubts.push(Doubt::Quality);
    }
    // Asked this way round, so that a figure that is no number counts against the picture.
    let lesion = novelty.lesion >= novelty.least_lesion;
    let familiar = novelty.nearness >= novelty.least_nearness && judged.risk.is_finite();
    if !lesion {
        doubts.push(Doubt::NotALesion);
    }
    if !familiar {
        doubts.push(Doubt::Unfamiliar);
    }
    // A bad photo may show something suspicious; that nothing can be seen in it says nothing.
    if despite_quality && !judged.triage.warns() {
        doubts.push(Doubt::Quality);
    }
    if judged.triage == Triage::CannotTell && doubts.is_empty() {
        doubts.push(Doubt::Untested);
    }
    doubts
}

/// Draws the conclusions from what the network saw.
fn conclude(card: &Card, outputs: &[Output], look: Look, quality: Quality) -> Assessment {
    let probed = Probed::mean(outputs.iter().map(|output| output.probed));
    let kind = card.modality(probed.phone);
    let kind_unsure = card.is_unsure(probed.phone);
    let alone = |modality| Judgement::of_photo(card, modality, outputs);
    let mut judged = alone(kind);
    if kind_unsure {
        let other = alone(kind.other());
        if judged.triage.more_cautious(other.triage) != judged.triage {
            judged = other;
        }
    }
    // What is no lesion is told by the lines for what it seems to be, however unsure: a warning stays one.
    let lines = card.calibrations.of(kind);
    let novelty = Novelty {
        nearness: probed.nearness,
        least_nearness: lines.least_nearness,
        lesion: probed.lesion,
        least_lesion: lines.least_lesion,
    };
    let despite_quality = look.despite_quality && !quality.suffices();
    let of_photo = Assessment {
        schema: SCHEMA,
        model: card.version.clone(),
        crop: look.square,
        views: outputs.len(),
        probabilities: Vec::new(),
        risk: judged.risk,
        risk_range: judged.risk_range,
        triage: judged.triage,
        cannot_tell: Vec::new(),
        despite_quality,
        prediction_set: Vec::new(),
        prediction_set_coverage: card.prediction_set_coverage,
        novelty,
        kind,
        plain_photo: 1.0 / (1.0 + (-probed.phone).exp()),
        kind_unsure,
        calibrated_for: judged.modality,
        quality,
        person: Person::default(),
        because: Vec::new(),
        despite_risk: None,
        risk_of_photo: Some(judged.risk),
        foreign_model: None,
    };
    of_photo.judged(card, judged, look.person)
}

impl Assessment {
    /// The same answer with what is known of the person. `self` is of the photo alone: what somebody takes back leaves no trace.
    /// None where another model gave it, or where something was told already.
    pub fn with_person(&self, card: &Card, person: Person) -> Option<Self> {
        let of_photo = |class: &Diagnosis| {
            self.probabilities.iter().find(|likelihood| likelihood.diagnosis == class.key)
        };
        let rows: Vec<&Likelihood> = card.classes.iter().filter_map(of_photo).collect();
        if self.model != card.version
            || self.schema != SCHEMA
            || !self.person.is_unknown()
            || rows.len() != card.classes.len()
        {
            return None;
        }
        let judged = Judgement {
            modality: self.calibrated_for,
            probabilities: rows.iter().map(|likelihood| likelihood.probability).collect(),
            likeness: rows.iter().map(|likelihood| likelihood.likeness).collect(),
            risk: self.risk,
            risk_range: self.risk_range,
            triage: self.triage,
            because: Vec::new(),
        };
        Some(self.clone().judged(card, judged, person))
    }

    /// Filled in with this judgement and what is known of the person.
    fn judged(self, card: &Card, judged: Judgement, person: Person) -> Self {
        let judged = judged.told(card, &person);
        let cannot_tell = doubts(&judged, &self.novelty, &self.quality, self.despite_quality);
        let key = |class: usize| card.classes[class].key.to_string();
        let ranked = prediction_set(&judged.probabilities, &vec![0.0; judged.probabilities.len()]);
        let calibration = card.calibrations.of(judged.modality);
        let (lines, thresholds) = (&calibration.triage, &calibration.prediction_set);
        let low = judged.triage == Triage::HaveItLookedAt && judged.risk < lines.look;
        let likelihood = |class: usize| Likelihood {
            diagnosis: key(class),
            malignant: card.classes[class].malignant,
            refer: card.classes[class].refer,
            probability: judged.probabilities[class],
            likeness: judged.likeness[class],
        };
        Self {
            prediction_set: prediction_set(&judged.probabilities, thresholds).into_iter().map(key).collect(),
            probabilities: ranked.into_iter().map(likelihood).collect(),
            risk: judged.risk,
            risk_range: judged.risk_range,
            triage: if cannot_tell.is_empty() { judged.triage } else { Triage::CannotTell },
            cannot_tell,
            person,
            because: judged.because,
            despite_risk: low.then(|| despite_risk(lines, &judged.probabilities, &card.classes)).flatten(),
            ..self
        }
    }
}
