//! The archive on a disk that is full, and on one whose power goes.

use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use proptest::prelude::*;

use super::*;

/// A disk in memory that can be full, and that a power cut takes back to its last sync.
#[derive(Debug, Clone, Default)]
struct Disk(Arc<Mutex<Inner>>);

#[derive(Debug)]
struct Inner {
    now: Vec<u8>,
    synced: Vec<u8>,
    /// Writes since the last sync.
    pending: Vec<(u64, Vec<u8>)>,
    most_bytes: Option<u64>,
    /// After so many more writes the power goes; none goes through after that. Both files of an archive count together.
    until_cut: Arc<AtomicUsize>,
}

impl Inner {
    fn spend_power(&self) -> io::Result<()> {
        let left =
            self.until_cut.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1));
        left.map(drop).map_err(|_| io::Error::other("the power is gone"))
    }
}

impl redb::StorageBackend for Disk {
    fn len(&self) -> Result<u64, io::Error> {
        Ok(self.0.lock().expect("lock").now.len() as u64)
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> Result<(), io::Error> {
        let disk = self.0.lock().expect("lock");
        let start = offset as usize;
        let part =
            disk.now.get(start..start + out.len()).ok_or(io::Error::from(io::ErrorKind::UnexpectedEof))?;
        out.copy_from_slice(part);
        Ok(())
    }

    fn set_len(&self, length: u64) -> Result<(), io::Error> {
        let mut disk = self.0.lock().expect("lock");
        if disk.most_bytes.is_some_and(|most| length > most) {
            return Err(io::Error::from(io::ErrorKind::StorageFull));
        }
        disk.now.resize(length as usize, 0);
        Ok(())
    }

    fn sync_data(&self) -> Result<(), io::Error> {
        let mut disk = self.0.lock().expect("lock");
        disk.spend_power()?;
        disk.synced = disk.now.clone();
        disk.pending.clear();
        Ok(())
    }

    fn write(&self, offset: u64, data: &[u8]) -> Result<(), io::Error> {
        let mut disk = self.0.lock().expect("lock");
        disk.spend_power()?;
        let start = offset as usize;
        disk.now[start..start + data.len()].copy_from_slice(data);
        disk.pending.push((offset, data.to_vec()));
        Ok(())
    }
}

impl Disk {
    /// The disk after a power cut: what was synced, and any of the writes since then.
    fn after_power_cut(&self, survives: impl Fn(usize) -> bool) -> Self {
        let disk = self.0.lock().expect("lock");
        let mut bytes = disk.synced.clone();
        for (at, (offset, data)) in disk.pending.iter().enumerate() {
            let start = *offset as usize;
            if survives(at) {
                bytes.resize(bytes.len().max(start + data.len()), 0);
                bytes[start..start + data.len()].copy_from_slice(data);
            }
        }
        let disk = Self::default();
        {
            let mut inner = disk.0.lock().expect("lock");
            (inner.synced, inner.now) = (bytes.clone(), bytes);
        }
        disk
    }
}

impl Default for Inner {
    fn default() -> Self {
        let until_cut = Arc::new(AtomicUsize::new(usize::MAX));
        Self { now: Vec::new(), synced: Vec::new(), pending: Vec::new(), most_bytes: None, until_cut }
    }
}

/// The two files of an archive.
#[derive(Debug, Clone)]
struct Disks {
    records: Disk,
    keys: Disk,
}

impl Disks {
    fn new() -> Self {
        let (records, keys) = (Disk::default(), Disk::default());
        keys.0.lock().expect("lock").until_cut = records.0.lock().expect("lock").until_cut.clone();
        Self { records, keys }
    }

    fn create(&self, key: &Key) -> Archive {
        let store = Store::over(self.records.clone()).expect("opens");
        let keys = Keys::create_in(Box::new(self.keys.clone()), key.clone()).expect("made");
        Archive::begin(store, keys, key.clone()).expect("begun")
    }

    fn open(&self, key: &Key) -> Result<Archive, ArchiveError> {
        let store = Store::over(self.records.clone())?;
        Archive::read(store, Keys::open_in(Box::new(self.keys.clone()), key.clone())?, key.clone())
    }

    /// Lets the power go after so many more writes.
    fn cut_after(&self, writes: usize) {
        self.records.0.lock().expect("lock").until_cut.store(writes, Ordering::Relaxed);
    }

    fn after_power_cut(&self, survives: impl Fn(usize) -> bool) -> Self {
        let [records, keys] = [&self.records, &self.keys].map(|disk| disk.after_power_cut(&survives));
        Self { records, keys }
    }

