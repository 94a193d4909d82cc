//! What was measured of the embedded model, as `training evaluate` wrote it: the app shows these figures and retypes none.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use crate::assessment::{Assessment, Triage};
use net::modality::Modality;

const EVALUATION: &str = include_str!("../../../models/evaluation.json");

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
    /// How they were taken.
    pub domain: Modality,
    /// How many pictures.
    pub count: usize,
    /// How often each diagnosis (row, in the order of [`net::diagnosis::HAM10000`]) was taken for each.
    pub confusion: Vec<Vec<u64>>,
    /// All figures.
    pub figures: Vec<Figure>,
    /// How many of the pictures are melanomas. Tables from before this was counted do not say.
    #[serde(default)]
    pub melanomas: Option<u64>,
    /// Whether what reaches no line is called not suspicious.
    #[serde(default = "yes")]
    pub calms: bool,
}

fn yes() -> bool {
    true
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

/// The names of the figures that the app shows, each with the key of the words for it.
pub const SHOWN: [(&str, &str); 5] = [
    ("balanced accuracy (stated)", "figure-balanced-accuracy"),
    ("AUROC malignant", "figure-auroc"),
    ("sensitivity melanoma (look)", "figure-melanoma"),
    ("sensitivity malignant (look)", "figure-malignant"),
    ("specificity (look)", "figure-specificity"),
];

impl Evidence {
    /// That of the embedded model; nothing where somebody built the app without measuring it.
    pub fn embedded() -> &'static Self {
        static READ: LazyLock<Evidence> =
            LazyLock::new(|| serde_json::from_str(EVALUATION).unwrap_or_default());
        &READ
    }

    /// That of a model that came in a pack. `None` where it is no evaluation, or holds what can't have been measured.
    pub fn read(json: &[u8]) -> Option<Self> {
        let evidence: Self = serde_json::from_slice(json).ok()?;
        let sound = !evidence.tables.is_empty() && evidence.tables.iter().all(Table::is_sound);
        sound.then_some(evidence)
    }

    /// The table of this kind of picture.
    pub fn table(&self, domain: Modality) -> Option<&Table> {
        self.tables.iter().find(|table| table.domain == domain)
    }

    /// What was measured on pictures that were taken like the one of this assessment.
    pub fn like(&self, assessment: &Assessment) -> Option<&Table> {
        self.table(assessment.calibrated_for)
    }

    /// How often the prediction set of this assessment holds the true diagnosis, 0 to 1: as promised or, where less was measured on
    /// pictures like it, what was measured.
    pub fn set_coverage(&self, assessment: &Assessment) -> f32 {
        let promised = assessment.prediction_set_coverage;
        let measured = self.like(assessment).and_then(|table| table.figure("prediction set coverage"));
        measured.map_or(promised, |measured| measured.value.min(promised))
    }

    /// Of 1,000 people who get this answer, how many have something malignant, in each of the [`SCENARIOS`]. None where there is no answer,
    /// where it rests on what was noticed, and where nothing was measured.
    pub fn of_thousand(&self, assessment: &Assessment) -> Option<Vec<OfThousand>> {
        if assessment.person.noticed.any() {
            return None;
        }
        let table = self.like(assessment)?;
        let rates =
            AnswerRates::from_figures(|name| table.figure(name).map(|figure| figure.value), table.calms)?;
        SCENARIOS
            .iter()
            .map(|scenario| {
                let malignant = rates.of_thousand(assessment.triage, scenario.share)?;
                Some(OfThousand { among: scenario.among, share: scenario.share, malignant })
            })
            .collect()
    }
}

/// How common malignant lesions are among those who ask.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scenario {
    /// Whom it speaks of.
    pub among: Among,
    /// The share of malignant lesions, 0 to 1.
    pub share: f32,
}

/// People who have a spot looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Among {
    /// Patients of a clinic for skin, for whose spots somebody feared the worst already.
    Clinic,
    /// People who check spots that worry them.
    Worried,
    /// People who check any spot.
    Everybody,
}

/// What answers are told for. They are scenarios that span what may be met, not measurements: nobody has counted who uses the app.
pub const SCENARIOS: [Scenario; 3] = [
    Scenario { among: Among::Clinic, share: 0.2 },
    Scenario { among: Among::Worried, share: 0.02 },
    Scenario { among: Among::Everybody, share: 0.005 },
];

/// Of 1,000 people who get an answer, how many have something malignant.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct OfThousand {
    /// Whom it speaks of.
    pub among: Among,
    /// The share of malignant lesions among them all, 0 to 1.
    pub share: f32,
    /// How many of a thousand with this answer.
    pub malignant: f32,
}

/// How often malignant and benign lesions get each answer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AnswerRates {
    /// Shares of the malignant ones: to see a doctor soon, to have it looked at, nothing suspicious.
    malignant: [f32; 3],
    /// The same of the benign ones.
    benign: [f32; 3],
}

