//! An archive takes little memory, whoever made the backup that comes in and whatever is damaged.

use std::io::{BufReader, BufWriter, Write};
use std::path::Path;
use std::sync::Mutex;

use age::secrecy::SecretString;
use archive::backup::{self, BackupError};
use archive::record::{self, Check, CheckId, Lineage, Pictures, Record, RecordId, RecordKind, Spot, SpotId};
use archive::seal::{Key, Passphrase};
use archive::{Archive, ArchiveError, made_up};

#[path = "../../../tests/support/memory.rs"]
mod memory;

static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

const PASSPHRASE: &str = "a long passphrase";
/// What a phone can spare.
const MOST_BYTES: usize = 200_000_000;

fn spot(number: u128, note: &str) -> Spot {
    Spot { id: SpotId::from(number), note: note.into(), ..made_up::spot("arm") }
}

fn check(number: u128) -> Check {
    let lineage = Lineage::from(1);
    Check { id: CheckId::from(number), lineage, order: number as u64, ..made_up::check(SpotId::from(1)) }
}

/// A backup as somebody who knows the passphrase may make it: of these records, each with its bytes.
fn backup(path: &Path, records: impl Iterator<Item = (RecordId, Vec<u8>)>) {
    let mut recipient = age::scrypt::Recipient::new(SecretString::from(PASSPHRASE));
    recipient.set_work_factor(10);
    let encryptor = age::Encryptor::with_recipients(std::iter::once(&recipient as _)).expect("a recipient");
    let file = BufWriter::new(std::fs::File::create(path).expect("file"));
    let mut output = encryptor.wrap_output(file).expect("begun");
    output.write_all(b"Spotcheck backup").expect("written");
    for (id, bytes) in records {
        output.write_all(&id.key()).expect("written");
        output.write_all(&(bytes.len() as u32).to_be_bytes()).expect("written");
        output.write_all(&bytes).expect("written");
    }
    output.write_all(&[0]).expect("written");
    output.finish().expect("ended").flush().expect("written");
}

/// Takes the backup in and tells what came of it, and how much memory that took at most.
fn import(path: &Path) -> (Result<backup::Imported, BackupError>, usize) {
    let folder = tempfile::tempdir().expect("folder");
    let mut archive = Archive::create(&folder.path().join("archive.redb"), Key::random()).expect("made");
    let passphrase = Passphrase::new(PASSPHRASE.into()).expect("long enough");
    let file = BufReader::new(std::fs::File::open(path).expect("file"));
    memory::peak_of(|| backup::import(&mut archive, &passphrase, file))
}

fn named(kind: RecordKind, id: u128) -> RecordId {
    RecordId { kind, id }
}

#[test]
fn a_hostile_backup_stays_below_200_megabytes() {
    let _alone = ONE_AT_A_TIME.lock();
    let folder = tempfile::tempdir().expect("folder");
    let path = folder.path().join("backup.age");
    let of_check = |number: u128| {
        (named(RecordKind::Check, number), Record::Check(Box::new(check(number))).bytes(0).to_vec())
    };
    let picture = |bytes: usize| {
        let mut picture = vec![0x5a; bytes];
        picture[0] = record::VERSION;
        picture
    };

    // Pictures as large as they may be: 512 MB in all.
    let largest = (0..16).flat_map(|number| {
        let pictures = RecordKind::PICTURES.map(|kind| (named(kind, number), picture(8 << 20)));
        [of_check(number)].into_iter().chain(pictures)
    });
    backup(&path, largest);
    let (imported, bytes) = import(&path);
    println!("the largest pictures: {} MB", bytes / 1_000_000);
    assert_eq!(imported.expect("taken in").checks, 16);
    assert!(bytes < MOST_BYTES, "{bytes}");

    // One that is larger, as earlier versions took it.
    backup(&path, [of_check(1), (named(RecordKind::Photo, 1), picture(48 << 20))].into_iter());
    let (imported, bytes) = import(&path);
    assert!(matches!(imported, Err(BackupError::Damaged)), "{imported:?}");
    assert!(bytes < MOST_BYTES, "{bytes}");

    // The same picture again and again.
    let same = std::iter::repeat_with(|| (named(RecordKind::Crop, 1), picture(8 << 20))).take(40);
    backup(&path, [of_check(1)].into_iter().chain(same));
    let (imported, bytes) = import(&path);
    assert!(matches!(imported, Err(BackupError::Damaged)), "{imported:?}");
    assert!(bytes < MOST_BYTES, "{bytes}");

    // Spots without end, each with a note as long as it may be.
    let spots = (0..1_000).map(|number| {
        let bytes = Record::Spot(spot(number, &"n".repeat(250_000))).bytes(0).to_vec();
        (named(RecordKind::Spot, number), bytes)
    });
    backup(&path, spots);
    let (imported, bytes) = import(&path);
    println!("spots without end: {} MB", bytes / 1_000_000);
    assert!(matches!(imported, Err(BackupError::TooLarge)), "{imported:?}");
    assert!(bytes < MOST_BYTES, "{bytes}");
}

