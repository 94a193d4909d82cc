//! The figures of one kind of picture: of all, of groups of people and places, and of each source by what was fitted on the others.

use std::collections::BTreeSet;

use net::diagnosis::Diagnosis;
use net::modality::Modality;
use serde::Serialize;

use crate::fit::case::melanoma;
use crate::fit::judge::Judged;
use crate::report::figures::{Figure, SEVEN, Which, by_photo, confusion, figures, with_intervals};
use crate::report::judgements::Row;

/// Groups with fewer pictures get no figures of their own.
const LEAST_GROUP: usize = 20;
/// The figures that groups get.
pub const OF_GROUPS: [&str; 8] = [
    "balanced accuracy",
    "AUROC mel",
    "AUROC malignant",
    "sensitivity melanoma (look)",
    "sensitivity malignant (look)",
    "specificity (look)",
    "calibration error",
    "prediction set coverage",
];
/// What [`KnownPersons`] compares.
const OF_PERSONS: [&str; 8] = [
    "AUROC mel",
    "AUROC malignant",
    "balanced accuracy",
    SEVEN,
    "calibration error of the risk",
    "sensitivity melanoma (look)",
    "sensitivity malignant (look)",
    "specificity (look)",
];

/// Figures for some of the pictures.
#[derive(Debug, Clone, Serialize)]
pub struct Group {
    /// What they have in common, e.g. `sex`.
    pub by: String,
    /// Their value of it, e.g. `female`.
    pub group: String,
    /// How many there are.
    pub count: usize,
    /// How many of them are malignant.
    pub malignant: usize,
    /// Those of [`OF_GROUPS`] that there are.
    pub figures: Vec<Figure>,
}

/// All figures for one kind of picture.
#[derive(Debug, Clone, Serialize)]
pub struct Table {
    /// How the pictures were taken.
    #[serde(rename = "domain")]
    pub modality: Modality,
    /// How many there are.
    pub count: usize,
    /// How often each class was taken for each.
    pub confusion: Vec<Vec<usize>>,
    /// Figures with intervals.
    pub figures: Vec<Figure>,
    /// How many of them are melanomas.
    pub melanomas: usize,
    /// How many are malignant.
    pub malignant: usize,
    /// How many are benign; the others are mixtures of which nobody can say.
    pub benign: usize,
    /// Whether what reaches no line is called not suspicious: [`net::network::calibration::TriageThresholds::calms`].
    pub calms: bool,
    /// Figures of groups.
    pub groups: Vec<Group>,
    /// The figures of each source, with all parameters and lines fitted on the others: what to expect in another clinic.
    pub elsewhere: Vec<Group>,
    /// What it brings to know the person, on each source that tells of some.
    pub persons: Vec<KnownPersons>,
}

/// Figures with and without what is known of the persons, on the pictures of a source of whose person something is known.
#[derive(Debug, Clone, Serialize)]
pub struct KnownPersons {
    /// The source.
    pub source: String,
    /// How many pictures.
    pub count: usize,
    /// Names of figures, each by the photo alone and with what is known.
    pub figures: Vec<(String, Option<f64>, Option<f64>)>,
    /// Warnings that what is known turned into calm.
    pub calmed: usize,
    /// How many of these were malignant.
    pub calmed_malignant: usize,
    /// Calm answers that it turned into warnings.
    pub alarmed: usize,
    /// How many of these were malignant.
    pub alarmed_malignant: usize,
}

/// Figures of all, and of groups.
pub fn table(rows: &[Row], classes: &[Diagnosis], modality: Modality, calms: bool) -> Table {
    let traits: BTreeSet<(&str, &str)> =
        rows.iter().flat_map(|row| row.traits.iter().map(|(by, group)| (*by, group.as_str()))).collect();
    let has = |row: &Row, by: &str, group: &str| row.traits.get(by).is_some_and(|value| value == group);
    let group = |(by, group): (&str, &str), which: Which| {
        let some: Vec<&Row> = rows.iter().filter(|row| has(row, by, group)).collect();
        (some.len() >= LEAST_GROUP).then(|| Group {
            by: by.into(),
            group: group.into(),
            count: some.len(),
            malignant: some.iter().filter(|row| row.malignant == Some(true)).count(),
            figures: with_intervals(&some, classes, which)
                .into_iter()
                .filter(|figure| OF_GROUPS.contains(&&*figure.name))
                .collect(),
        })
    };
    // By the photo itself where there is no other source; then there is no such table.
    let elsewhere: Which = |row| row.elsewhere.as_ref().unwrap_or(&row.judged);
    let sources = || traits.iter().copied().filter(|(by, _)| *by == "source");
    let has_others = rows.iter().any(|row| row.elsewhere.is_some());
    let melanoma = melanoma(classes);
    Table {
        modality,
        count: rows.len(),
        confusion: confusion(rows, classes.len()),
        figures: with_intervals(&rows.iter().collect::<Vec<_>>(), classes, by_photo),
        melanomas: rows.iter().filter(|row| melanoma.is_some() && row.class == melanoma).count(),
        malignant: rows.iter().filter(|row| row.malignant == Some(true)).count(),
        benign: rows.iter().filter(|row| row.malignant == Some(false)).count(),
        calms,
        groups: traits.iter().filter_map(|&of| group(of, by_photo)).collect(),
        elsewhere: sources().filter(|_| has_others).filter_map(|of| group(of, elsewhere)).collect(),
        persons: sources()
            .filter_map(|(by, source)| {
                let some: Vec<&Row> =
                    rows.iter().filter(|row| row.knows_person && has(row, by, source)).collect();
                (some.len() >= LEAST_GROUP).then(|| known_persons(source, &some, classes))
            })
            .collect(),
    }
}

/// What it brings to know the persons of these rows.
fn known_persons(source: &str, rows: &[&Row], classes: &[Diagnosis]) -> KnownPersons {
    let (alone, told) = (figures(rows, classes, by_photo), figures(rows, classes, |row| &row.told));
    let find = |name: &str| (name.to_string(), alone.get(name).copied(), told.get(name).copied());
    let changed = |before: fn(&Judged) -> bool, after: fn(&Judged) -> bool| {
        let changed = rows.iter().filter(|row| before(&row.judged) && after(&row.told));
        let malignant = changed.clone().filter(|row| row.malignant == Some(true)).count();
        (changed.count(), malignant)
    };
    let (calmed, calmed_malignant) = changed(|judged| judged.look, |judged| judged.calm);
    let (alarmed, alarmed_malignant) = changed(|judged| judged.calm, |judged| judged.look);
    KnownPersons {
        source: source.into(),
        count: rows.len(),
        figures: OF_PERSONS.map(find).to_vec(),
        calmed,
        calmed_malignant,
        alarmed,
        alarmed_malignant,
    }
}