impl AnswerRates {
    /// The answers that there are rates of.
    pub const TRIAGES: [Triage; 3] =
        [Triage::SeeDoctorSoon, Triage::HaveItLookedAt, Triage::NothingSuspicious];

    /// From figures by their names, and whether the last answer is given at all.
    pub fn from_figures(find: impl Fn(&str) -> Option<f32>, calms: bool) -> Option<Self> {
        let rates =
            |soon: f32, look: f32| [soon, (look - soon).max(0.0), if calms { 1.0 - look } else { 0.0 }];
        let [soon, look] = ["soon", "look"].map(|line| find(&format!("sensitivity malignant ({line})")));
        let [not_soon, not_look] = ["soon", "look"].map(|line| find(&format!("specificity ({line})")));
        Some(Self { malignant: rates(soon?, look?), benign: rates(1.0 - not_soon?, 1.0 - not_look?) })
    }

    /// Of 1,000 people who get this answer, how many have something malignant, where `share` of those who ask do (Bayes' rule). None for
    /// an answer that nobody gets.
    pub fn of_thousand(&self, triage: Triage, share: f32) -> Option<f32> {
        let at = Self::TRIAGES.iter().position(|known| *known == triage)?;
        let (malignant, benign) = (share * self.malignant[at], (1.0 - share) * self.benign[at]);
        (malignant + benign > 0.0).then(|| 1000.0 * malignant / (malignant + benign))
    }
}

impl Table {
    /// Whether it can have been measured: counts that can be added up, and figures that are numbers.
    fn is_sound(&self) -> bool {
        let counts =
            self.confusion.iter().flatten().copied().chain(self.melanomas).chain([self.count as u64]);
        let mut values = self.figures.iter().flat_map(|figure| [figure.value, figure.low, figure.high]);
        counts.fold(0, u64::saturating_add) <= u64::from(u32::MAX) && values.all(f32::is_finite)
    }

    /// The figure of this name.
    pub fn figure(&self, name: &str) -> Option<&Figure> {
        self.figures.iter().find(|figure| figure.name == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_thousand_with_an_answer_those_are_malignant_that_bayes_rule_says() {
        let figures = [
            ("sensitivity malignant (soon)", 0.6),
            ("sensitivity malignant (look)", 0.9),
            ("specificity (soon)", 0.95),
            ("specificity (look)", 0.5),
        ];
        let find = |name: &str| figures.iter().find(|(known, _)| *known == name).map(|(_, value)| *value);
        let rates = AnswerRates::from_figures(find, true).expect("rates");
        let near = |triage, share, wanted: f32| {
            let found = rates.of_thousand(triage, share).expect("some");
            assert!((found - wanted).abs() < 0.01, "{triage:?}: {found}, not {wanted}");
        };
        // Of 1,000 people 20 have it: 12 of them and 49 others are told to go soon.
        near(Triage::SeeDoctorSoon, 0.02, 1000.0 * 12.0 / 61.0);
        // 6 of them and 441 others are to be looked at; 2 and 490 are calmed.
        near(Triage::HaveItLookedAt, 0.02, 1000.0 * 6.0 / 447.0);
        near(Triage::NothingSuspicious, 0.02, 1000.0 * 2.0 / 492.0);
        assert_eq!(rates.of_thousand(Triage::CannotTell, 0.02), None);
        let never_calm = AnswerRates::from_figures(find, false).expect("rates");
        assert_eq!(never_calm.of_thousand(Triage::NothingSuspicious, 0.02), None);
        assert_eq!(AnswerRates::from_figures(|_| None, true), None);
    }

    #[test]
    fn what_can_not_have_been_measured_is_no_evidence() {
        assert_eq!(Evidence::read(EVALUATION.as_bytes()).as_ref(), Some(Evidence::embedded()));
        let table = |confusion: &str, value: &str| {
            let figure = format!(r#"{{"name":"AUROC malignant","value":{value},"low":0.1,"high":0.9}}"#);
            let table =
                format!(r#"{{"domain":"phone","count":9,"confusion":{confusion},"figures":[{figure}]}}"#);
            Evidence::read(format!(r#"{{"tables":[{table}]}}"#).as_bytes())
        };
        assert!(table("[[1, 2]]", "0.5").is_some());
        for (confusion, value) in [
            ("[[18446744073709551615, 18446744073709551615]]", "0.5"),
            ("[[-1]]", "0.5"),
            ("[[1]]", "1e39"),
            ("[[1]]", "null"),
        ] {
            assert_eq!(table(confusion, value), None, "{confusion} {value}");
        }
        assert_eq!(Evidence::read(b"[]"), None);
        assert_eq!(Evidence::read(b"\xff"), None);
    }

    #[test]
    fn the_shown_figures_were_measured() {
        let evidence = Evidence::embedded();
        for domain in Modality::ALL {
            let table = evidence.table(domain).expect("table");
            for (name, _) in SHOWN {
                let figure = table.figure(name).expect(name);
                assert!(figure.low <= figure.value && figure.value <= figure.high, "{figure:?}");
            }
        }
    }
}
