//! How many validation pictures get an answer from the app, whole as it is, and why the others get none.

use assess::assessment::{Assessor, Doubt, Look};
use net::modality::Modality;
use net::network::model::Model;
use serde::Serialize;

use crate::data::dataset::Dataset;
use crate::data::error::DataError;
use crate::data::sample::{Rendition, Sample};
use crate::data::split::Split;

/// How many validation pictures of a kind get an answer from the app, whole as it is.
#[derive(Debug, Clone, Serialize)]
pub struct Answered {
    /// How they were taken.
    #[serde(rename = "domain")]
    pub modality: Modality,
    /// Which file of each was read.
    pub rendition: Rendition,
    /// How many there are.
    pub count: usize,
    /// How many are answered.
    pub answers: usize,
    /// How many of the others are turned away for this reason.
    pub no_lesion: usize,
    /// The same for this one.
    pub unfamiliar: usize,
    /// And for this one.
    pub quality: usize,
}

impl Answered {
    /// In words.
    pub fn which(&self) -> &'static str {
        match (self.modality, self.rendition) {
            (Modality::PlainPhoto, _) => "phone",
            (Modality::Dermatoscope, Rendition::Common) => "dermatoscope",
            (Modality::Dermatoscope, Rendition::Sharpest) => "dermatoscope, sharper files",
        }
    }
}

/// Asks the app about every validation picture, and about the sharper files that some have.
///
/// # Errors
/// When a picture can't be read.
pub fn answered(model: &Model, dataset: &Dataset) -> Result<Vec<Answered>, DataError> {
    let assessor = Assessor::new(model);
    let ask = |(modality, rendition): (Modality, Rendition)| {
        let samples: Vec<&Sample> = dataset
            .of(Split::Validation)
            .into_iter()
            .filter(|sample| sample.modality == modality)
            .filter(|sample| rendition == Rendition::Common || sample.files.len() > 1)
            .collect();
        let mut found = Answered {
            modality,
            rendition,
            count: samples.len(),
            answers: 0,
            no_lesion: 0,
            unfamiliar: 0,
            quality: 0,
        };
        for sample in samples {
            let photo = sample.load(sample.file(rendition))?;
            let (assessment, _) = assessor.assess(&photo, Look::at(photo.central_square()));
            let for_this = |doubt| usize::from(assessment.cannot_tell.contains(&doubt));
            found.answers += usize::from(assessment.cannot_tell.is_empty());
            found.no_lesion += for_this(Doubt::NotALesion);
            found.unfamiliar += for_this(Doubt::Unfamiliar);
            found.quality += for_this(Doubt::Quality);
        }
        Ok(found)
    };
    let kinds = [
        (Modality::Dermatoscope, Rendition::Common),
        (Modality::Dermatoscope, Rendition::Sharpest),
        (Modality::PlainPhoto, Rendition::Common),
    ];
    let all = kinds.into_iter().map(ask).collect::<Result<Vec<_>, DataError>>()?;
    Ok(all.into_iter().filter(|answered| answered.count > 0).collect())
}
