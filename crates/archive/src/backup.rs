//! Everything, or all of one patient, in one file that a passphrase opens: an `age` file, written and read as a stream.
//!
//! Inside are records, each with its kind, number and length, and an end. They are the same bytes that the archive seals, so what
//! reads records of an earlier version reads backups of that version.

use std::collections::BTreeMap;
use std::io::{self, Read, Write};

use age::secrecy::SecretString;
use age::{DecryptError, Decryptor, Encryptor, scrypt};
use zeroize::Zeroizing;

use super::record::{
    self, Check, Lineage, ParseError, Patient, Pictures, Record, RecordId, RecordKind, Spot,
};
use super::seal::Passphrase;
use super::{Archive, ArchiveError, Contents};

/// What the decrypted stream begins with.
const START: &[u8; 16] = b"Spotcheck backup";
/// Stands for a kind at the end.
const END: u8 = 0;
/// scrypt's work as a logarithm: 128 MB of memory for a moment, which phones have. No backup was ever made with more.
const WORK: u8 = 17;
/// No picture that the app keeps is nearly as long.
const MOST_PICTURE_BYTES: u32 = 8 << 20;
/// No spot or check that the app keeps is nearly as long.
const MOST_RECORD_BYTES: u32 = 256 << 10;
/// All spots and checks of one backup together: ten thousand of them have about a half. They stay in memory, pictures don't.
const MOST_RECORDS_BYTES: usize = 48 << 20;
/// So much is written to the archive at once, beside the check that goes beyond it.
const AT_ONCE_BYTES: usize = 8 << 20;

/// Why a backup can't be written or read.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// It is another passphrase.
    #[error("the passphrase does not open this backup")]
    Wrong,
    /// It is something else.
    #[error("this file is no Spotcheck backup")]
    NoBackup,
    /// It ends early or was changed.
    #[error("the backup is damaged or incomplete; what came before was taken in")]
    Damaged,
    /// It holds more than an app can have kept.
    #[error("the backup holds more than Spotcheck can take in; what came before was taken in")]
    TooLarge,
    /// A later app wrote it.
    #[error("the backup was written by a newer version of Spotcheck; update the app")]
    Newer,
    /// The file.
    #[error("the backup can't be read or written: {0}")]
    File(#[from] io::Error),
    /// The archive.
    #[error(transparent)]
    Archive(#[from] ArchiveError),
}

/// What an import brought.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Imported {
    /// Spots that were not there before.
    pub spots: usize,
    /// Checks that were not there before.
    pub checks: usize,
}

/// Writes `part` of the archive, as far as it can be read; returns of how many checks a picture is missing because it is damaged.
///
/// # Errors
/// When the output can't be written or the archive can't be read.
pub fn export(
    archive: &Archive,
    part: &Contents,
    passphrase: &Passphrase,
    output: impl Write,
) -> Result<usize, BackupError> {
    let mut recipient = scrypt::Recipient::new(secret(passphrase));
    recipient.set_work_factor(WORK);
    let encryptor = Encryptor::with_recipients(std::iter::once(&recipient as _))
        .map_err(|error| io::Error::other(error.to_string()))?;
    let mut output = encryptor.wrap_output(output)?;
    output.write_all(START)?;
    for patient in part.patients() {
        let id = RecordId { kind: RecordKind::Patient, id: patient.id.number() };
        put(&mut output, id, &Record::Patient(Patient::clone(patient)).bytes(0))?;
    }
    for spot in part.spots() {
        let id = RecordId { kind: RecordKind::Spot, id: spot.id.number() };
        put(&mut output, id, &Record::Spot(Spot::clone(spot)).bytes(0))?;
    }
    let mut incomplete = 0;
    for check in part.latest().rev() {
        let id = RecordId { kind: RecordKind::Check, id: check.id.number() };
        put(&mut output, id, &Record::Check(Box::new(Check::clone(check))).bytes(0))?;
        let mut is_whole = true;
        for kind in RecordKind::PICTURES {
            match archive.picture(check.id, kind) {
                Err(ArchiveError::Lost) => is_whole = false,
                picture => {
                    put(&mut output, RecordId { kind, ..id }, &record::picture_bytes(&picture?))?;
                }
            }
        }
        incomplete += usize::from(!is_whole);
    }
    output.write_all(&[END])?;
    output.finish()?;
    Ok(incomplete)
}

fn put(output: &mut impl Write, id: RecordId, bytes: &[u8]) -> io::Result<()> {
    output.write_all(&id.key())?;
    output.write_all(&(bytes.len() as u32).to_be_bytes())?;
    output.write_all(bytes)
}

