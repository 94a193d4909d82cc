//! The packs that are installed on this device: their files, and which of them answers while the archive can't be read.
//!
//! What counts is sealed in the archive ([`crate::models`]). A note in the clear names the pack that is in use, so that there is
//! an answer before anybody unlocks it. `docs/model-packs.md` has the rule, and what it can't do.

use std::fs::{self, File};
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use burn::tensor::Device;
use serde::{Deserialize, Serialize};
use spotpack::{ConfirmedKey, Digest, Envelope, Ledger, Manifest, Pack, PackError, Signed, still_usable};

use crate::durable;
use crate::models::Models;
use assess::assessment::Assessor;
use assess::evidence::Evidence;
use assess::packs::{self, FLOOR, NotUsed, app_version};
use net::network::card::Card;

const FOLDER: &str = "packs";
const NOTE: &str = "in-use.json";
/// Names the pack that is being loaded, for as long as that takes.
const LOADING: &str = "loading";
/// Version of the note.
const VERSION: u32 = 1;

/// The folder that packs are kept in.
#[derive(Debug, Clone)]
pub struct Shelf {
    /// None where nothing can be kept.
    folder: Option<PathBuf>,
}

/// Which pack is in use, in the clear.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Note {
    version: u32,
    digest: Digest,
    confirmed: Vec<ConfirmedKey>,
}

/// A pack that is to be used, and the keys that are trusted for it.
#[derive(Debug, Clone, PartialEq)]
pub struct Source {
    /// Where it lies.
    pub path: PathBuf,
    /// Which it must be.
    pub digest: Digest,
    /// Other people's keys, whose fingerprints were compared.
    pub confirmed: Vec<ConfirmedKey>,
}

/// What goes with a model that came in a pack.
#[derive(Debug, Clone)]
pub struct FromPack {
    /// What was signed, and by whom.
    pub signed: Signed,
    /// Its card.
    pub card: Card,
    /// What was measured of it, where that can be read.
    pub evidence: Evidence,
    /// What must stand wherever an answer of it does, if it is somebody else's.
    pub label: Option<String>,
}

impl FromPack {
    /// What a pack brings, if it may be used by what was seen so far.
    ///
    /// # Errors
    /// When it may not, or its card and its manifest don't fit.
    pub fn of(pack: &Pack<'_>, ledger: &Ledger) -> Result<Self, NotUsed> {
        let signed = pack.signed().clone();
        let accepted = still_usable(&signed, ledger, FLOOR, app_version())?;
        let card = packs::card(signed.manifest(), &pack.contents().card)?;
        let evidence = Evidence::read(&pack.contents().evaluation).unwrap_or_default();
        Ok(Self { card, evidence, label: accepted.label().map(String::from), signed })
    }

    /// What the pack says of itself.
    pub fn manifest(&self) -> &Manifest {
        self.signed.manifest()
    }
}

impl Source {
    /// Which pack lies here, whoever signed it: it names what is looked at, so that nothing else is used later.
    ///
    /// # Errors
    /// When it is none.
    pub fn digest_at(path: &Path) -> Result<Digest, NotUsed> {
        let mut file = File::open(path).map_err(PackError::from)?;
        Ok(Digest::of(Envelope::read(&mut file)?.manifest()))
    }

    /// Who signed it and what, without its files.
    ///
    /// # Errors
    /// When it is not the pack that it should be, or nobody is trusted who signed it.
    pub fn signed(&self) -> Result<Signed, NotUsed> {
        let mut file = File::open(&self.path).map_err(PackError::from)?;
        let envelope = Envelope::read(&mut file)?;
        self.expected(Signed::open(&envelope, &packs::trust(self.confirmed.iter().copied()))?)
    }

    /// All of it.
    ///
    /// # Errors
    /// When it is not the pack that it should be, or is refused.
    pub fn open(&self) -> Result<Pack<'static>, NotUsed> {
        let mut file = File::open(&self.path).map_err(PackError::from)?;
        let pack = Pack::open(&mut file, &packs::trust(self.confirmed.iter().copied()))?;
        self.expected(pack.signed().clone())?;
        Ok(pack)
    }

    fn expected(&self, signed: Signed) -> Result<Signed, NotUsed> {
        if *signed.digest() == self.digest { Ok(signed) } else { Err(NotUsed::Another) }
    }

    /// Its model, once it gave its known answers here.
    ///
    /// # Errors
    /// When the pack is refused by what was seen so far, or its model can't be used.
    pub fn load(&self, ledger: &Ledger, device: &Device) -> Result<(Assessor, FromPack), NotUsed> {
        let load = || -> Result<(Assessor, FromPack), NotUsed> {
            let pack = self.open()?;
            let from = FromPack::of(&pack, ledger)?;
            let answers = pack.known_answers().clone();
            let assessor = packs::assessor(from.manifest(), &answers, pack.into_contents(), device)?;
            Ok((assessor.labelled(from.label.clone()), from))
        };
        // Libraries read weights and pictures that somebody else made: what they stumble over must not cost the model in use.
        catch_unwind(AssertUnwindSafe(load)).unwrap_or(Err(NotUsed::Failed))
    }
}

