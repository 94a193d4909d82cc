//! The model card: every figure in it comes from an [`Evaluation`], none is typed.

use std::fmt::Write;

use serde_json::Value;
use spotcheck::network::model::Card;

use crate::data::Domain;
use crate::evaluate::{Evaluation, Group, Table};

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
}

/// The figures of a table's first part, in this order.
const FIGURES: [&str; 13] = [
    "balanced accuracy",
    "accuracy",
    "AUROC malignant",
    "AUROC mel",
    "sensitivity melanoma (look)",
    "sensitivity malignant (look)",
    "specificity (look)",
    "sensitivity melanoma (soon)",
    "sensitivity malignant (soon)",
    "specificity (soon)",
    "calibration error",
    "prediction set coverage",
    "prediction set size",
];
/// The figures of groups: name in the evaluation, name in the card.
const GROUP_FIGURES: [(&str, &str); 5] = [
    ("balanced accuracy", "balanced accuracy"),
    ("AUROC malignant", "AUROC malignant"),
    ("sensitivity malignant (look)", "sensitivity (look)"),
    ("specificity (look)", "specificity (look)"),
    ("calibration error", "calibration error"),
];

/// The card as Markdown.
pub fn write(of: &Material) -> String {
    let mut text = String::new();
    let card = of.card;
    let _ = writeln!(
        text,
        "# Model card: {version}\n\n\
         Written by `training evaluate`; every figure is measured by that command. It names the seven diagnoses of\n\
         HAM10000 in a square picture of a skin lesion of {side} x {side} pixels.\n\n\
         **No medical device.** It was never tested in a clinic, on people who chose their own photos. Weights: CC BY-NC 4.0\n\
         (they were trained on HAM10000, whose licence that is): not for commercial use.\n\n\
         ## What it learnt from\n\n\
         EfficientNet-Lite0 from ImageNet weights, on folds 1 to 4 of HAM10000 (dermatoscopic pictures from Austria and\n\
         Australia, split by lesion) and on three quarters of the patients of 472 phone photos of PAD-UFES-20 (Brazil). The run's\n\
         configuration and log are `training-config.json` and `training-log.jsonl` beside this file. For whom it is less sure: skin\n\
         of Fitzpatrick types IV to VI is all but missing from both data sets; so are children, nails, mucous membranes and\n\
         lesions without pigment; plain phone photos are few.\n\n\
         ## What its numbers mean\n\n\
         The probabilities answer the question *which of the seven is it, if all were equally common?* The network was trained\n\
         that way so that rare, dangerous diagnoses are not drowned by moles. Among people who photograph a mole,\n\
         cancer is far rarer than one in three: a high risk is a reason to have it examined, not a verdict.\n\n\
         - Temperature {temperature:.3}, chosen so that mean confidence equals accuracy on fold 0.\n\
         - *Look* line: risk {look:.3}, the highest at which 95 % of melanomas and 90 % of everything malignant in fold 0 lie above it.\n\
         - *Soon* line: risk {soon:.3}, above which 5 % of the benign lesions of fold 0 lie.\n\
         - Prediction set: split conformal with one threshold a class (Sadinle, Lei & Wasserman 2019), promised {coverage:.0} %.\n\n\
         Figures that depend on such parameters are cross-fitted on fold 0: each half of the lesions is judged with parameters\n\
         fitted on the other half. On phone photos the parameters of fold 0 are used as they are. The epoch was selected on\n\
         fold 0 too, which flatters its figures a little. Intervals: 95 % bootstrap over lesions (or patients), 1,000 resamples.\n",
        version = card.version,
        side = card.input_side_px,
        temperature = card.temperature,
        look = card.triage.look,
        soon = card.triage.soon,
        coverage = 100.0 * card.prediction_set_coverage,
    );
    for table in &of.evaluation.tables {
        write_table(&mut text, table, card);
    }
    write_variants(&mut text, of.evaluation);
    write_novelty(&mut text, of.calibration);
    if let Some(quality) = of.quality {
        write_quality(&mut text, quality);
    }
    text
}