/// Takes in what a backup holds. What is in the archive already stays as it is.
///
/// # Errors
/// See [`BackupError`].
pub fn import(
    archive: &mut Archive,
    passphrase: &Passphrase,
    input: impl Read,
) -> Result<Imported, BackupError> {
    let decryptor = Decryptor::new(input).map_err(|error| match error {
        DecryptError::Io(error) if error.kind() != io::ErrorKind::UnexpectedEof => error.into(),
        _ => BackupError::NoBackup,
    })?;
    let mut identity = scrypt::Identity::new(secret(passphrase));
    identity.set_max_work_factor(WORK);
    let mut input = decryptor.decrypt(std::iter::once(&identity as _)).map_err(|error| match error {
        DecryptError::Io(error) => error.into(),
        DecryptError::KeyDecryptionFailed | DecryptError::DecryptionFailed => BackupError::Wrong,
        // Ours, of a time when guessing has become cheaper.
        DecryptError::ExcessiveWork { .. } => BackupError::Newer,
        _ => BackupError::NoBackup,
    })?;
    let mut start = [0; START.len()];
    input.read_exact(&mut start).map_err(cut_off)?;
    if &start != START {
        return Err(BackupError::NoBackup);
    }
    let mut import = Import::default();
    let read = import.read(archive, &mut input);
    import.hand_over(archive)?;
    read.map(|()| import.imported)
}

/// A record's name and its bytes.
type Named = (RecordId, Zeroizing<Vec<u8>>);

/// An import under way.
#[derive(Debug, Default)]
struct Import {
    patients: Vec<Patient>,
    spots: Vec<Spot>,
    checks: Vec<(Check, Pictures)>,
    /// Of all that waits to be written.
    bytes: usize,
    /// Of all patients, spots and checks so far.
    records_bytes: usize,
    /// What stands for the lineage of checks that know none: the number of the first of them, as in the archive.
    before_lineages: Option<Lineage>,
    imported: Imported,
}

impl Import {
    fn read(&mut self, archive: &mut Archive, input: &mut impl Read) -> Result<(), BackupError> {
        // Its pictures follow it, but for those that were lost.
        let mut check: Option<(Check, BTreeMap<RecordKind, Vec<u8>>)> = None;
        while let Some((id, bytes)) = next(input)? {
            if id.kind.is_picture() {
                let owner = check.as_mut().filter(|(check, _)| check.id.number() == id.id);
                let Some((_, pictures)) = owner else { return Err(BackupError::Damaged) };
                let picture = record::picture(&bytes).map_err(unreadable)?.to_vec();
                if pictures.insert(id.kind, picture).is_some() {
                    // Twice the same: it would go on so for ever.
                    return Err(BackupError::Damaged);
                }
                self.bytes += bytes.len();
                continue;
            }
            self.checks.extend(check.take().map(with_what_came));
            if self.bytes > AT_ONCE_BYTES {
                self.hand_over(archive)?;
            }
            self.bytes += bytes.len();
            self.records_bytes += bytes.len();
            if self.records_bytes > MOST_RECORDS_BYTES {
                return Err(BackupError::TooLarge);
            }
            match Record::parse(id.kind, &bytes).map_err(unreadable)?.0 {
                Record::Patient(patient) => self.patients.push(patient),
                Record::Spot(spot) => self.spots.push(spot),
                Record::Check(found) => check = Some((self.with_lineage(*found), BTreeMap::new())),
                Record::Census(_) | Record::Models(_) => return Err(BackupError::Damaged),
            }
        }
        self.checks.extend(check.map(with_what_came));
        Ok(())
    }

    fn with_lineage(&mut self, check: Check) -> Check {
        if check.lineage != Lineage::UNKNOWN {
            return check;
        }
        let lineage = *self.before_lineages.get_or_insert(Lineage::from(check.id.number()));
        Check { lineage, ..check }
    }

    fn hand_over(&mut self, archive: &mut Archive) -> Result<(), ArchiveError> {
        let patients = std::mem::take(&mut self.patients);
        let (spots, checks) = (std::mem::take(&mut self.spots), std::mem::take(&mut self.checks));
        self.bytes = 0;
        let (spots, checks) = archive.adopt(patients, spots, checks)?;
        self.imported.spots += spots;
        self.imported.checks += checks;
        Ok(())
    }
}

