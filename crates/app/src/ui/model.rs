//! Which model answers, as the screens know it: the app's own, or one from a pack.

use std::borrow::Cow;
use std::sync::{Arc, LazyLock};

use archive::record::Check;
use archive::shelf::FromPack;
use assess::assessment::Assessment;
use assess::evidence::Evidence;
use assess::packs::NotUsed;
use net::network::calibration::TriageThresholds;
use net::network::card::Card;

/// Of a model that is not there any more, nothing is known.
static NOTHING: Evidence = Evidence { tables: Vec::new() };

/// The model that answers.
#[derive(Debug, Clone, Default)]
pub struct InUse {
    /// What goes with it, where it came in a pack; else it is the app's own.
    pub pack: Option<Arc<FromPack>>,
    /// Why one that was installed does not answer.
    pub fallen: Option<Arc<NotUsed>>,
}

impl InUse {
    /// Its card.
    pub fn card(&self) -> Option<&Card> {
        match &self.pack {
            Some(pack) => Some(&pack.card),
            None => card(),
        }
    }

    /// Its name.
    pub fn name(&self) -> Cow<'_, str> {
        self.card().map(|card| card.version.as_str().into()).unwrap_or_default()
    }

    /// What must stand beside its answers, if it is somebody else's.
    pub fn label(&self) -> Option<&str> {
        self.pack.as_ref()?.label.as_deref()
    }

    /// What was measured of it.
    pub fn evidence(&self) -> &Evidence {
        match &self.pack {
            Some(pack) => &pack.evidence,
            None => Evidence::embedded(),
        }
    }

    /// Whether it gave this answer: by its name, and by whose it is, which says the version, too.
    pub fn gave(&self, assessment: &Assessment) -> bool {
        self.name() == assessment.model && self.label() == assessment.foreign_model.as_deref()
    }

    /// Whether it has answered this check's photo, when it was made or later.
    pub fn answered(&self, check: &Check) -> bool {
        self.gave(&check.assessment) || check.again.iter().any(|again| self.gave(&again.assessment))
    }

    /// The card of the model that gave this answer. Of our own models, the present one stands for earlier ones; of somebody else's that
    /// is not in use there is none.
    fn card_of(&self, assessment: &Assessment) -> Option<&Card> {
        match &assessment.foreign_model {
            _ if self.gave(assessment) => self.card(),
            Some(_) => None,
            None => card(),
        }
    }

    /// Where the model that gave this answer advises what, for pictures that were taken like this one.
    pub fn lines_of(&self, assessment: &Assessment) -> Option<TriageThresholds> {
        Some(self.card_of(assessment)?.calibrations.of(assessment.calibrated_for).triage)
    }

    /// What was measured of the model that gave this answer; nothing where its card isn't known, either.
    pub fn evidence_of(&self, assessment: &Assessment) -> &Evidence {
        match &assessment.foreign_model {
            _ if self.gave(assessment) => self.evidence(),
            Some(_) => &NOTHING,
            None => Evidence::embedded(),
        }
    }
}

/// The name of a model where nothing else says whose it is: with its label, if it is somebody else's, since that may be called like ours.
pub fn named(name: &str, label: Option<&str>) -> String {
    label.map_or_else(|| name.into(), |label| format!("{name} ({label})"))
}

/// What goes with the app's own model; read once.
pub fn card() -> Option<&'static Card> {
    static CARD: LazyLock<Option<Card>> = LazyLock::new(|| Card::embedded().ok());
    CARD.as_ref()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_of_our_model_are_never_shown_for_somebody_elses() {
        let own = InUse::default();
        let mut answer = archive::made_up::assessment();
        assert!(!own.gave(&answer) && own.card_of(&answer).is_some(), "one of ours, of an earlier version");
        assert!(!own.evidence_of(&answer).tables.is_empty());
        answer.model = own.name().into_owned();
        assert!(own.gave(&answer));
        answer.foreign_model = Some("0123 4567 89ab cdef · Skin lab · v3".into());
        assert!(!own.gave(&answer), "the same name, and somebody else's");
        assert!(own.card_of(&answer).is_none() && own.lines_of(&answer).is_none());
        assert!(own.evidence_of(&answer).tables.is_empty());
    }
}
