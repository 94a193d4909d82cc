//! What was measured of the embedded model, as `training evaluate` wrote it: the app shows these figures and retypes none.

use std::sync::LazyLock;

use serde::Deserialize;

use crate::assessment::{Assessment, Kind};

const EVALUATION: &str = include_str!("../models/evaluation.json");

/// All that was measured.
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(default)]
pub struct Evidence {
    /// One a kind of picture.
    pub tables: Vec<Table>,
}

/// What was measured on held-back pictures of one kind.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Table {
    /// How they were taken: `dermatoscope` or `phone`.
    pub domain: String,
    /// How many pictures.
    pub count: usize,
    /// How often each diagnosis (row, in the order of [`crate::diagnosis::HAM10000`]) was taken for each.
    pub confusion: Vec<Vec<u64>>,
    /// All figures.
    pub figures: Vec<Figure>,
}

/// A figure with its 95 % interval.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Figure {
    /// Such as `balanced accuracy`.
    pub name: String,
    /// Mostly a share, 0 to 1.
    pub value: f32,
    /// Lower end of the interval.
    pub low: f32,
    /// Upper end of the interval.
    pub high: f32,
}

/// On held-back pictures through a dermatoscope.
pub const DERMATOSCOPE: &str = "dermatoscope";
/// On held-back plain photos.
pub const PHONE: &str = "phone";

/// The names of the figures that the app shows.
pub const SHOWN: [&str; 5] = [
    "balanced accuracy (stated)",
    "AUROC malignant",
    "sensitivity melanoma (look)",
    "sensitivity malignant (look)",
    "specificity (look)",
];

impl Evidence {
    /// That of the embedded model; nothing where somebody built the app without measuring it.
    pub fn embedded() -> &'static Self {
        static READ: LazyLock<Evidence> =
            LazyLock::new(|| serde_json::from_str(EVALUATION).unwrap_or_default());
        &READ
    }

    /// The table of this kind of picture.
    pub fn table(&self, domain: &str) -> Option<&Table> {
        self.tables.iter().find(|table| table.domain == domain)
    }

    /// What was measured on pictures that were taken like the one of this assessment.
    pub fn like(&self, assessment: &Assessment) -> Option<&Table> {
        self.table(match assessment.kind {
            Kind::Dermatoscope => DERMATOSCOPE,
            Kind::PlainPhoto => PHONE,
        })
    }

    /// How often the prediction set of this assessment holds the true diagnosis, 0 to 1: as promised or, where less was measured on
    /// pictures like it, what was measured.
    pub fn set_coverage(&self, assessment: &Assessment) -> f32 {
        let promised = assessment.prediction_set_coverage;
        let measured = self.like(assessment).and_then(|table| table.figure("prediction set coverage"));
        measured.map_or(promised, |measured| measured.value.min(promised))
    }

    /// How many plain photos there were in the test, where this assessment is of one and its risk was calibrated on pictures through a
    /// dermatoscope.
    pub fn few_plain_photos(&self, assessment: &Assessment) -> Option<usize> {
        let plain = assessment.kind == Kind::PlainPhoto && self.table(DERMATOSCOPE).is_some();
        self.table(PHONE).filter(|_| plain).map(|table| table.count)
    }
}

impl Table {
    /// The figure of this name.
    pub fn figure(&self, name: &str) -> Option<&Figure> {
        self.figures.iter().find(|figure| figure.name == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shown_figures_were_measured() {
        let evidence = Evidence::embedded();
        for domain in [DERMATOSCOPE, PHONE] {
            let table = evidence.table(domain).expect("table");
            for name in SHOWN {
                let figure = table.figure(name).expect(name);
                assert!(figure.low <= figure.value && figure.value <= figure.high, "{figure:?}");
            }
        }
    }
}