/// A check with its pictures, of which those that did not come are empty.
fn with_what_came((check, mut pictures): (Check, BTreeMap<RecordKind, Vec<u8>>)) -> (Check, Pictures) {
    let mut get = |kind| pictures.remove(&kind).unwrap_or_default();
    let pictures = Pictures {
        thumbnail: get(RecordKind::Thumbnail),
        crop: get(RecordKind::Crop),
        saliency: get(RecordKind::Saliency),
        photo: get(RecordKind::Photo),
    };
    (check, pictures)
}

/// The next record; `None` at the end.
fn next(input: &mut impl Read) -> Result<Option<Named>, BackupError> {
    let mut key = [0; 17];
    input.read_exact(&mut key[..1]).map_err(cut_off)?;
    if key[0] == END {
        return Ok(None);
    }
    input.read_exact(&mut key[1..]).map_err(cut_off)?;
    let mut length = [0; 4];
    input.read_exact(&mut length).map_err(cut_off)?;
    let length = u32::from_be_bytes(length);
    // A kind that this version does not know.
    let [kind, id @ ..] = key;
    let kind = RecordKind::from_byte(kind).ok_or(BackupError::Newer)?;
    let most = if kind.is_picture() { MOST_PICTURE_BYTES } else { MOST_RECORD_BYTES };
    if length > most {
        // The version comes first: what a later app holds for right is no damage.
        let mut version = [0];
        input.read_exact(&mut version).map_err(cut_off)?;
        let newer = !kind.is_picture() && version[0] > record::VERSION;
        return Err(if newer { BackupError::Newer } else { BackupError::Damaged });
    }
    let mut bytes = Zeroizing::new(vec![0; length as usize]);
    input.read_exact(&mut bytes).map_err(cut_off)?;
    let id = RecordId { kind, id: u128::from_be_bytes(id) };
    Ok(Some((id, bytes)))
}

/// A stream that ends early, or whose bytes were changed: `age` tells both so.
fn cut_off(error: io::Error) -> BackupError {
    match error.kind() {
        io::ErrorKind::UnexpectedEof | io::ErrorKind::InvalidData => BackupError::Damaged,
        _ => error.into(),
    }
}

fn unreadable(error: ParseError) -> BackupError {
    match error {
        ParseError::Newer => BackupError::Newer,
        ParseError::Damaged => BackupError::Damaged,
    }
}

fn secret(passphrase: &Passphrase) -> SecretString {
    SecretString::from(passphrase.as_str().to_owned())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::seal::Key;

    proptest! {
        /// Whoever knows the passphrase may still hand over anything.
        #[test]
        fn whatever_is_inside_a_backup_is_taken_in_or_refused(
            pieces in prop::collection::vec((0_u8..10, 0_u128..3, prop::collection::vec(any::<u8>(), 0..40)), 0..12),
            rest: Vec<u8>,
        ) {
            let mut bytes = Vec::new();
            for (kind, id, text) in pieces {
                bytes.push(kind);
                bytes.extend(id.to_be_bytes());
                bytes.extend((text.len() as u32).to_be_bytes());
                bytes.push(record::VERSION);
                bytes.extend(text);
            }
            bytes.extend(rest);
            let folder = tempfile::tempdir().expect("folder");
            let mut archive = Archive::create(&folder.path().join("archive.redb"), Key::random()).expect("opens");
            let read = Import::default().read(&mut archive, &mut bytes.as_slice());
            prop_assert!(!matches!(read, Err(BackupError::File(_) | BackupError::Archive(_))), "{read:?}");
        }
    }

    #[test]
    fn a_record_that_claims_to_be_huge_is_refused_before_it_is_read() {
        let mut bytes = vec![RecordKind::Photo.byte()];
        bytes.extend(7_u128.to_be_bytes());
        bytes.extend(u32::MAX.to_be_bytes());
        assert!(matches!(next(&mut bytes.as_slice()), Err(BackupError::Damaged)));
    }

    #[test]
    fn what_a_later_app_wrote_at_greater_length_is_newer_and_not_damaged() {
        let of_version = |version: u8| {
            let mut bytes = vec![RecordKind::Check.byte()];
            bytes.extend(7_u128.to_be_bytes());
            bytes.extend((MOST_RECORD_BYTES + 1).to_be_bytes());
            bytes.extend([version, 0, 0]);
            next(&mut bytes.as_slice())
        };
        assert!(matches!(of_version(record::VERSION + 1), Err(BackupError::Newer)));
        assert!(matches!(of_version(record::VERSION), Err(BackupError::Damaged)));
    }
}