/// What a phone can spare to look for lost pictures in an archive of 570 MB; most of it grows with the archive.
const MOST_TO_SEARCH_BYTES: usize = 50_000_000;
const SEARCHED_BYTES: usize = 570_000_000;
/// So much of it does not: the file is read in parts of 4 MB.
const TO_READ_BYTES: usize = 6_000_000;

/// An archive of checks whose pictures have the sizes of real ones. Returns how many bytes were to be kept.
fn realistic(path: &Path, key: Key, checks: u128) -> usize {
    let mut archive = Archive::create(path, key).expect("made");
    let mut kept = 0;
    for number in 0..checks {
        // A kept photo has 40 to 160 kB, a crop 24 to 40.
        let picture = |least: usize, most: usize, step: usize| {
            vec![number as u8; least + number as usize * step % (most - least)]
        };
        let pictures = Pictures {
            thumbnail: picture(3_000, 6_000, 311),
            crop: picture(24_000, 40_000, 1_709),
            saliency: picture(20_000, 36_000, 1_231),
            photo: picture(40_000, 160_000, 7_919),
        };
        kept += Record::Check(Box::new(check(number))).bytes(0).len();
        kept += pictures.by_kind().map(|(_, picture)| picture.len()).iter().sum::<usize>();
        archive.keep_check(spot(1, ""), check(number), &pictures).expect("kept");
    }
    kept
}

fn key() -> Key {
    Key::from_bytes(b"the key of a test, not a secret!").expect("key")
}

/// Each lost picture was once looked for in the whole file, which was read into memory for it.
#[test]
fn lost_pictures_are_looked_for_in_little_memory() {
    let _alone = ONE_AT_A_TIME.lock();
    const LOST: u128 = 30;
    let folder = tempfile::tempdir().expect("folder");
    let path = folder.path().join("archive.redb");
    realistic(&path, key(), 300);
    let mut file = std::fs::read(&path).expect("file");
    for number in 0..LOST {
        let header = [b"Spotchk\x02".as_slice(), &named(RecordKind::Thumbnail, number).key()].concat();
        let found: Vec<usize> = memchr::memmem::find_iter(&file, &header).collect();
        assert!(!found.is_empty());
        found.into_iter().for_each(|at| file[at + 100] ^= 1);
    }
    std::fs::write(&path, &file).expect("written");
    let parts = memchr::memmem::find_iter(&file, b"Spotchk\x02").count();
    let bytes_in_file = file.len();
    drop(file);
    let archive = Archive::open(&path, key()).expect("opens");
    let (lost, bytes) = memory::peak_of(|| {
        let pictures = (0..300).map(|number| archive.picture(CheckId::from(number), RecordKind::Thumbnail));
        pictures.take(LOST as usize).filter(|picture| matches!(picture, Err(ArchiveError::Lost))).count()
    });
    println!("{lost} lost pictures among {parts} parts in {bytes_in_file} bytes: {bytes} bytes of memory");
    assert_eq!(lost, LOST as usize);
    let most = TO_READ_BYTES
        + (MOST_TO_SEARCH_BYTES - TO_READ_BYTES) / 1_000 * (bytes_in_file / (SEARCHED_BYTES / 1_000));
    assert!(bytes < most, "{bytes} of {most}");
}

/// The database keeps a value in a run of pages whose length is a power of two: a picture in one piece may take twice its size.
/// What counts is what the disk gives: the file's length doubles ahead of what is in it, as a hole where the file system knows holes.
#[cfg(unix)]
#[test]
fn an_archive_takes_little_more_of_the_disk_than_what_is_kept_in_it() {
    use std::os::unix::fs::MetadataExt;
    let _alone = ONE_AT_A_TIME.lock();
    let folder = tempfile::tempdir().expect("folder");
    let path = folder.path().join("archive.redb");
    let kept = realistic(&path, key(), 300);
    let taken = |path: &Path| std::fs::metadata(path).expect("file").blocks() * 512;
    let taken = taken(&path) + taken(&path.with_extension("keys"));
    let share = taken as f64 / kept as f64;
    println!("{taken} bytes of the disk for {kept}: {share:.3}");
    assert!((1.0..=1.15).contains(&share), "{share}");
}
