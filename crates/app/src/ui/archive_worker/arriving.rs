//! Files that arrive, and backups.

use std::fs::{self, File};
use std::io::{self, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::{ArchiveWorker, ArchiveWorkerError};
use crate::platform::{self, Handed};
use archive::ArchiveError;
use archive::backup::{self, BackupError, Imported};
use archive::durable;
use archive::record::PatientId;
use archive::seal::Passphrase;
use archive::vault::VaultError;

/// A file that pieces of another are appended to as they come, in the app's own folder. It is deleted when it is dropped.
#[derive(Debug)]
pub(super) struct Arriving {
    pub(super) path: PathBuf,
    file: File,
}

impl Arriving {
    fn new(path: PathBuf) -> io::Result<Self> {
        Ok(Self { file: durable::create(&path)?, path })
    }

    /// A file that has come whole.
    fn moved(from: &Path, path: PathBuf) -> io::Result<Self> {
        fs::rename(from, &path)?;
        durable::make_private(&path)?;
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

impl ArchiveWorker {
    /// Makes room for a backup or a model pack that arrives in pieces.
    ///
    /// # Errors
    /// When no file can be made for it.
    pub fn expect_file(&mut self) -> Result<(), ArchiveWorkerError> {
        self.protection()?;
        // First: a file that has arrived before lies at the same place, and is deleted when it is dropped.
        self.arriving = None;
        self.arriving = Some(Arriving::new(self.files.arriving())?);
        Ok(())
    }

    /// Takes in the first of these files, which other apps have handed over, as if it had arrived in pieces, and deletes the others.
    /// Returns how many bytes it has; `None` where there is no file.
    ///
    /// # Errors
    /// When the archive is locked: then they stay where they are. When the file can't be moved.
    pub fn take_in(&mut self, handed_over: &[PathBuf]) -> Result<Option<u64>, ArchiveWorkerError> {
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
    pub fn append(&mut self, piece: &[u8]) -> Result<(), ArchiveWorkerError> {
        let written = self.arriving.as_mut().map_or(Ok(()), |file| file.append(piece));
        Ok(written.inspect_err(|_| self.arriving = None)?)
    }

    /// Drops the file that has arrived.
    pub fn drop_file(&mut self) {
        self.arriving = None;
    }

    /// Whether a backup has arrived.
    pub fn has_backup(&self) -> bool {
        self.arriving.is_some()
    }

    /// Takes in the backup that has arrived, and drops it, unless another passphrase may open it.
    ///
    /// # Errors
    /// When the archive is locked, or the backup can't be read.
    pub fn import(&mut self, passphrase: &Passphrase) -> Result<Imported, ArchiveWorkerError> {
        self.create(None)?;
        // While it is locked, the file stays.
        self.archive()?;
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

    /// Writes everything, or what is of one patient, into one file that the passphrase opens, and hands it over. Returns what became of it, and of how many
    /// checks a picture is missing because it is damaged.
    ///
    /// # Errors
    /// When the archive is locked or the file can't be written; then no file is left.
    pub fn export(
        &mut self,
        of: Option<PatientId>,
        passphrase: &Passphrase,
        name: &str,
    ) -> Result<(Handed, usize), ArchiveWorkerError> {
        let archive = self.archive()?;
        let part = match of {
            None => archive.contents().clone(),
            Some(patient) => Arc::new(archive.contents().of_patient(Some(patient))),
        };
        let mut incomplete = 0;
        let handed = platform::hand_over(platform::here(), name, |file: File| {
            let mut output = BufWriter::new(file);
            incomplete = backup::export(archive, &part, passphrase, &mut output)?;
            output.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()?;
            Ok::<_, ArchiveWorkerError>(())
        })?;
        Ok((handed, incomplete))
    }
}
