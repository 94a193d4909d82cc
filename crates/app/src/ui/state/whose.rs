//! Whose spots are listed.

use std::sync::Arc;

use dioxus::prelude::*;

use super::App;
use archive::Contents;
use archive::record::PatientId;

/// Whose spots are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Whose {
    /// All that there are.
    #[default]
    Everybody,
    /// Those of which it was not said.
    Nobody,
    /// This patient's.
    Patient(PatientId),
}

impl Whose {
    /// What of everything that is.
    pub fn of(self, contents: &Arc<Contents>) -> Arc<Contents> {
        match self {
            Self::Everybody => contents.clone(),
            Self::Nobody => Arc::new(contents.of_patient(None)),
            Self::Patient(patient) => Arc::new(contents.of_patient(Some(patient))),
        }
    }

    /// The patient.
    pub fn patient(self) -> Option<PatientId> {
        match self {
            Self::Patient(patient) => Some(patient),
            Self::Everybody | Self::Nobody => None,
        }
    }
}

impl App {
    /// Whose spots are listed; everybody's where the patient who was chosen is not kept any more.
    pub fn whose(self) -> Whose {
        let whose = self.whose.cloned();
        let is_kept = |patient| self.page().is_some_and(|page| page.contents.patient(patient).is_some());
        match whose {
            Whose::Patient(patient) if !is_kept(patient) => Whose::Everybody,
            Whose::Nobody if self.page().is_none_or(|page| page.contents.patients().is_empty()) => {
                Whose::Everybody
            }
            whose => whose,
        }
    }

    /// Lists these spots from now on.
    pub fn list(mut self, whose: Whose) {
        self.whose.set(whose);
    }
}
