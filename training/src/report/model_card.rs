//! The model card: every figure in it comes from an [`Evaluation`], none is typed.

use std::fmt::Write;

use net::network::card::Card;
use serde_json::Value;
use vision::photo::quality::Aspect;

use crate::data::sample::Rendition;
use crate::fit::quality;
use crate::report::answered::Answered;
use crate::report::evaluate::Evaluation;

mod answers;
mod practice;
mod tables;

/// What the card is made of.
pub struct Material<'a> {
    /// The measured figures.
    pub evaluation: &'a Evaluation,
    /// What goes with the weights.
    pub card: &'a Card,
    /// `calibration.json` of the run.
    pub calibration: &'a Value,
    /// `quality.json`, where the quality thresholds were measured.
    pub quality: Option<&'a Value>,
    /// Whether the pictures are those of HAM10000 and PAD-UFES-20.
    pub published_data: bool,
}

/// What the app's own weights learnt from; others name their configuration alone.
const LEARNT_FROM: &str = "Further trained from the weights that the app had before, on HAM10000 (dermatoscopic, Austria and Australia),
the ISIC archive (dermatoscopic), MILK10k (each lesion plain and through a dermatoscope, five centres) and PAD-UFES-20 (phone
photos, Brazil). What is held back, by lesion or patient and across sources, is in this table; selection, parameters and figures rest
on that part alone.
";

/// The card as Markdown.
pub fn write(of: &Material) -> String {
    let mut text = String::new();
    let card = of.card;
    let keys: Vec<&str> = card.classes.iter().map(|class| &*class.key).collect();
    let learnt_from = if of.published_data { LEARNT_FROM } else { "" };
    let _ = writeln!(
        text,
        "# Model card: {version}\n\n\
         Written by `training evaluate`; every figure is measured by that command and the ones before it. The model, an\n\
         {network}, tells apart {classes} in a square picture of {side} x {side} pixels.\n\n\
         **No medical device.** It was never tested in a clinic, on people who chose their own photos. Weights: {licence}.\n\n\
         ## What it learnt from\n\n\
         {learnt_from}\n{pictures}\n\
         The run's configuration and log are `training-config.json` and `training-log.jsonl` beside this file.\n",
        version = card.version,
        network = card.architecture,
        classes = keys.join(", "),
        side = card.input_side_px,
        licence = card.licence,
        pictures = of.evaluation.pictures,
    );
    if of.published_data {
        text.push_str(practice::INTENDED);
    }
    answers::meaning(&mut text, card);
    for table in &of.evaluation.tables {
        tables::write(&mut text, table, card);
        answers::elsewhere(&mut text, table);
        answers::persons(&mut text, table, card);
        answers::base_rates(&mut text, table);
    }
    practice::write(&mut text, &of.evaluation.practice);
    write_sources(&mut text, of.evaluation);
    write_variants(&mut text, of.evaluation);
    write_novelty(&mut text, of.evaluation, of.calibration);
    if let Some(quality) = of.quality {
        write_quality(&mut text, quality);
    }
    text
}

/// Whether the look of a source stands in for a diagnosis.
fn write_sources(text: &mut String, evaluation: &Evaluation) {
    if evaluation.source_probes.is_empty() && evaluation.taken_for.is_empty() {
        return;
    }
    text.push_str(
        "## Does it know a clinic by its look?\n\n\
         A linear probe on the features before the last layer is taught to tell two sources apart, on pictures of one diagnosis, by half\n\
         of the lesions (or patients), and judged on the other half. An AUROC of 0.5 would mean that the features hold nothing of the\n\
         source.\n\n| modality | diagnosis | sources | pictures | AUROC |\n|---|---|---|---|---|\n",
    );
    for probe in &evaluation.source_probes {
        let [one, other] = &probe.sources;
        let (modality, class) = (probe.modality.key(), &probe.class);
        let _ = writeln!(
            text,
            "| {modality} | {class} | {one}, {other} | {} | {:.3} |",
            probe.count, probe.auroc
        );
    }
    text.push_str(
        "\nSome diagnoses are not in every source. How often pictures of *other* diagnoses are taken for such a one, if all were equally\n\
         common: were it known by the look of its source, the sources that have it would be taken for it far more often.\n\n\
         | modality | diagnosis | source | has it | pictures of others | taken for it |\n|---|---|---|---|---|---|\n",
    );
    for row in &evaluation.taken_for {
        let share = 100.0 * row.taken as f64 / row.count as f64;
        let has = if row.has_it { "yes" } else { "no" };
        let (modality, class, source) = (row.modality.key(), &row.class, &row.source);
        let _ = writeln!(text, "| {modality} | {class} | {source} | {has} | {} | {share:.1} % |", row.count);
    }
    text.push('\n');
}