fn write_table(text: &mut String, table: &Table, card: &Card) {
    let title = match table.domain {
        Domain::Dermatoscope => "Dermatoscopic pictures: HAM10000, fold 0",
        Domain::Phone => "Plain phone photos: PAD-UFES-20, patients held back",
    };
    let _ = writeln!(
        text,
        "## {title} ({} pictures)\n\n| figure | value | 95 % interval |\n|---|---|---|",
        table.count
    );
    let find = |name: &str| table.figures.iter().find(|figure| figure.name == name);
    let classes = card
        .classes
        .iter()
        .flat_map(|class| [format!("AUROC {}", class.key), format!("recall {}", class.key)]);
    let mut names: Vec<String> = FIGURES.iter().map(ToString::to_string).collect();
    names.extend(classes);
    names.sort_by_key(|name| FIGURES.iter().position(|known| known == name).unwrap_or(usize::MAX));
    names.dedup();
    for figure in names.iter().filter_map(|name| find(name)) {
        let _ = writeln!(
            text,
            "| {} | {:.3} | {:.3} to {:.3} |",
            figure.name, figure.value, figure.low, figure.high
        );
    }
    let _ = writeln!(text, "\nTruth (rows) and answer (columns):\n");
    let keys: Vec<&str> = card.classes.iter().map(|class| &*class.key).collect();
    let _ = writeln!(text, "| | {} |\n|---|{}", keys.join(" | "), "---|".repeat(keys.len()));
    for (key, row) in keys.iter().zip(&table.confusion) {
        let cells: Vec<String> = row.iter().map(usize::to_string).collect();
        let _ = writeln!(text, "| **{key}** | {} |", cells.join(" | "));
    }
    let _ = writeln!(text, "\nBy groups of at least 20 pictures:\n");
    let heads: Vec<&str> = GROUP_FIGURES.iter().map(|(_, head)| *head).collect();
    let _ = writeln!(
        text,
        "| group | pictures | malignant | {} |\n|---|---|---|{}",
        heads.join(" | "),
        "---|".repeat(heads.len())
    );
    for group in &table.groups {
        write_group(text, group);
    }
    let _ = writeln!(text);
}

fn write_group(text: &mut String, group: &Group) {
    let cell = |(name, _): &(&str, &str)| match group.figures.get(*name) {
        Some(value) => format!("{value:.3}"),
        None => "–".into(),
    };
    let cells: Vec<String> = GROUP_FIGURES.iter().map(cell).collect();
    let Group { by, group, count, malignant, .. } = group;
    let _ = writeln!(text, "| {by}: {group} | {count} | {malignant} | {} |", cells.join(" | "));
}

fn write_variants(text: &mut String, evaluation: &Evaluation) {
    let _ = writeln!(
        text,
        "## Picture size and views\n\nOn the first kind of picture. The cost grows with the number of views and the square of the side.\n\n\
         | side, px | views | balanced accuracy | AUROC melanoma | AUROC malignant |\n|---|---|---|---|---|"
    );
    let area = |value: Option<f64>| value.map_or("–".into(), |value| format!("{value:.3}"));
    for variant in &evaluation.variants {
        let _ = writeln!(
            text,
            "| {} | {} | {:.3} | {} | {} |",
            variant.side_px,
            variant.views,
            variant.balanced_accuracy,
            area(variant.melanoma_auroc),
            area(variant.malignant_auroc)
        );
    }
    let _ = writeln!(text);
}

fn write_novelty(text: &mut String, calibration: &Value) {
    let _ = writeln!(text, "## What is no lesion\n");
    for passed in calibration["passed"].as_array().into_iter().flatten() {
        let share = passed[1].as_f64().unwrap_or(f64::NAN) * 100.0;
        let kind = passed[0].as_str().unwrap_or_default();
        let _ = writeln!(text, "- Of held-back pictures ({kind}), {share:.1} % pass as lesions.");
    }
    if let Some(area) = calibration["phone_auroc"].as_f64() {
        let _ = writeln!(text, "- Plain photos against dermatoscopic pictures, held back: AUROC {area:.3}.");
    }
    let _ = writeln!(
        text,
        "\nAUROC of held-back lesions against held-back pictures of other things, by the way of telling them apart. The app uses the\n\
         probe and, for what it has never seen, the prototypes. *Unseen*: the probe when this kind was left out of what it\n\
         learnt from.\n\n| kind | pictures | confidence | energy | Mahalanobis | neighbours | prototypes | probe | probe, unseen |\n|---|---|---|---|---|---|---|---|---|"
    );
    for row in calibration["novelty"].as_array().into_iter().flatten() {
        let names =
            ["confidence", "energy", "mahalanobis", "neighbours", "prototypes", "probe", "probe_unseen"];
        let cells: Vec<String> =
            names.map(|name| format!("{:.3}", row[name].as_f64().unwrap_or(f64::NAN))).to_vec();
        let kind = row["kind"].as_str().unwrap_or_default();
        let _ = writeln!(text, "| {kind} | {} | {} |", row["count"], cells.join(" | "));
    }
    let _ = writeln!(text);
}

fn write_quality(text: &mut String, quality: &Value) {
    let _ = writeln!(
        text,
        "## Quality of the photo\n\nHeld-back dermatoscopic pictures were degraded at random strengths (`training quality`). Each row: pictures whose figure lies in\n\
         the range, and the balanced accuracy among them, with classes weighted alike.\n"
    );
    for aspect in quality.as_array().into_iter().flatten() {
        let name = aspect["aspect"].as_str().unwrap_or_default();
        let _ = writeln!(
            text,
            "**{name}**, threshold {:.3}, undegraded balanced accuracy {:.3}:\n\n| from | to | pictures | balanced accuracy |\n|---|---|---|---|",
            aspect["threshold"].as_f64().unwrap_or(f64::NAN),
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
