//! The archive on a disk that is full, and on one whose power goes.

use std::io;
use std::sync::{Arc, Mutex};

use proptest::prelude::*;

use super::*;

/// A disk in memory that can be full, and that a power cut takes back to its last sync.
#[derive(Debug, Clone, Default)]
struct Disk(Arc<Mutex<Inner>>);

#[derive(Debug, Default)]
struct Inner {
    now: Vec<u8>,
    synced: Vec<u8>,
    /// Writes since the last sync.
    pending: Vec<(u64, Vec<u8>)>,
    most_bytes: Option<u64>,
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
        disk.synced = disk.now.clone();
        disk.pending.clear();
        Ok(())
    }

    fn write(&self, offset: u64, data: &[u8]) -> Result<(), io::Error> {
        let mut disk = self.0.lock().expect("lock");
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
        let inner = Inner { synced: bytes.clone(), now: bytes, ..Inner::default() };
        Self(Arc::new(Mutex::new(inner)))
    }

    fn create(&self, key: &Key) -> Archive {
        Archive::begin(Store::over(self.clone()).expect("opens"), key.clone()).expect("begun")
    }

    fn open(&self, key: &Key) -> Result<Archive, ArchiveError> {
        Archive::read(Store::over(self.clone())?, key.clone())
    }
}

#[test]
fn a_full_disk_refuses_the_new_and_keeps_the_old() {
    let (key, disk) = (Key::random(), Disk::default());
    let mut archive = disk.create(&key);
    let spot = spot("arm");
    archive.keep_spot(spot.clone()).expect("kept");
    disk.0.lock().expect("lock").most_bytes = Some(6 << 20);
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

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// The power may go while anything is written: what was acknowledged is there, and the file opens.
    #[test]
    fn a_power_cut_loses_nothing_that_was_acknowledged(writes in 1_usize..12, survivors: u64, size in 1_usize..60_000) {
        let (key, disk) = (Key::random(), Disk::default());
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
}
