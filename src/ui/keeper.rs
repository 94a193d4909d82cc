//! The archive on a thread of its own: opening it takes a moment, and so does writing safely.

use std::fs::{self, File};
use std::io::{self, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;
use keyring_core::CredentialStore;
use spotpack::{ConfirmedKey, Digest, PublicKey, Refused, decide, still_usable};

use crate::archive::backup::{self, BackupError, Imported};
use crate::archive::models::Models;
use crate::archive::record::{Check, CheckId, Kind, Pictures, Spot, SpotId};
use crate::archive::seal::{Key, Passphrase};
use crate::archive::vault::{Protection, Vault, VaultError};
use crate::archive::{Archive, ArchiveError, Contents, Files, Lock, Losses, StoreError};
use crate::assessment::Assessment;
use crate::files;
use crate::packs::{FLOOR, NotUsed, app_version};
use crate::platform::{self, Handed};
use crate::shelf::{FromPack, Shelf, Source};
use crate::wording::Wording;

/// Why something can't be kept, read or moved.
#[derive(Debug, thiserror::Error)]
pub enum KeeperError {
    /// The key.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// The archive.
    #[error(transparent)]
    Archive(#[from] ArchiveError),
    /// A backup.
    #[error(transparent)]
    Backup(#[from] BackupError),
    /// Another file.
    #[error("the file can't be written or read: {0}")]
    File(#[from] io::Error),
}

/// What the screens know of the archive.
#[derive(Debug, Clone, PartialEq)]
pub enum Book {
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
    Open(Page),
}

/// The open archive at one moment.
#[derive(Debug, Clone)]
pub struct Page {
    /// Spots and checks.
    pub contents: Arc<Contents>,
    /// What was damaged.
    pub losses: Losses,
    /// How the key is kept.
    pub protection: Protection,
    /// Whether the device has a key store.
    pub key_store: bool,
}

impl PartialEq for Page {
    /// Whether it is the same moment: thousands of checks are not compared for it.
    fn eq(&self, other: &Self) -> bool {
        let Self { contents, losses, protection, key_store } = self;
        Arc::ptr_eq(contents, &other.contents)
            && (*losses, *protection, *key_store) == (other.losses, other.protection, other.key_store)
    }
}

/// What to tell the user: a text's key, and its number where it has one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Trouble {
    /// The key.
    pub key: &'static str,
    /// Seconds to wait.
    pub seconds: u64,
}

impl Trouble {
    /// Whether nothing that the owner does will open the archive as it is; then it can be set aside.
    pub fn is_final(self) -> bool {
        const FINAL: [&str; 5] = [
            "archive-damaged",
            "archive-key-gone",
            "archive-key-damaged",
            "archive-key-missing",
            "archive-keys-missing",
        ];
        FINAL.contains(&self.key)
    }

    /// In words.
    pub fn say(self, words: &Wording) -> String {
        words.text(self.key, &[("seconds", self.seconds.into())])
    }
}

impl From<&KeeperError> for Trouble {
    fn from(error: &KeeperError) -> Self {
        let archive = |error: &ArchiveError| match error {
            ArchiveError::Store(StoreError::InUse) => "archive-in-use",
            ArchiveError::Store(StoreError::Full) => "archive-full",
            ArchiveError::Store(StoreError::Damaged) => "archive-damaged",
            ArchiveError::Store(StoreError::File(_)) => "archive-file",
            ArchiveError::Store(StoreError::Newer) => "archive-newer",
            ArchiveError::Store(StoreError::Broken) => "broken",
            ArchiveError::WrongKey => "archive-key-gone",
            ArchiveError::Newer => "archive-newer",
            ArchiveError::Lost => "archive-lost",
            ArchiveError::Unkeepable => "archive-unkeepable",
            ArchiveError::KeysMissing => "archive-keys-missing",
            ArchiveError::NotErased(_) => "archive-not-erased",
        };
        let key = match error {
            KeeperError::Vault(error) => match error {
                VaultError::Wrong => "lock-wrong",
                VaultError::Wait(wait) => {
                    return Self { key: "lock-wait", seconds: wait.as_secs() + 1 };
                }
                VaultError::Locked => "lock-needed",
                VaultError::Missing => "archive-key-missing",
                VaultError::NoKeyStore => "lock-no-key-store",
                VaultError::KeyGone => "archive-key-gone",
                VaultError::Damaged => "archive-key-damaged",
                VaultError::Newer => "archive-newer",
                VaultError::KeyStore(_) => "archive-key-store",
                VaultError::File(_) => "archive-file",
            },
            KeeperError::Archive(error) | KeeperError::Backup(BackupError::Archive(error)) => archive(error),
            KeeperError::Backup(error) => match error {
                BackupError::Wrong => "backup-wrong",
                BackupError::NoBackup => "backup-none",
                BackupError::Damaged => "backup-damaged",
                BackupError::TooLarge => "backup-too-large",
                BackupError::Newer => "archive-newer",
                BackupError::File(_) | BackupError::Archive(_) => "backup-file",
            },
            KeeperError::File(_) => "backup-file",
        };
        Self { key, seconds: 0 }
    }
}

/// What was found in a model pack that has arrived.
#[derive(Debug, Clone)]
pub enum Examined {
    /// This key signed it, and nobody has compared its fingerprint yet: nothing else of it was read.
    Stranger(PublicKey),
    /// It may take the place of the model in use.
    Offer(Arc<Offer>),
}

/// A model pack that was accepted, but for its known answers, which its model gives when it is to be used.
#[derive(Debug)]
pub struct Offer {
    /// What goes with its model.
    pub from: FromPack,
    /// Where it lies until then.
    pub source: Source,
    /// The key that was confirmed for it.
    pub confirmed: Option<ConfirmedKey>,
}

/// A pack that was in use before.
#[derive(Debug, Clone, PartialEq)]
pub struct Before {
    /// The name of its model.
    pub name: String,
    /// Where it lies.
    pub source: Source,
}

/// The archive's files, its key's vault, and the archive while it is open; and the packs that are installed.
pub struct Keeper {
    files: Files,
    vault: Vault,
    shelf: Shelf,
    lock: Option<Lock>,
    open: Option<(Archive, Key)>,
    arriving: Option<Arriving>,
}

impl Keeper {
    /// For the archive in this folder.
    pub fn new(folder: &Path, key_store: Option<Arc<CredentialStore>>) -> Self {
        let files = Files::in_folder(folder);
        let (vault, shelf) = (Vault::new(&files.vault(), key_store), Shelf::in_folder(folder));
        Self { vault, shelf, files, lock: None, open: None, arriving: None }
    }

    /// What there is. Opens it where that needs no passphrase.
    pub fn begin(&mut self) -> Book {
        match self.protection() {
            Ok(Protection::KeyStore) if self.open.is_none() => match self.unlock(None) {
                Err(error) => Book::Unusable((&error).into()),
                Ok(()) => self.book(),
            },
            Ok(_) => self.book(),
            Err(error) => Book::Unusable((&error).into()),
        }
    }

    /// How the key is kept, of an archive that no other app has open.
    fn protection(&mut self) -> Result<Protection, KeeperError> {
        if self.lock.is_none() {
            self.lock = Some(self.files.lock().map_err(ArchiveError::from)?);
            // What a kill left of a file that was arriving.
            self.files.clear_arriving();
        }
        match self.vault.protection()? {
            // Begun, and interrupted before anything was kept.
            Protection::None if self.files.hold_nothing() => {
                self.files.delete()?;
                Ok(Protection::None)
            }
            // Nobody but "delete everything" deletes an archive, and that begins with the records.
            Protection::None if self.files.hold_something() => Err(VaultError::Missing.into()),
            protection => Ok(protection),
        }
    }

    /// What the screens may know now.
    pub fn book(&mut self) -> Book {
        let key_store = self.vault.has_key_store();
        let protection = self.protection();
        match (&self.open, protection) {
            (Some((archive, _)), Ok(protection)) => Book::Open(Page {
                contents: archive.contents().clone(),
                losses: archive.losses(),
                protection,
                key_store,
            }),
            (None, Ok(Protection::None)) => Book::Empty { key_store },
            (None, Ok(Protection::Passphrase)) => Book::Locked,
            (None, Ok(Protection::KeyStore)) => self.begin(),
            (_, Err(error)) => Book::Unusable((&error).into()),
        }
    }

    /// Opens the archive.
    ///
    /// # Errors
    /// When the passphrase is wrong or the file can't be used.
    pub fn unlock(&mut self, passphrase: Option<&Passphrase>) -> Result<(), KeeperError> {
        self.protection()?;
        let key = self.vault.unlock(passphrase)?;
        self.open = None;
        self.open = Some((Archive::open(&self.files.records(), key.clone())?, key));
        Ok(())
    }

    /// Forgets everything that was read, and the key with it.
    pub fn lock(&mut self) {
        self.open = None;
    }

    /// Makes the archive, where there is none.
    ///
    /// # Errors
    /// When the key can't be kept or the file can't be made.
    pub fn create(&mut self, passphrase: Option<&Passphrase>) -> Result<(), KeeperError> {
        if self.protection()? != Protection::None {
            return Ok(());
        }
        let key = Key::random();
        let archive = Archive::create(&self.files.records(), key.clone())?;
        if let Err(error) = self.vault.protect(&key, passphrase) {
            drop(archive);
            self.files.delete()?;
            return Err(error.into());
        }
        self.open = Some((archive, key));
        Ok(())
    }

    /// Whether this is the passphrase, asked of whoever holds the unlocked device before the lock is changed.
    ///
    /// # Errors
    /// When it is not.
    pub fn confirm(&mut self, passphrase: &Passphrase) -> Result<(), KeeperError> {
        self.vault.unlock(Some(passphrase))?;
        Ok(())
    }

    /// Changes how the key is kept.
    ///
    /// # Errors
    /// When the archive is locked, or the key can't be kept so.
    pub fn protect(&mut self, passphrase: Option<&Passphrase>) -> Result<(), KeeperError> {
        let (_, key) = self.open.as_ref().ok_or(VaultError::Locked)?;
        Ok(self.vault.protect(key, passphrase)?)
    }

    /// Keeps a check of a spot, and the spot where it is new or changed.
    ///
    /// # Errors
    /// When the archive is locked or can't be written.
    pub fn keep(&mut self, spot: Spot, check: Check, pictures: &Pictures) -> Result<(), KeeperError> {
        self.write(|archive| archive.keep_check(spot, check, pictures))
    }

    /// Changes a spot.
    ///
    /// # Errors
    /// As [`Self::keep`].
    pub fn change_spot(&mut self, id: SpotId, change: impl FnOnce(&mut Spot)) -> Result<(), KeeperError> {
        self.write(|archive| {
            let Some(mut spot) = archive.contents().spot(id).cloned() else { return Ok(()) };
            change(&mut spot);
            archive.keep_spot(spot)
        })
    }

    /// Notes what the present model says to the photo of a check. The first answer stays.
    ///
    /// # Errors
    /// As [`Self::keep`].
    pub fn add_answer(
        &mut self,
        check: CheckId,
        at: Timestamp,
        assessment: Assessment,
    ) -> Result<(), KeeperError> {
        self.write(|archive| archive.add_answer(check, at, assessment))
    }

    /// Changes what is noted of a check.
    ///
    /// # Errors
    /// As [`Self::keep`].
    pub fn change_check(&mut self, id: CheckId, change: impl FnOnce(&mut Check)) -> Result<(), KeeperError> {
        self.write(|archive| {
            let Some(mut check) = archive.contents().check(id).cloned() else { return Ok(()) };
            change(&mut check);
            archive.change_check(check)
        })
    }

    /// Deletes a check.
    ///
    /// # Errors
    /// As [`Self::keep`].
    pub fn delete_check(&mut self, check: CheckId) -> Result<(), KeeperError> {
        self.write(|archive| archive.delete_check(check))
    }

    /// Deletes a spot with its checks.
    ///
    /// # Errors
    /// As [`Self::keep`].
    pub fn delete_spot(&mut self, spot: SpotId) -> Result<(), KeeperError> {
        self.write(|archive| archive.delete_spot(spot))
    }

    fn write(
        &mut self,
        work: impl FnOnce(&mut Archive) -> Result<(), ArchiveError>,
    ) -> Result<(), KeeperError> {
        let done = work(self.archive()?);
        if let Err(ArchiveError::Store(_)) = &done {
            self.reopen();
        }
        Ok(done?)
    }

    /// After a failed write the database refuses everything until it is opened anew.
    fn reopen(&mut self) {
        if let Some((archive, key)) = self.open.take() {
            drop(archive);
            self.open = Archive::open(&self.files.records(), key.clone()).ok().map(|archive| (archive, key));
        }
    }

    /// A picture of a check.
    ///
    /// # Errors
    /// When the archive is locked, or the picture is damaged.
    pub fn picture(&mut self, check: CheckId, kind: Kind) -> Result<Vec<u8>, KeeperError> {
        Ok(std::mem::take(&mut *self.archive()?.picture(check, kind)?))
    }

    /// Writes everything into one file that the passphrase opens, and hands it over. Returns what became of it, and of how many
    /// checks a picture is missing because it is damaged.
    ///
    /// # Errors
    /// When the archive is locked or the file can't be written; then no file is left.
    pub fn export(&mut self, passphrase: &Passphrase, name: &str) -> Result<(Handed, usize), KeeperError> {
        let archive = self.archive()?;
        let mut incomplete = 0;
        let handed = platform::hand_over(platform::here(), name, |file: File| {
            let mut output = BufWriter::new(file);
            incomplete = backup::export(archive, passphrase, &mut output)?;
            output.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()?;
            Ok::<_, KeeperError>(())
        })?;
        Ok((handed, incomplete))
    }

    /// Makes room for a backup or a model pack that arrives in pieces.
    ///
    /// # Errors
    /// When no file can be made for it.
    pub fn expect_file(&mut self) -> Result<(), KeeperError> {
        self.protection()?;
        // It deletes its file, whose place the new one takes.
        self.arriving = None;
        self.arriving = Some(Arriving::new(self.files.arriving())?);
        Ok(())
    }

    /// Takes in the first of these files, which other apps have handed over, as if it had arrived in pieces, and deletes the others.
    /// Returns how many bytes it has; `None` where there is no file.
    ///
    /// # Errors
    /// When the archive is locked: then they stay where they are. When the file can't be moved.
    pub fn take_in(&mut self, handed_over: &[PathBuf]) -> Result<Option<u64>, KeeperError> {
        let Some((latest, before)) = handed_over.split_first() else { return Ok(None) };
        self.models().ok_or(VaultError::Locked)?;
        self.arriving = None;
        let arriving = self.arriving.insert(Arriving::moved(latest, self.files.arriving())?);
        for path in before {
            let _ = fs::remove_file(path);
        }
        Ok(Some(arriving.file.metadata()?.len()))
    }

    /// Appends a piece to the file that arrives; nothing where none is expected any more.
    ///
    /// # Errors
    /// When it can't be written; then the file is dropped.
    pub fn append(&mut self, piece: &[u8]) -> Result<(), KeeperError> {
        let written = self.arriving.as_mut().map_or(Ok(()), |file| file.append(piece));
        Ok(written.inspect_err(|_| self.arriving = None)?)
    }

    /// Drops the file that has arrived.
    pub fn drop_file(&mut self) {
        self.arriving = None;
    }

    /// Takes in the backup that has arrived, and drops it, unless another passphrase may open it.
    ///
    /// # Errors
    /// When the archive is locked, or the backup can't be read.
    pub fn import(&mut self, passphrase: &Passphrase) -> Result<Imported, KeeperError> {
        self.create(None)?;
        let file = self.arriving.take().ok_or(BackupError::NoBackup)?;
        let archive = self.archive()?;
        let imported = backup::import(archive, passphrase, BufReader::new(File::open(&file.path)?));
        match &imported {
            Err(BackupError::Wrong) => self.arriving = Some(file),
            Err(BackupError::Archive(ArchiveError::Store(_))) => self.reopen(),
            _ => {}
        }
        Ok(imported?)
    }

    /// Whether a backup has arrived.
    pub fn has_backup(&self) -> bool {
        self.arriving.is_some()
    }

    /// What is known of models that came in packs; `None` while that can't be read. What stands in the clear follows it.
    pub fn models(&mut self) -> Option<Models> {
        let protection = self.protection();
        let models = match (&self.open, protection) {
            (Some((archive, _)), _) => archive.models(),
            (None, Ok(Protection::None)) => Models::default(),
            _ => return None,
        };
        self.note(&models);
        Some(models)
    }

    /// Notes in the clear which model is in use. Where that fails, the archive still knows, and the next start tries again.
    fn note(&self, models: &Models) {
        if let Err(error) = self.shelf.note(models) {
            tracing::info!("which model is in use could not be noted beside the archive: {error}");
        }
    }

    /// Looks at the model pack that has arrived, with a key that was confirmed for it.
    ///
    /// # Errors
    /// When the archive is locked, or nothing has arrived.
    pub fn examine(
        &mut self,
        confirmed: Option<ConfirmedKey>,
    ) -> Result<Result<Examined, NotUsed>, KeeperError> {
        let models = self.models().ok_or(VaultError::Locked)?;
        let path = self.arrived()?;
        Ok(match Self::offer(path, &models, confirmed) {
            Ok(offer) => Ok(Examined::Offer(Arc::new(offer))),
            Err(NotUsed::Refused(Refused::ForeignNotConfirmed(key))) => Ok(Examined::Stranger(key)),
            Err(why) => Err(why),
        })
    }

    fn offer(path: PathBuf, models: &Models, confirmed: Option<ConfirmedKey>) -> Result<Offer, NotUsed> {
        let (digest, trusted) = (Source::digest_at(&path)?, models.trusting(confirmed));
        let source = Source { path, digest, confirmed: trusted };
        let pack = source.open()?;
        decide(pack.signed(), &models.ledger, FLOOR, app_version())?;
        Ok(Offer { from: FromPack::of(&pack, &models.ledger)?, source, confirmed })
    }

    fn arrived(&self) -> Result<PathBuf, KeeperError> {
        let arrived = self.arriving.as_ref().map(|file| file.path.clone());
        Ok(arrived.ok_or(io::Error::from(io::ErrorKind::NotFound))?)
    }

    /// Installs the model pack that was offered, whose model has given its known answers: it is noted in one transaction with all that
    /// was seen of its publisher.
    ///
    /// # Errors
    /// When it can't be kept; then the model that was in use stays.
    pub fn install(&mut self, offer: &Offer) -> Result<Result<(), NotUsed>, KeeperError> {
        self.create(None)?;
        let models = self.archive()?.models();
        let source = Source { path: self.arrived()?, ..offer.source.clone() };
        let decided =
            source.signed().and_then(|signed| Ok(decide(&signed, &models.ledger, FLOOR, app_version())?));
        let accepted = match decided {
            Ok(accepted) => accepted,
            Err(why) => return Ok(Err(why)),
        };
        self.shelf.take_in(&source.path, &source.digest)?;
        self.arriving = None;
        let models = models.installed(source.digest, &accepted, offer.confirmed);
        self.write(|archive| archive.keep_models(models.clone()))?;
        self.note(&models);
        self.shelf.tidy(&models);
        Ok(Ok(()))
    }

    /// Notes that the model that was in use before, or the app's own, is in use from now on.
    ///
    /// # Errors
    /// When the archive is locked or can't be written; then the model that was in use stays.
    pub fn go_to_model(&mut self, to: Option<Digest>) -> Result<(), KeeperError> {
        let models = self.archive()?.models().gone_to(to);
        self.write(|archive| archive.keep_models(models.clone()))?;
        self.note(&models);
        Ok(())
    }

    /// The pack that was in use before, where it may still be gone back to.
    pub fn before(&mut self) -> Option<Before> {
        let models = self.models()?;
        let source = self.shelf.source(models.before?, &models.confirmed);
        let signed = source.signed().ok()?;
        still_usable(&signed, &models.ledger, FLOOR, app_version()).ok()?;
        Some(Before { name: signed.manifest().name.clone(), source })
    }

    /// Puts an archive that can't be opened into a folder of its own, so that a new one can be begun; its key stays where it is.
    /// Returns the folder.
    ///
    /// # Errors
    /// When the archive can be opened, or a file can't be moved.
    pub fn set_aside(&mut self) -> Result<PathBuf, KeeperError> {
        if self.open.is_some() {
            return Err(io::Error::from(io::ErrorKind::ResourceBusy).into());
        }
        self.protection().or_else(|error| match error {
            KeeperError::Vault(_) => Ok(Protection::None),
            error => Err(error),
        })?;
        let moved = self.files.set_aside(Timestamp::now())?;
        self.vault = Vault::new(&self.files.vault(), self.vault.key_store());
        Ok(moved)
    }

    /// Deletes the archive and its key, and those that were set aside; and the packs that are installed.
    ///
    /// # Errors
    /// When a file can't be removed.
    pub fn delete_everything(&mut self) -> Result<(), KeeperError> {
        self.open = None;
        if self.lock.is_none() {
            self.lock = Some(self.files.lock().map_err(ArchiveError::from)?);
        }
        for aside in self.files.aside() {
            Vault::new(&Files::in_folder(&aside).vault(), self.vault.key_store()).forget_key();
            fs::remove_dir_all(aside)?;
        }
        self.vault.forget_key();
        self.files.delete()?;
        Ok(self.shelf.delete()?)
    }

    fn archive(&mut self) -> Result<&mut Archive, KeeperError> {
        match &mut self.open {
            Some((archive, _)) => Ok(archive),
            None => Err(VaultError::Locked.into()),
        }
    }
}

/// A file that pieces of another are appended to as they come, in the app's own folder. It is deleted when it is dropped.
#[derive(Debug)]
struct Arriving {
    path: PathBuf,
    file: File,
}

impl Arriving {
    fn new(path: PathBuf) -> io::Result<Self> {
        Ok(Self { file: files::create(&path)?, path })
    }

    /// A file that has come whole.
    fn moved(from: &Path, path: PathBuf) -> io::Result<Self> {
        fs::rename(from, &path)?;
        files::make_private(&path)?;
        Ok(Self { file: File::open(&path)?, path })
    }

    fn append(&mut self, piece: &[u8]) -> io::Result<()> {
        self.file.write_all(piece)
    }
}

impl Drop for Arriving {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.path);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::archive::tests::{check, spot};

    fn key_store() -> Arc<CredentialStore> {
        keyring_core::mock::Store::new().expect("store")
    }

    fn pictures() -> Pictures {
        let picture = |name: &str| name.as_bytes().to_vec();
        Pictures {
            thumbnail: picture("thumbnail"),
            crop: picture("crop"),
            saliency: picture("saliency"),
            photo: picture("photo"),
        }
    }

    /// A keeper whose new archive holds a check of one spot.
    fn with_one_check(folder: &Path, store: Arc<CredentialStore>) -> (Keeper, Spot) {
        let mut keeper = Keeper::new(folder, Some(store));
        let spot = spot("arm");
        keeper.create(None).expect("made");
        keeper.keep(spot.clone(), check(spot.id), &pictures()).expect("kept");
        (keeper, spot)
    }

    #[test]
    fn what_can_not_be_opened_is_set_aside_whole_and_can_be_put_back() {
        let folder = tempfile::tempdir().expect("folder");
        let store = key_store();
        let (mut keeper, spot) = with_one_check(folder.path(), store.clone());
        assert!(keeper.set_aside().is_err(), "not what is open");
        drop(keeper);
        let vault = Files::in_folder(folder.path()).vault();
        let note = fs::read(&vault).expect("note");
        fs::remove_file(&vault).expect("lost");
        let mut keeper = Keeper::new(folder.path(), Some(store.clone()));
        let Book::Unusable(trouble) = keeper.begin() else { panic!("without its key") };
        assert!(trouble.key == "archive-key-missing" && trouble.is_final());
        let aside = keeper.set_aside().expect("moved");
        assert_eq!(keeper.begin(), Book::Empty { key_store: true });
        keeper.create(None).expect("a new one");
        keeper.keep(spot.clone(), check(spot.id), &pictures()).expect("kept");
        drop(keeper);
        // Once the note is found again, nothing is lost.
        fs::write(aside.join("archive.vault"), note).expect("put back");
        let mut keeper = Keeper::new(&aside, Some(store));
        let Book::Open(page) = keeper.begin() else { panic!("it opens") };
        assert_eq!((page.contents.latest().len(), page.losses), (1, Losses::default()));
    }

    /// The app was killed between making the files and keeping the key, when there was nothing in them.
    #[test]
    fn an_archive_that_was_only_begun_is_begun_again() {
        let folder = tempfile::tempdir().expect("folder");
        let records = Files::in_folder(folder.path()).records();
        drop(Archive::create(&records, Key::random()).expect("made"));
        let mut keeper = Keeper::new(folder.path(), Some(key_store()));
        assert_eq!(keeper.begin(), Book::Empty { key_store: true });
        keeper.create(None).expect("made");
        assert!(matches!(keeper.begin(), Book::Open(_)));
    }

    /// Whoever moves the other two files away finds them useless without it.
    #[test]
    fn a_file_of_keys_that_was_left_alone_is_not_made_anew() {
        let folder = tempfile::tempdir().expect("folder");
        let store = key_store();
        let (keeper, _) = with_one_check(folder.path(), store.clone());
        drop(keeper);
        let files = Files::in_folder(folder.path());
        let elsewhere = tempfile::tempdir().expect("folder");
        let moved = Files::in_folder(elsewhere.path());
        fs::rename(files.records(), moved.records()).expect("moved");
        fs::rename(files.vault(), moved.vault()).expect("moved");
        let keys = Files::keys_of(&files.records());
        let before = fs::read(&keys).expect("keys");
        let mut keeper = Keeper::new(folder.path(), Some(store.clone()));
        let Book::Unusable(trouble) = keeper.begin() else { panic!("keys alone") };
        assert!(trouble.key == "archive-key-missing" && trouble.is_final());
        assert!(keeper.create(None).is_err());
        assert!(Archive::create(&files.records(), Key::random()).is_err());
        assert_eq!(fs::read(&keys).expect("keys"), before);
        drop(keeper);
        // Together they open.
        fs::rename(&keys, Files::keys_of(&moved.records())).expect("moved");
        let mut keeper = Keeper::new(elsewhere.path(), Some(store));
        let Book::Open(page) = keeper.begin() else { panic!("it opens") };
        assert_eq!((page.contents.latest().len(), page.losses), (1, Losses::default()));
    }

    /// One of format 1 has no data keys: an empty file of them does not mean that it holds nothing.
    #[test]
    fn an_old_archive_without_its_note_is_never_deleted() {
        let folder = tempfile::tempdir().expect("folder");
        let records = Files::in_folder(folder.path()).records();
        fs::write(&records, include_bytes!("../../tests/fixtures/archive-1-drawn.redb")).expect("written");
        let other = tempfile::tempdir().expect("folder");
        let begun = Files::in_folder(other.path()).records();
        drop(Archive::create(&begun, Key::random()).expect("made"));
        fs::copy(Files::keys_of(&begun), Files::keys_of(&records)).expect("keys");
        let mut keeper = Keeper::new(folder.path(), Some(key_store()));
        let Book::Unusable(trouble) = keeper.begin() else { panic!("without its note") };
        assert_eq!(trouble.key, "archive-key-missing");
        assert!(records.exists(), "and what it holds can still be taken out");
    }

    #[test]
    fn deleting_everything_takes_what_was_set_aside_along() {
        let folder = tempfile::tempdir().expect("folder");
        let mut keeper = Keeper::new(folder.path(), Some(key_store()));
        let spot = spot("arm");
        keeper.create(None).expect("made");
        keeper.keep(spot.clone(), check(spot.id), &pictures()).expect("kept");
        drop(keeper);
        fs::remove_file(Files::in_folder(folder.path()).vault()).expect("lost");
        let mut keeper = Keeper::new(folder.path(), Some(key_store()));
        let aside = keeper.set_aside().expect("moved");
        assert!(aside.join("archive.redb").exists());
        keeper.delete_everything().expect("deleted");
        assert!(!aside.exists());
    }

    #[cfg(feature = "packs")]
    mod packs {
        use spotpack::PackError;

        use super::*;
        use crate::shelf::tests::Publisher;

        /// A pack that arrives whole, and what is found in it when its key was confirmed.
        fn offered(keeper: &mut Keeper, publisher: &Publisher, pack: &[u8]) -> Result<Arc<Offer>, NotUsed> {
            keeper.expect_file().expect("room");
            for piece in pack.chunks(1_000_000) {
                keeper.append(piece).expect("appended");
            }
            match keeper.examine(Some(publisher.confirmed())).expect("examined")? {
                Examined::Offer(offer) => Ok(offer),
                Examined::Stranger(_) => panic!("its key was confirmed"),
            }
        }

        fn install(keeper: &mut Keeper, publisher: &Publisher, pack: &[u8]) -> Result<Digest, NotUsed> {
            let offer = offered(keeper, publisher, pack)?;
            keeper.install(&offer).expect("kept")?;
            Ok(offer.source.digest)
        }

        fn keeper(folder: &tempfile::TempDir, store: &Arc<CredentialStore>) -> Keeper {
            Keeper::new(folder.path(), Some(store.clone()))
        }

        #[test]
        fn a_stranger_is_asked_about_before_anything_is_installed() {
            let (folder, publisher) = (tempfile::tempdir().expect("folder"), Publisher::generate());
            let mut keeper = keeper(&folder, &key_store());
            keeper.begin();
            keeper.expect_file().expect("room");
            keeper.append(&publisher.pack(1)).expect("appended");
            let found = keeper.examine(None).expect("examined").expect("a pack");
            assert!(matches!(found, Examined::Stranger(key) if key == publisher.key));
            assert_eq!(keeper.models(), Some(Models::default()));
            assert_eq!(keeper.begin(), Book::Empty { key_store: true }, "nothing is made before");
        }

        #[test]
        fn what_is_installed_is_known_after_a_restart_and_an_older_or_other_pack_is_refused() {
            let (folder, publisher, store) =
                (tempfile::tempdir().expect("folder"), Publisher::generate(), key_store());
            let mut first = keeper(&folder, &store);
            first.begin();
            let three = install(&mut first, &publisher, &publisher.pack(3)).expect("installed");
            assert!(!Files::in_folder(folder.path()).arriving().exists(), "it was moved");
            drop(first);
            let mut again = keeper(&folder, &store);
            assert!(matches!(again.begin(), Book::Open(_)), "keeping a model makes the archive");
            let models = again.models().expect("open");
            assert_eq!((models.in_use, models.before), (Some(three), None));
            assert_eq!(models.confirmed, [publisher.confirmed()]);

            let older = offered(&mut again, &publisher, &publisher.pack(2)).map(drop);
            assert!(
                matches!(older, Err(NotUsed::Refused(Refused::OlderThanSeen { version: 2, seen: 3 }))),
                "{older:?}"
            );
            let other =
                publisher.changed(3, |manifest, _| manifest.date = "2026-04-01".parse().expect("a day"));
            let other = offered(&mut again, &publisher, &other).map(drop);
            assert!(matches!(other, Err(NotUsed::Refused(Refused::SameVersion(3)))), "{other:?}");
            let newer = publisher
                .changed(4, |manifest, _| manifest.lowest_app = "99.0.0".parse().expect("a version"));
            let newer = offered(&mut again, &publisher, &newer).map(drop);
            assert!(matches!(newer, Err(NotUsed::Refused(Refused::NeedsNewerApp { .. }))), "{newer:?}");
            let mut changed = publisher.pack(4);
            let at = changed.len() - 5_000;
            changed[at] ^= 1;
            let changed = offered(&mut again, &publisher, &changed).map(drop);
            assert!(
                matches!(changed, Err(NotUsed::Refused(Refused::Pack(PackError::Tampered(_))))),
                "{changed:?}"
            );
            assert_eq!(again.models(), Some(models), "none of them left a trace");
        }

        #[test]
        fn going_back_lowers_nothing_and_what_was_withdrawn_is_not_gone_back_to() {
            let (folder, publisher) = (tempfile::tempdir().expect("folder"), Publisher::generate());
            let mut keeper = keeper(&folder, &key_store());
            keeper.begin();
            let one = install(&mut keeper, &publisher, &publisher.pack(1)).expect("installed");
            let two = install(&mut keeper, &publisher, &publisher.pack(2)).expect("installed");
            assert_eq!(keeper.before().expect("the first").source.digest, one);
            keeper.go_to_model(Some(one)).expect("back");
            let models = keeper.models().expect("open");
            assert_eq!((models.in_use, models.before), (Some(one), Some(two)));
            assert_eq!(models.ledger.highest(&publisher.key.fingerprint()), Some(2));
            keeper.go_to_model(None).expect("to the app's own");
            let older = offered(&mut keeper, &publisher, &publisher.pack(1)).map(drop);
            assert!(matches!(older, Err(NotUsed::Refused(Refused::OlderThanSeen { .. }))), "{older:?}");
            let three =
                publisher.changed(3, |manifest, _| manifest.revoked = vec![publisher.withdraws(&[2])]);
            keeper.go_to_model(Some(two)).expect("forth");
            install(&mut keeper, &publisher, &three).expect("installed");
            assert_eq!(keeper.models().expect("open").before, Some(two));
            assert_eq!(keeper.before(), None, "it was withdrawn");
        }

        #[test]
        fn nothing_is_known_of_models_while_the_archive_is_locked() {
            let (folder, publisher) = (tempfile::tempdir().expect("folder"), Publisher::generate());
            let passphrase = Passphrase::new("a long passphrase".into()).expect("long enough");
            let mut keeper = Keeper::new(folder.path(), None);
            keeper.begin();
            keeper.create(Some(&passphrase)).expect("made");
            install(&mut keeper, &publisher, &publisher.pack(1)).expect("installed");
            keeper.lock();
            assert_eq!((keeper.models(), keeper.before()), (None, None));
            keeper.expect_file().expect("room");
            keeper.append(&publisher.pack(2)).expect("appended");
            let refused = keeper.examine(Some(publisher.confirmed())).map(drop);
            assert!(matches!(refused, Err(KeeperError::Vault(VaultError::Locked))), "{refused:?}");
            // What stands in the clear is enough for an answer.
            let noted = Shelf::in_folder(folder.path()).noted().expect("readable").expect("one");
            assert_eq!(noted.confirmed, [publisher.confirmed()]);
        }

        #[test]
        fn deleting_everything_takes_packs_and_what_was_seen_along() {
            let (folder, publisher) = (tempfile::tempdir().expect("folder"), Publisher::generate());
            let mut keeper = keeper(&folder, &key_store());
            keeper.begin();
            install(&mut keeper, &publisher, &publisher.pack(3)).expect("installed");
            keeper.delete_everything().expect("deleted");
            assert_eq!(keeper.models(), Some(Models::default()));
            assert!(!folder.path().join("packs").exists());
        }
    }

    #[test]
    fn a_page_is_compared_without_its_checks() {
        let page = |contents: &Arc<Contents>| Page {
            contents: contents.clone(),
            losses: Losses::default(),
            protection: Protection::KeyStore,
            key_store: true,
        };
        let (one, other) = (Arc::<Contents>::default(), Arc::<Contents>::default());
        assert!(page(&one) == page(&one) && page(&one) != page(&other));
    }
}