impl Shelf {
    /// In the app's folder; an empty path is no folder.
    pub fn in_folder(folder: &Path) -> Self {
        Self { folder: (!folder.as_os_str().is_empty()).then(|| folder.join(FOLDER)) }
    }

    pub(crate) fn folder(&self) -> io::Result<&Path> {
        self.folder.as_deref().ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    pub(crate) fn path(&self, digest: &Digest) -> PathBuf {
        let folder = self.folder.as_deref().unwrap_or(Path::new(""));
        folder.join(digest.to_string()).with_extension(packs::EXTENSION)
    }

    /// An installed pack.
    pub fn source(&self, digest: Digest, confirmed: &[ConfirmedKey]) -> Source {
        Source { path: self.path(&digest), digest, confirmed: confirmed.to_vec() }
    }

    /// The pack that was in use when the app ended, as the note has it.
    ///
    /// # Errors
    /// When there is a note that can't be read.
    pub fn noted(&self) -> Result<Option<Source>, NotUsed> {
        let Ok(folder) = self.folder() else { return Ok(None) };
        let text = match fs::read(folder.join(NOTE)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            text => text.map_err(PackError::from)?,
        };
        match serde_json::from_slice::<Note>(&text) {
            Ok(note) if note.version == VERSION => Ok(Some(self.source(note.digest, &note.confirmed))),
            _ => Err(NotUsed::Unnoted),
        }
    }

    /// Notes in the clear what is sealed in the archive.
    ///
    /// # Errors
    /// When that can't be written; then what stood there stands.
    pub fn note(&self, models: &Models) -> io::Result<()> {
        let folder = self.folder()?;
        let Some(digest) = models.in_use else { return remove(&folder.join(NOTE)) };
        let note = Note { version: VERSION, digest, confirmed: models.confirmed.clone() };
        let text = serde_json::to_vec_pretty(&note)?;
        // Written at most starts already.
        if fs::read(folder.join(NOTE)).is_ok_and(|there| there == text) {
            return Ok(());
        }
        durable::replace(&folder.join(NOTE), &text)
    }

    /// Loads what this pack holds. If that ends the app, as no `catch_unwind` helps against, the next start finds it out by
    /// [`Self::ended_over`].
    ///
    /// # Errors
    /// As [`Source::load`].
    pub fn load(
        &self,
        source: &Source,
        ledger: &Ledger,
        device: &Device,
    ) -> Result<(Assessor, FromPack), NotUsed> {
        // Where nothing can be written, nothing can be installed either.
        let _ = self.mark(&source.digest);
        let loaded = source.load(ledger, device);
        self.unmark();
        loaded
    }

    /// Whether the app ended while it loaded this pack the last time.
    pub fn ended_over(&self, digest: &Digest) -> bool {
        let named = self.folder().and_then(|folder| fs::read_to_string(folder.join(LOADING)));
        named.is_ok_and(|named| named == digest.to_string())
    }

    /// Notes that this pack is being loaded.
    ///
    /// # Errors
    /// When that can't be written.
    pub fn mark(&self, digest: &Digest) -> io::Result<()> {
        let folder = self.folder()?;
        fs::create_dir_all(folder)?;
        fs::write(folder.join(LOADING), digest.to_string())
    }

    fn unmark(&self) {
        if let Ok(folder) = self.folder() {
            let _ = fs::remove_file(folder.join(LOADING));
            // Made for that alone, where there is no pack yet.
            let _ = fs::remove_dir(folder);
        }
    }

    /// Moves a pack here that has arrived whole.
    ///
    /// # Errors
    /// When it can't be; then nothing was changed.
    pub fn take_in(&self, arrived: &Path, digest: &Digest) -> io::Result<()> {
        fs::create_dir_all(self.folder()?)?;
        File::open(arrived)?.sync_all()?;
        durable::put_in_place(arrived, &self.path(digest))
    }

    /// Deletes the packs that are neither in use nor were before. Where that fails, the next time tries again.
    pub fn tidy(&self, models: &Models) {
        let kept = [models.in_use, models.before].map(|digest| digest.map(|digest| self.path(&digest)));
        for path in self.files().into_iter().filter(|path| !kept.contains(&Some(path.clone()))) {
            let _ = fs::remove_file(path);
        }
    }

    /// All packs that lie here.
    fn files(&self) -> Vec<PathBuf> {
        let entries = self.folder.iter().flat_map(fs::read_dir).flatten().flatten();
        let is_pack = |path: &PathBuf| path.extension().is_some_and(|ending| ending == packs::EXTENSION);
        entries.map(|entry| entry.path()).filter(is_pack).collect()
    }

    /// Deletes all packs, and the note.
    ///
    /// # Errors
    /// When one is there and can't be removed.
    pub fn delete(&self) -> io::Result<()> {
        let Ok(folder) = self.folder() else { return Ok(()) };
        let note = folder.join(NOTE);
        for path in [durable::beside(&note), note, folder.join(LOADING)].into_iter().chain(self.files()) {
            remove(&path)?;
        }
        let _ = fs::remove_dir(folder);
        Ok(())
    }
}

fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests;
