//! The two commands that measure an exported model: they write what they find beside it.

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

use burn::tensor::Device;
use net::modality::Modality;
use net::network::model::Model;

use crate::data::dataset::{Dataset, main_modality};
use crate::data::load::load;
use crate::data::sample::Sample;
use crate::data::split::Split;
use crate::data::survey;
use crate::fit::quality;
use crate::report::judgements::Judgements;
use crate::report::{answered, evaluate, figures, model_card, plots, practice, sources, variants};
use crate::train::exported::{CALIBRATION, EVALUATION, LOG, MODEL_CARD, QUALITY};
use crate::train::run::{self, EpochLog};

/// Measures the model in `folder` on the validation pictures of these data sets; writes figures, card and plots there, and prints the card.
///
/// # Errors
/// When a picture or a file of the model can't be read, or the result can't be written.
pub fn evaluate(
    folder: &Path,
    data: &[PathBuf],
    answers: Option<&Path>,
    device: &Device,
) -> Result<(), Box<dyn Error>> {
    let model = Model::load(folder, device)?;
    let dataset = load(data)?;
    check_classes(&model, &dataset)?;
    let evaluate::Measured { tables, judgements: rows, source_probes } =
        evaluate::evaluate(&model, &dataset, answers, device)?;
    let variants = variants::variants(&model, &dataset, device)?;
    let answered = answered::answered(&model, &dataset)?;
    let keys: Vec<String> = model.card().classes.iter().map(|class| class.key.to_string()).collect();
    let evaluation = evaluate::Evaluation {
        model: model.card().version.clone(),
        tables,
        variants,
        answered,
        source_probes,
        taken_for: sources::taken_for(&rows, &keys),
        practice: practice::practice(&rows, &model.card().classes),
        pictures: survey::table(&dataset),
    };
    let read = |name: &str| fs::read_to_string(folder.join(name));
    let calibration = serde_json::from_str(&read(CALIBRATION)?)?;
    let quality = read(QUALITY).ok().and_then(|text| serde_json::from_str(&text).ok());
    let card = model_card::write(&model_card::Material {
        evaluation: &evaluation,
        card: model.card(),
        calibration: &calibration,
        quality: quality.as_ref(),
        published_data: dataset.samples.iter().any(|sample| sample.modality == Modality::Dermatoscope),
    });
    println!("{card}");
    fs::write(folder.join(MODEL_CARD), card)?;
    fs::write(folder.join(EVALUATION), serde_json::to_string_pretty(&evaluation)?)?;
    plot(&folder.join("plots"), &run::read_log(&folder.join(LOG))?, &model, &rows)
}

/// Measures how the photo's quality matters to the model in `folder`, on the validation pictures of these data sets; writes the table
/// there, and prints it.
///
/// # Errors
/// When a picture or a file of the model can't be read, or the result can't be written.
pub fn quality(folder: &Path, data: &[PathBuf], device: &Device) -> Result<(), Box<dyn Error>> {
    let model = Model::load(folder, device)?;
    let dataset = load(data)?;
    check_classes(&model, &dataset)?;
    let validation = dataset.of(Split::Validation);
    let main = main_modality(&validation);
    let samples: Vec<&Sample> = validation.into_iter().filter(|sample| sample.modality == main).collect();
    let measured = quality::measure(&model, &samples, device)?;
    let text = serde_json::to_string_pretty(&measured)?;
    println!("{text}");
    Ok(fs::write(folder.join(QUALITY), text)?)
}

/// A model can only be measured on pictures of its own classes. The pictures may show more: what it has no class for counts as malignant
/// or not, and is left out of figures by class.
///
/// # Errors
/// When the pictures lack a class of the model.
pub fn check_classes(model: &Model, dataset: &Dataset) -> Result<(), Box<dyn Error>> {
    let shown = dataset.diagnoses();
    match model.card().classes.iter().all(|class| shown.contains(class)) {
        true => Ok(()),
        false => Err("the pictures have other classes than the model".into()),
    }
}

/// Draws the curves of a run and the plots of its figures into `folder`, and says so.
///
/// # Errors
/// When a file can't be written.
pub fn plot(
    folder: &Path,
    log: &[EpochLog],
    model: &Model,
    rows: &[Judgements],
) -> Result<(), Box<dyn Error>> {
    fs::create_dir_all(folder)?;
    plots::learning_curves(log, &folder.join("learning-curves.svg"))?;
    let classes = &model.card().classes;
    for (modality, rows) in rows {
        let name = |plot: &str| {
            let kind = match modality {
                Modality::Dermatoscope => "dermatoscope",
                Modality::PlainPhoto => "phone",
            };
            folder.join(format!("{plot}-{kind}.svg"))
        };
        plots::confusion_matrix(&figures::confusion(rows, classes.len()), classes, &name("confusion"))?;
        plots::roc_curves(rows, classes, &name("roc"))?;
        plots::reliability_diagram(rows, &name("reliability"))?;
    }
    println!("Plots are in {}.", folder.display());
    Ok(())
}
