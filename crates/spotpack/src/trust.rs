//! Whose packs are trusted, and which of their versions.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::digest::Digest;
use crate::error::PackError;
use crate::key::{KeyId, PublicKey};
use crate::manifest::{AppVersion, Manifest, Revocation, Versions};
use crate::pack::Signed;
use crate::text;

/// How much of a grouped fingerprint a label holds: four groups of four digits. Half of that could be forged by trying.
const FOUR_GROUPS: usize = 19;

/// What a key may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// The project signs with it.
    Working,
    /// The project signs with it once the working key is lost or stolen, which it may revoke.
    Spare,
    /// Made for tests.
    Test,
    /// Somebody else's.
    Foreign,
}

/// Who signed a pack.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Signer {
    /// The key.
    pub key: PublicKey,
    /// What it may do here.
    pub role: Role,
}

/// Which keys are taken at all, beside the project's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Policy {
    /// Keys that were made for tests. A release takes none.
    pub test_keys: bool,
    /// Keys of other people, once their fingerprints were confirmed.
    pub foreign_keys: bool,
}

/// Somebody else's key, whose fingerprint a person compared. Only what was stored after that may be deserialised.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConfirmedKey(PublicKey);

/// A fingerprint that is another one's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is not the fingerprint of the key that signed the pack: don't use it, and ask the publisher")]
pub struct NotTheFingerprint;

impl ConfirmedKey {
    /// A person says that the publisher's fingerprint is this one, as they got it by another way than the
    /// pack. Case, spaces, colons and hyphens don't matter.
    pub fn new(key: PublicKey, fingerprint: &str) -> Result<Self, NotTheFingerprint> {
        let digits: String = fingerprint.chars().filter(|char| !matches!(char, ' ' | ':' | '-')).collect();
        match digits.to_ascii_lowercase() == key.fingerprint().to_string() {
            true => Ok(Self(key)),
            false => Err(NotTheFingerprint),
        }
    }

    /// The key.
    pub fn key(&self) -> &PublicKey {
        &self.0
    }
}

/// The keys that are trusted.
#[derive(Debug, Clone)]
pub struct TrustStore {
    working: Option<PublicKey>,
    spare: Option<PublicKey>,
    retired: Vec<PublicKey>,
    test: Vec<PublicKey>,
    confirmed: Vec<ConfirmedKey>,
    policy: Policy,
}

impl TrustStore {
    /// The project's two keys, and whether others may come to them.
    pub fn new(working: PublicKey, spare: PublicKey, policy: Policy) -> Self {
        Self { working: Some(working), spare: Some(spare), ..Self::without_project(policy) }
    }

    /// No keys of the project's, for as long as it has none: nothing is trusted but what is added.
    pub fn without_project(policy: Policy) -> Self {
        let (retired, test, confirmed) = (Vec::new(), Vec::new(), Vec::new());
        Self { working: None, spare: None, retired, test, confirmed, policy }
    }

    /// With keys that were the project's before: nothing that they sign is taken, and nobody is asked about them.
    pub fn with_retired(mut self, keys: impl IntoIterator<Item = PublicKey>) -> Self {
        self.retired.extend(keys);
        self
    }

    /// With keys that are marked as made for tests.
    pub fn with_test_keys(mut self, keys: impl IntoIterator<Item = PublicKey>) -> Self {
        self.test.extend(keys);
        self
    }

    /// With other people's keys that were confirmed.
    pub fn with_confirmed(mut self, keys: impl IntoIterator<Item = ConfirmedKey>) -> Self {
        self.confirmed.extend(keys);
        self
    }

    /// The project's keys, former ones too.
    fn project(&self) -> impl Iterator<Item = &PublicKey> {
        [&self.working, &self.spare].into_iter().flatten().chain(&self.retired)
    }

    /// What this key may do here, compared in full and never by its id.
    pub(crate) fn signer(&self, key: &PublicKey) -> Result<Signer, Refused> {
        let role = if Some(*key) == self.working {
            Role::Working
        } else if Some(*key) == self.spare {
            Role::Spare
        } else if self.retired.contains(key) {
            return Err(Refused::RetiredKey);
        } else if self.test.contains(key) {
            if !self.policy.test_keys {
                return Err(Refused::TestKey);
            }
            Role::Test
        } else if self.project().any(|ours| ours.id() == key.id()) {
            return Err(Refused::Impostor(key.id()));
        } else if !self.policy.foreign_keys {
            return Err(Refused::UnknownSigner(key.fingerprint()));
        } else if self.confirmed.iter().any(|confirmed| confirmed.key() == key) {
            Role::Foreign
        } else {
            return Err(Refused::ForeignNotConfirmed(*key));
        };
        Ok(Signer { key: *key, role })
    }