    /// From now on the disk has room for so many bytes of records, and none for more keys.
    fn fill(&self, most_bytes: u64) {
        self.records.0.lock().expect("lock").most_bytes = Some(most_bytes);
        let mut keys = self.keys.0.lock().expect("lock");
        keys.most_bytes = Some(keys.now.len() as u64);
    }
}

#[test]
fn a_full_disk_refuses_the_new_and_keeps_the_old() {
    let (key, disk) = (Key::random(), Disks::new());
    let mut archive = disk.create(&key);
    let spot = spot("arm");
    archive.keep_spot(spot.clone()).expect("kept");
    disk.fill(6 << 20);
    let mut kept = 0;
    let error = loop {
        let check = check(spot.id);
        match archive.keep_check(spot.clone(), check.clone(), &pictures(&check, 300_000)) {
            Ok(()) => kept += 1,
            Err(error) => break error,
        }
        assert!(kept < 100, "the disk is never full");
    };
    assert!(matches!(error, ArchiveError::Store(StoreError::Full)), "{error:?}");
    assert_eq!(archive.contents().latest().len(), kept);
    drop(archive);
    let archive = disk.open(&key).expect("opens again");
    assert_eq!((archive.contents().latest().len(), archive.losses()), (kept, Losses::default()));
    for check in archive.contents().latest() {
        assert_eq!(archive.pictures(check.id).expect("pictures"), pictures(check, 300_000));
    }
}

/// A full disk is where people delete things: it works, and what is gone is gone.
#[test]
fn deleting_works_on_a_full_disk() {
    let (key, disk) = (Key::random(), Disks::new());
    let mut archive = disk.create(&key);
    let spot = spot("arm");
    let mut ids = Vec::new();
    for _ in 0..30 {
        let check = check(spot.id);
        ids.push(check.id);
        archive.keep_check(spot.clone(), check.clone(), &pictures(&check, 30_000)).expect("kept");
    }
    // Not a byte more.
    let full = disk.records.0.lock().expect("lock").now.len() as u64;
    disk.fill(full);
    for (at, id) in ids.iter().enumerate().take(25) {
        archive.delete_check(*id).expect("deleted");
        assert!(archive.contents().check(*id).is_none());
        assert_eq!(archive.contents().latest().len(), 29 - at);
        let last = *ids.last().expect("one");
        assert!(archive.pictures(last).is_ok(), "the others can be read on");
    }
    // Even where nothing at all can be written to the records' file.
    disk.fill(0);
    archive.delete_check(ids[25]).expect("deleted");
    drop(archive);
    let archive = disk.open(&key).expect("opens");
    assert_eq!((archive.contents().latest().len(), archive.losses()), (4, Losses::default()));
    assert!(ids[..26].iter().all(|id| archive.contents().check(*id).is_none()));
}

proptest! {
    #![proptest_config(cases(64))]

    /// The power may go while anything is written: what was acknowledged is there, and the file opens.
    #[test]
    fn a_power_cut_loses_nothing_that_was_acknowledged(writes in 1_usize..12, survivors: u64, size in 1_usize..60_000) {
        let (key, disk) = (Key::random(), Disks::new());
        let mut archive = disk.create(&key);
        let spot = spot("arm");
        archive.keep_spot(spot.clone()).expect("kept");
        let mut acknowledged = Vec::new();
        for _ in 0..writes {
            let check = check(spot.id);
            archive.keep_check(spot.clone(), check.clone(), &pictures(&check, size)).expect("kept");
            acknowledged.push(check.id);
        }
        let cut = disk.after_power_cut(|at| survivors >> (at % 64) & 1 == 1);
        let archive = cut.open(&key).expect("opens after the power cut");
        prop_assert_eq!(archive.losses(), Losses::default());
        for id in acknowledged {
            prop_assert!(archive.contents().check(id).is_some() && archive.pictures(id).is_ok());
        }
    }

    /// The power may go in the middle of any step: all that was acknowledged before is kept or deleted, the step itself is done or
    /// not, nothing is called lost, and what is deleted has no key.
    #[test]
    fn a_power_cut_in_any_step_leaves_all_or_nothing_of_it(
        steps in prop::collection::vec((0_u8..4, any::<prop::sample::Index>()), 1..14),
        writes in 0_usize..120,
        survivors: u64,
    ) {
        let (key, disk) = (Key::random(), Disks::new());
        let mut archive = disk.create(&key);
        let spot = spot("arm");
        archive.keep_spot(spot.clone()).expect("kept");
        let mut there: Vec<CheckId> = Vec::new();
        let mut gone: Vec<CheckId> = Vec::new();
        // The step in which the power went, and whether it deletes.
        let mut unsure: Option<(CheckId, bool)> = None;
        disk.cut_after(writes);
        for (what, which) in steps {
            let deletes = what == 0 && !there.is_empty();
            let check = check(spot.id);
            let id = if deletes { there[which.index(there.len())] } else { check.id };
            let done = match deletes {
                true => archive.delete_check(id),
                false => archive.keep_check(spot.clone(), check.clone(), &pictures(&check, 9_000)),
            };
            let has_power = disk.records.0.lock().expect("lock").until_cut.load(Ordering::Relaxed) > 0;
            match (done, deletes) {
                (Ok(()), true) => {
                    there.retain(|other| *other != id);
                    gone.push(id);
                }
                (Ok(()), false) => there.push(id),
                (Err(error), _) => {
                    prop_assert!(!has_power, "{:?}", error);
                    unsure = Some((id, deletes));
                    break;
                }
            }
            if !has_power {
                break;
            }
        }
        drop(archive);
        let cut = disk.after_power_cut(|at| survivors >> (at % 64) & 1 == 1);
        let archive = cut.open(&key).expect("opens after the power cut");
        prop_assert_eq!(archive.losses(), Losses::default());
        for id in &there {
            let is_unsure = unsure == Some((*id, true));
            prop_assert!(is_unsure || (archive.contents().check(*id).is_some() && archive.pictures(*id).is_ok()));
        }
        let may_be_there = there.len() + usize::from(unsure.is_some());
        prop_assert!(archive.contents().latest().len() <= may_be_there);
        for id in &gone {
            prop_assert!(archive.contents().check(*id).is_none());
            let owner = RecordId { kind: RecordKind::Check, id: id.number() };
            prop_assert!(archive.keys.get(owner).is_none());
        }
        for check in archive.contents().latest() {
            prop_assert_eq!(archive.pictures(check.id).expect("pictures"), pictures(check, 9_000));
        }
    }
}
