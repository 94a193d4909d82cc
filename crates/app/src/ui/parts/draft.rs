//! What the report for the doctor says of a spot.

use std::sync::Arc;

use jiff::Timestamp;

use super::body_map::region;
use super::spot_name::title;
use crate::report::{Draft, Report};
use archive::Contents;
use archive::record::{Check, Spot};
use wording::Wording;

/// The report of a spot, latest check first, for its pictures to be put in.
pub fn draft(words: &Wording, contents: &Contents, spot: &Spot) -> Draft {
    let mut checks: Vec<Arc<Check>> = contents.timeline(spot.id).cloned().collect();
    checks.reverse();
    let report = Report {
        title: title(words, spot),
        region: region(words, spot.place),
        patient: contents.patient_of(spot).cloned(),
        note: spot.note.clone(),
        findings: spot.findings.clone(),
        pages: Vec::new(),
        language: words.language(),
        made: Timestamp::now(),
    };
    Draft { report, checks }
}
