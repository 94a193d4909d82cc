//! What is known of models that came in packs: which is in use, whose keys were confirmed, and what was seen of each publisher.

use serde::{Deserialize, Serialize};
use spotpack::{Accepted, ConfirmedKey, Digest, Ledger};

/// One record of the archive: it is written whole, in the transaction that switches the model. Nothing where no pack was ever installed.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Models {
    /// What was seen of each key. It only grows: see [`super::Archive::keep_models`].
    pub ledger: Ledger,
    /// Other people's keys, whose fingerprints were compared.
    pub confirmed: Vec<ConfirmedKey>,
    /// The digest of the pack that is in use; none for the app's own model.
    pub in_use: Option<Digest>,
    /// The same of what was in use before.
    pub before: Option<Digest>,
}

impl Models {
    /// After a pack that was accepted took the place of what is in use, and its key was confirmed for it.
    pub fn installed(mut self, digest: Digest, accepted: &Accepted, confirmed: Option<ConfirmedKey>) -> Self {
        self.ledger.note(accepted);
        self.confirmed = self.trusting(confirmed);
        self.gone_to(Some(digest))
    }

    /// After going to what was installed before, or to the app's own model. What was seen stays seen.
    pub fn gone_to(mut self, to: Option<Digest>) -> Self {
        if self.in_use != to {
            self.before = std::mem::replace(&mut self.in_use, to);
        }
        self
    }

    /// The keys that were confirmed, with one more.
    pub fn trusting(&self, confirmed: Option<ConfirmedKey>) -> Vec<ConfirmedKey> {
        let new = confirmed.filter(|key| !self.confirmed.contains(key));
        self.confirmed.iter().copied().chain(new).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_goes_back_and_forth_between_two_packs_and_the_apps_own() {
        let [one, other] = [b"one", b"two"].map(|bytes| Digest::of(bytes));
        let models = Models::default().gone_to(Some(one));
        assert_eq!((models.in_use, models.before), (Some(one), None));
        let models = models.gone_to(Some(other));
        assert_eq!((models.in_use, models.before), (Some(other), Some(one)));
        let back = models.clone().gone_to(models.before);
        assert_eq!((back.in_use, back.before), (Some(one), Some(other)));
        let own = models.gone_to(None);
        assert_eq!((own.in_use, own.before), (None, Some(other)));
        assert_eq!(own.clone().gone_to(None), own, "nothing changes twice");
    }
}