    /// Whether a manifest says no more than its signer may.
    pub(crate) fn check_claims(&self, manifest: &Manifest, signer: &Signer) -> Result<(), Refused> {
        if manifest.key_id != signer.key.id() {
            let why = "the manifest was made for another key than the one that signed it";
            return Err(PackError::Manifest(why.to_string()).into());
        }
        if signer.role == Role::Foreign && manifest.texts().any(text::imitates) {
            return Err(Refused::Imitation);
        }
        let working = self.working.map(|key| key.fingerprint());
        let retired = |key: &Digest| self.retired.iter().any(|retired| retired.fingerprint() == *key);
        let may_revoke = |entry: &Revocation| {
            entry.key == signer.key.fingerprint()
                || signer.role == Role::Spare && Some(entry.key) == working
                || matches!(signer.role, Role::Working | Role::Spare) && retired(&entry.key)
        };
        match manifest.revoked.iter().all(may_revoke) {
            true => Ok(()),
            false => Err(Refused::RevokesOthers),
        }
    }
}

/// Why a pack isn't used.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// It isn't an intact pack.
    #[error(transparent)]
    Pack(#[from] PackError),
    /// Its key is neither ours nor could it be confirmed.
    #[error(
        "this pack was signed by a key that is not known here (fingerprint {}), and only packs of the project are taken",
        .0.grouped()
    )]
    UnknownSigner(Digest),
    /// Its key is somebody else's, and nobody has confirmed it yet.
    #[error(
        "this pack is not from the project. Use it only if you know who made it: ask them for the fingerprint of their key \
         and compare it with {}",
        .0.fingerprint().grouped()
    )]
    ForeignNotConfirmed(PublicKey),
    /// Its key was the project's once.
    #[error("this pack was signed with a key that the project no longer uses: get a newer one")]
    RetiredKey,
    /// Its key is marked as made for tests.
    #[error("this pack was signed with a key that is only for tests; get the published one")]
    TestKey,
    /// Its key has the id of one of ours, but is another one.
    #[error("this pack was signed with a key that pretends to be the project's ({0}): don't use it")]
    Impostor(KeyId),
    /// Its texts look like ours: see [`crate::imitates`].
    #[error("this pack is somebody else's, but its texts look like the project's own: don't use it")]
    Imitation,
    /// It revokes what its signer has no say in.
    #[error("this pack revokes versions of a key that its publisher has no say in: don't use it")]
    RevokesOthers,
    /// Its version, or the key that signed it, was revoked.
    #[error("version {0} of this model was withdrawn by its publisher: get a newer one")]
    Revoked(u32),
    /// It is older than the model that is part of the app.
    #[error(
        "this pack has version {version}, and the app itself brings version {floor}: there is nothing to gain from it"
    )]
    BelowFloor {
        /// The pack's.
        version: u32,
        /// That of the model that is part of the app.
        floor: u32,
    },
    /// A newer one by the same key was used before.
    #[error(
        "this pack has version {version}, and version {seen} was in use here before: get that one or a newer one"
    )]
    OlderThanSeen {
        /// The pack's.
        version: u32,
        /// The highest so far.
        seen: u32,
    },
    /// Another pack with the same version by the same key was used before.
    #[error(
        "another pack with the same version {0} was in use here before, and a version is given only once: ask the publisher"
    )]
    SameVersion(u32),
    /// The app is too old for it.
    #[error("this pack needs version {needed} of the app, and this is version {app}: update the app first")]
    NeedsNewerApp {
        /// The lowest version that can run it.
        needed: AppVersion,
        /// Ours.
        app: AppVersion,
    },
}

/// What was seen of one key.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Seen {
    /// The highest version in use so far, and the digest of its manifest.
    highest: Option<(u32, Digest)>,
    /// Versions that were revoked.
    revoked: BTreeSet<u32>,
    /// Whether the key was.
    key_revoked: bool,
}

impl Seen {
    fn revokes(&self, version: u32) -> bool {
        self.key_revoked || self.revoked.contains(&version)
    }
}

/// What was seen so far of all keys: it only ever grows. It is written in the same transaction as the switch
/// to another model, sealed, so that nobody can make it forget.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Ledger {
    keys: BTreeMap<Digest, Seen>,
}

