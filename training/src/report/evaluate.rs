//! Measuring a model on pictures that it never saw.

use std::path::Path;

use burn::tensor::Device;
use net::modality::Modality;
use net::network::model::Model;
use serde::Serialize;

use crate::data::dataset::Dataset;
use crate::data::error::DataError;
use crate::data::split::Split;
use crate::report::answered::Answered;
use crate::report::judgements::{Judgements, rows};
use crate::report::practice::Practice;
use crate::report::sources::{self, SourceProbe, TakenFor};
use crate::report::tables::{Table, table};
use crate::report::variants::Variant;
use crate::train::kept;
use crate::train::predict::How;

/// Everything that was measured.
#[derive(Debug, Clone, Serialize)]
pub struct Evaluation {
    /// [`net::network::card::Card::version`].
    pub model: String,
    /// One for each kind of picture.
    pub tables: Vec<Table>,
    /// Other picture sizes, and several views, on the first kind.
    pub variants: Vec<Variant>,
    /// How many pictures get an answer.
    pub answered: Vec<Answered>,
    /// What the figures mean in practice.
    pub practice: Vec<Practice>,
    /// How well the sources can be told apart by the network's features.
    pub source_probes: Vec<SourceProbe>,
    /// How often pictures are taken for a class that only some sources have.
    pub taken_for: Vec<TakenFor>,
    /// Which pictures there are, as a table in Markdown: [`crate::data::survey::table`].
    pub pictures: String,
}

/// What is measured by looking at each validation picture once.
pub struct Measured {
    /// One for each kind of picture.
    pub tables: Vec<Table>,
    /// How each picture was judged, for plots.
    pub judgements: Vec<Judgements>,
    /// What the features tell of the sources.
    pub source_probes: Vec<SourceProbe>,
}

/// Measures `model` on the validation pictures of `dataset`.
///
/// # Errors
/// When a picture can't be read.
pub fn evaluate(
    model: &Model,
    dataset: &Dataset,
    answers: Option<&Path>,
    device: &Device,
) -> Result<Measured, DataError> {
    let card = model.card();
    let net = &model.weights().network;
    let validation = dataset.of(Split::Validation);
    let answers = kept::samples(answers, net, &validation, How::usually(card.input_side_px), device)?;
    let mut all_rows = Vec::new();
    let mut tables = Vec::new();
    for modality in Modality::ALL {
        let rows = rows(&card.classes, dataset, &validation, &answers, modality);
        if !rows.is_empty() {
            tables.push(table(&rows, &card.classes, modality, card.calibrations.of(modality).triage.calms));
            all_rows.push((modality, rows));
        }
    }
    let probes = sources::probe(&validation, &answers, &dataset.classes, device);
    Ok(Measured { tables, judgements: all_rows, source_probes: probes })
}
