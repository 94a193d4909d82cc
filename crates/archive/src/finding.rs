//! What a doctor found about a spot, and whether that is what the app had said.

use assess::assessment::{Assessment, Triage};
use jiff::civil::Date;
use net::diagnosis;
use serde::{Deserialize, Serialize};

/// What a doctor found about a spot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// The day on which it was seen.
    pub seen_on: Date,
    /// Who saw it, in the owner's words; may be empty.
    pub by: String,
    /// What was said; none where it was removed and no result is known yet.
    pub said: Option<Said>,
    /// Whether the spot was removed.
    pub removed: bool,
}

/// What a doctor said about a spot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Said {
    /// It looks harmless.
    Benign,
    /// It looks suspicious, and is to be removed or watched.
    Suspicious,
    /// The tissue was examined under the microscope.
    Histology(Histology),
}

/// What the examined tissue is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Histology {
    /// One of the diagnoses that the app knows, by its key.
    Class(String),
    /// Another one, in the doctor's words.
    Other {
        /// As written in the report.
        words: String,
        /// Whether it is malignant, where that was said.
        malignant: Option<bool>,
    },
}

impl Finding {
    /// Whether it rests on examined tissue.
    pub fn is_histology(&self) -> bool {
        matches!(self.said, Some(Said::Histology(_)))
    }

    /// Whether it says that the spot is malignant; none where it leaves that open. A suspicion is no diagnosis.
    pub fn malignant(&self) -> Option<bool> {
        match self.said.as_ref()? {
            Said::Benign => Some(false),
            Said::Suspicious => None,
            Said::Histology(Histology::Class(key)) => {
                diagnosis::by_key(key).filter(|class| !class.refer).map(|class| class.malignant)
            }
            Said::Histology(Histology::Other { malignant, .. }) => *malignant,
        }
    }

    /// How it contradicts what the app said about the spot, if it does.
    pub fn contradicts(&self, assessment: &Assessment) -> Option<Contradiction> {
        let suspected = matches!(self.said, Some(Said::Suspicious));
        match (assessment.triage, self.malignant()) {
            (Triage::NothingSuspicious, Some(true)) => Some(Contradiction::Missed),
            (Triage::NothingSuspicious, None) if suspected => Some(Contradiction::Suspected),
            (Triage::HaveItLookedAt | Triage::SeeDoctorSoon, Some(false)) => Some(Contradiction::FalseAlarm),
            _ => None,
        }
    }
}

/// How a doctor's finding contradicts the app's answer. The doctor's counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Contradiction {
    /// The app saw nothing suspicious, and it is malignant.
    Missed,
    /// The app saw nothing suspicious, and the doctor does.
    Suspected,
    /// The app warned, and it is harmless.
    FalseAlarm,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::made_up::{assessment, finding};

    fn said(said: Said) -> Finding {
        Finding { said: Some(said), ..finding() }
    }

    fn class(key: &str) -> Said {
        Said::Histology(Histology::Class(key.into()))
    }

    fn other(malignant: Option<bool>) -> Said {
        Said::Histology(Histology::Other { words: "a rare tumour".into(), malignant })
    }

    #[test]
    fn a_finding_contradicts_calm_and_warning_but_never_doubt() {
        use Contradiction::{FalseAlarm, Missed, Suspected};
        let of = |said_so: &Finding, triage| said_so.contradicts(&Assessment { triage, ..assessment() });
        for (doctor, after_calm, after_warning) in [
            (said(Said::Benign), None, Some(FalseAlarm)),
            (said(Said::Suspicious), Some(Suspected), None),
            (said(class("nv")), None, Some(FalseAlarm)),
            (said(class("mel")), Some(Missed), None),
            (said(class("scc")), Some(Missed), None),
            (said(other(Some(true))), Some(Missed), None),
            (said(other(Some(false))), None, Some(FalseAlarm)),
            // What is left open contradicts nothing: neither a class of several things, nor words alone, nor a removal.
            (said(class("other")), None, None),
            (said(other(None)), None, None),
            (Finding { said: None, ..finding() }, None, None),
        ] {
            assert_eq!(of(&doctor, Triage::NothingSuspicious), after_calm, "{doctor:?}");
            assert_eq!(of(&doctor, Triage::HaveItLookedAt), after_warning, "{doctor:?}");
            assert_eq!(of(&doctor, Triage::SeeDoctorSoon), after_warning, "{doctor:?}");
            assert_eq!(of(&doctor, Triage::CannotTell), None, "{doctor:?}");
        }
    }

    #[test]
    fn examined_tissue_counts_for_more_than_a_later_glance() {
        let glance = Finding { seen_on: "2026-01-01".parse().expect("day"), ..said(Said::Benign) };
        let tissue = said(class("mel"));
        let spot =
            crate::record::Spot { findings: vec![tissue.clone(), glance], ..crate::made_up::spot("arm") };
        assert_eq!(spot.last_finding(), Some(&tissue));
    }

    #[test]
    fn what_files_hold_of_a_finding_stays_readable() {
        let kept = r#"{"seen_on":"2025-06-30","by":"","said":{"histology":{"other":{"words":"a","malignant":null}}},"removed":true}"#;
        let finding: Finding = serde_json::from_str(kept).expect("kept by version 3");
        assert_eq!((finding.is_histology(), finding.malignant()), (true, None));
        assert_eq!(serde_json::to_string(&finding).expect("JSON"), kept);
    }
}