impl Ledger {
    /// Notes a pack that is in use from now on.
    pub fn note(&mut self, accepted: &Accepted) {
        self.raise(accepted.fingerprint, Some((accepted.version, accepted.digest)));
        for entry in &accepted.revoked {
            let seen = self.keys.entry(entry.key).or_default();
            match &entry.versions {
                Versions::All => seen.key_revoked = true,
                Versions::These(versions) => seen.revoked.extend(versions),
            }
        }
    }

    /// Takes over what another ledger has seen, as that of a backup or of another place: the higher versions,
    /// and all revocations.
    pub fn merge(&mut self, other: &Self) {
        for (key, theirs) in &other.keys {
            self.raise(*key, theirs.highest);
            let ours = self.keys.entry(*key).or_default();
            ours.revoked.extend(&theirs.revoked);
            ours.key_revoked |= theirs.key_revoked;
        }
    }

    fn raise(&mut self, key: Digest, version: Option<(u32, Digest)>) {
        let highest = &mut self.keys.entry(key).or_default().highest;
        if highest.map(|(version, _)| version) < version.map(|(version, _)| version) {
            *highest = version;
        }
    }

    /// The highest version in use so far that the key with this fingerprint signed.
    pub fn highest(&self, fingerprint: &Digest) -> Option<u32> {
        self.keys.get(fingerprint)?.highest.map(|(version, _)| version)
    }

    /// Whether this version of the key with this fingerprint was revoked.
    pub fn is_revoked(&self, fingerprint: &Digest, version: u32) -> bool {
        self.keys.get(fingerprint).is_some_and(|seen| seen.revokes(version))
    }
}

/// A pack that may be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accepted {
    fingerprint: Digest,
    version: u32,
    digest: Digest,
    revoked: Vec<Revocation>,
    label: Option<String>,
}

impl Accepted {
    /// What must stand wherever an answer of this model does, if it is somebody else's: the beginning of the
    /// key's fingerprint, who says to have made it, and its version, so that no two packs of a publisher have the
    /// same. Neither of a manifest's texts can hold the dots between them.
    pub fn label(&self) -> Option<&str> {
        self.label.as_deref()
    }
}

/// Whether a pack that was installed before may still be used, or gone back to: at each start, since the app
/// may have been updated and versions may have been revoked since. `floor` is the version of the model that
/// is part of the app.
pub fn still_usable(
    signed: &Signed,
    ledger: &Ledger,
    floor: u32,
    app: AppVersion,
) -> Result<Accepted, Refused> {
    let Signed { manifest, digest, signer } = signed;
    let fingerprint = signer.key.fingerprint();
    let version = manifest.version;
    let revoked_by_itself =
        manifest.revoked.iter().filter(|entry| entry.key == fingerprint).any(|entry| match &entry.versions {
            Versions::All => true,
            Versions::These(versions) => versions.contains(&version),
        });
    if revoked_by_itself || ledger.is_revoked(&fingerprint, version) {
        return Err(Refused::Revoked(version));
    }
    let foreign = signer.role == Role::Foreign;
    if !foreign && version < floor {
        return Err(Refused::BelowFloor { version, floor });
    }
    if manifest.lowest_app > app {
        return Err(Refused::NeedsNewerApp { needed: manifest.lowest_app, app });
    }
    let label = foreign
        .then(|| format!("{} · {} · v{version}", &fingerprint.grouped()[..FOUR_GROUPS], manifest.publisher));
    Ok(Accepted { fingerprint, version, digest: *digest, revoked: manifest.revoked.clone(), label })
}

/// Whether a pack may take the place of the model in use: [`still_usable`], not older than what the same
/// key's packs were, and not another pack with a version that is taken. Once it gave its known answers and is
/// in use, [`Ledger::note`] it.
pub fn decide(signed: &Signed, ledger: &Ledger, floor: u32, app: AppVersion) -> Result<Accepted, Refused> {
    let accepted = still_usable(signed, ledger, floor, app)?;
    let version = accepted.version;
    match ledger.keys.get(&accepted.fingerprint).and_then(|seen| seen.highest) {
        Some((seen, _)) if version < seen => Err(Refused::OlderThanSeen { version, seen }),
        Some((seen, digest)) if version == seen && digest != accepted.digest => {
            Err(Refused::SameVersion(version))
        }
        _ => Ok(accepted),
    }
}
