//! The card's tables of figures: of all pictures taken one way, and of groups.

use std::fmt::Write;

use net::modality::Modality;
use net::network::card::Card;

use crate::report::figures::Figure;
use crate::report::tables::{Group, OF_GROUPS, Table};

/// The figures of a table's first part, in this order.
const FIGURES: [&str; 21] = [
    "balanced accuracy",
    "accuracy",
    "balanced accuracy (stated)",
    "balanced accuracy of the seven",
    "AUROC malignant",
    "AUROC mel",
    "AUROC malignant (alike)",
    "AUROC mel (alike)",
    "sensitivity melanoma (look)",
    "sensitivity malignant (look)",
    "specificity (look)",
    "melanoma called not suspicious",
    "malignant called not suspicious",
    "something else called not suspicious",
    "sensitivity melanoma (soon)",
    "sensitivity malignant (soon)",
    "specificity (soon)",
    "calibration error",
    "calibration error of the risk",
    "prediction set coverage",
    "prediction set size",
];

/// All figures of one kind of picture.
pub(super) fn write(text: &mut String, table: &Table, card: &Card) {
    let title = match table.modality {
        Modality::Dermatoscope => "Dermatoscopic pictures, held back",
        Modality::PlainPhoto => "Plain photos, held back",
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
        .flat_map(|class| ["AUROC", "recall", "set coverage"].map(|of| format!("{of} {}", class.key)));
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
    let _ = writeln!(
        text,
        "\nTruth (rows) and what would be most probable if all were equally common (columns):\n"
    );
    let keys: Vec<&str> = card.classes.iter().map(|class| &*class.key).collect();
    let _ = writeln!(text, "| | {} |\n|---|{}", keys.join(" | "), "---|".repeat(keys.len()));
    for (key, row) in keys.iter().zip(&table.confusion) {
        let cells: Vec<String> = row.iter().map(usize::to_string).collect();
        let _ = writeln!(text, "| **{key}** | {} |", cells.join(" | "));
    }
    let _ = writeln!(text, "\nBy groups of at least 20 pictures, with 95 % intervals:\n");
    let _ = writeln!(
        text,
        "| group | pictures | malignant | {} |\n|---|---|---|{}",
        OF_GROUPS.join(" | "),
        "---|".repeat(OF_GROUPS.len())
    );
    for group in &table.groups {
        write_group(text, group);
    }
    let _ = writeln!(text);
}

/// The row of a group in a table whose columns are [`OF_GROUPS`].
pub(super) fn write_group(text: &mut String, group: &Group) {
    let cell = |name: &&str| match group.figures.iter().find(|figure| figure.name == *name) {
        Some(Figure { value, low, high, .. }) => format!("{value:.2} ({low:.2} to {high:.2})"),
        None => "–".into(),
    };
    let cells: Vec<String> = OF_GROUPS.iter().map(cell).collect();
    let Group { by, group, count, malignant, .. } = group;
    let _ = writeln!(text, "| {by}: {group} | {count} | {malignant} | {} |", cells.join(" | "));
}
