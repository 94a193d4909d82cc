//! What the screens know of the archive.

use std::sync::Arc;

use super::Trouble;
use archive::vault::Protection;
use archive::{Contents, Losses};

/// What the screens know of the archive.
#[derive(Debug, Clone, PartialEq)]
pub enum ArchiveState {
    /// Nothing yet: it is being opened.
    Opening,
    /// Nothing was kept yet.
    Empty {
        /// Whether the device has a key store; else a passphrase is needed.
        key_store: bool,
    },
    /// A passphrase opens it.
    Locked,
    /// It can't be used, for this reason.
    Unusable(Trouble),
    /// Open.
    Open(OpenArchive),
}

/// The open archive at one moment.
#[derive(Debug, Clone)]
pub struct OpenArchive {
    /// Spots and checks.
    pub contents: Arc<Contents>,
    /// What was damaged.
    pub losses: Losses,
    /// How the key is kept.
    pub protection: Protection,
    /// Whether the device has a key store.
    pub key_store: bool,
}

impl PartialEq for OpenArchive {
    /// Whether it is the same moment: thousands of checks are not compared for it.
    fn eq(&self, other: &Self) -> bool {
        let Self { contents, losses, protection, key_store } = self;
        Arc::ptr_eq(contents, &other.contents)
            && (*losses, *protection, *key_store) == (other.losses, other.protection, other.key_store)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_compared_without_its_checks() {
        let page = |contents: &Arc<Contents>| OpenArchive {
            contents: contents.clone(),
            losses: Losses::default(),
            protection: Protection::KeyStore,
            key_store: true,
        };
        let (one, other) = (Arc::<Contents>::default(), Arc::<Contents>::default());
        assert!(page(&one) == page(&one) && page(&one) != page(&other));
    }
}