fn write_variants(text: &mut String, evaluation: &Evaluation) {
    let _ = writeln!(
        text,
        "## Picture size, sharpness and views\n\nOn the first kind of picture, the parameters of each row cross-fitted on its own pictures. *common*: the file that all pictures have (HAM10000: 200 x 150\n\
         pixels); *sharpest*: the best there is (224 x 224 for some, and for moles more often than for others: compare the last two\n\
         rows, which have the same pictures). Images per second: within one run, reading included.\n\n\
         | pictures | file | side, px | views | balanced accuracy | AUROC melanoma | AUROC malignant | images/s |\n|---|---|---|---|---|---|---|---|"
    );
    let area = |value: Option<f64>| value.map_or("–".into(), |value| format!("{value:.3}"));
    for variant in &evaluation.variants {
        let _ = writeln!(
            text,
            "| {} | {} | {} | {} | {:.3} | {} | {} | {:.0} |",
            variant.count,
            match variant.rendition {
                Rendition::Sharpest => "sharpest",
                Rendition::Common => "common",
            },
            variant.side_px,
            variant.views,
            variant.balanced_accuracy,
            area(variant.melanoma_auroc),
            area(variant.malignant_auroc),
            variant.images_per_s
        );
    }
    let _ = writeln!(text);
}

fn write_novelty(text: &mut String, of: &Evaluation, calibration: &Value) {
    let _ = writeln!(text, "## What is no lesion\n");
    for passed in calibration["passed"].as_array().into_iter().flatten() {
        let share = passed[1].as_f64().unwrap_or(f64::NAN) * 100.0;
        let kind = passed[0].as_str().unwrap_or_default();
        let _ = writeln!(
            text,
            "- Of held-back pictures ({kind}), {share:.1} % pass as lesions, by lines set on them."
        );
    }
    for answered in &of.answered {
        let Answered { count, answers, no_lesion, unfamiliar, quality, .. } = answered;
        let _ = writeln!(
            text,
            "- Of {count} held-back pictures ({}), the app answers {:.1} %; it turns away {no_lesion} as no lesion, {unfamiliar} as\n  \
             unfamiliar and {quality} for their quality (some for more than one reason).",
            answered.which(),
            100.0 * *answers as f64 / *count as f64
        );
    }
    if let Some(area) = calibration["phone_auroc"].as_f64() {
        let _ = writeln!(text, "- Plain photos against dermatoscopic pictures, held back: AUROC {area:.3}.");
    }
    let _ = writeln!(
        text,
        "\nAUROC of held-back lesions against held-back pictures of other things, by the way of telling them apart. The app uses the\n\
         probe and, for what it has never seen, the prototypes. *Unseen*: the probe when this kind was left out of what it\n\
         learnt from.\n\n| kind | views | of pictures | confidence | energy | Mahalanobis | neighbours | prototypes | probe | probe, unseen | turned away |\n|---|---|---|---|---|---|---|---|---|---|---|"
    );
    for row in calibration["novelty"].as_array().into_iter().flatten() {
        let names = [
            "confidence",
            "energy",
            "mahalanobis",
            "neighbours",
            "prototypes",
            "probe",
            "probe_unseen",
            "turned_away",
        ];
        let cells: Vec<String> =
            names.map(|name| format!("{:.3}", row[name].as_f64().unwrap_or(f64::NAN))).to_vec();
        let kind = row["kind"].as_str().unwrap_or_default();
        let _ = writeln!(text, "| {kind} | {} | {} | {} |", row["count"], row["sources"], cells.join(" | "));
    }
    let _ = writeln!(text);
}

fn write_quality(text: &mut String, quality: &Value) {
    let _ = writeln!(
        text,
        "## Quality of the photo\n\nHeld-back dermatoscopic pictures were degraded at random strengths (`training quality`). Each row: pictures whose figure lies in\n\
         the range, and the balanced accuracy among them, with classes weighted alike. The edge is that of the range beyond which\n\
         a monotone fit of it lies more than {} below that of the pictures as they are; the app's threshold is as strict or a little stricter. Nearly all of these pictures show light skin: dark skin\n\
         in good light may be called too dark.\n",
        quality::TOLERATED
    );
    for aspect in quality.as_array().into_iter().flatten() {
        let name = aspect["aspect"].as_str().unwrap_or_default();
        let _ = writeln!(
            text,
            "**{name}**, edge {:.3}, threshold {:.3}, undegraded balanced accuracy {:.3}:\n\n| from | to | pictures | balanced accuracy |\n|---|---|---|---|",
            aspect["threshold"].as_f64().unwrap_or(f64::NAN),
            serde_json::from_value(aspect["aspect"].clone()).map_or(f32::NAN, Aspect::threshold),
            aspect["undegraded"].as_f64().unwrap_or(f64::NAN)
        );
        for bin in aspect["bins"].as_array().into_iter().flatten() {
            let cell = |name: &str| format!("{:.3}", bin[name].as_f64().unwrap_or(f64::NAN));
            let _ = writeln!(
                text,
                "| {} | {} | {} | {} |",
                cell("from"),
                cell("to"),
                bin["count"],
                cell("balanced_accuracy")
            );
        }
        let _ = writeln!(text);
    }
}
