//! What a pack claims gets no memory before it is believed.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::io::{Cursor, Read, Seek, SeekFrom};

use serde_json::json;
use spotpack::{Pack, PackError, Refused};

use super::support::*;

/// The system's allocator, which notes the largest piece that each thread asks for.
struct Noting;

thread_local! {
    static LARGEST: Cell<usize> = const { Cell::new(0) };
}

#[global_allocator]
static NOTING: Noting = Noting;

fn note(bytes: usize) {
    // A thread that ends may still free and allocate.
    let _ = LARGEST.try_with(|largest| largest.set(largest.get().max(bytes)));
}

// SAFETY: everything is left to the system's allocator.
unsafe impl GlobalAlloc for Noting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        note(layout.size());
        // SAFETY: the caller's promises are passed on.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
        // SAFETY: the caller's promises are passed on.
        unsafe { System.dealloc(place, layout) }
    }

    unsafe fn realloc(&self, place: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        note(size);
        // SAFETY: the caller's promises are passed on.
        unsafe { System.realloc(place, layout, size) }
    }
}

/// The largest piece of memory that was asked for meanwhile.
fn largest<T>(action: impl FnOnce() -> T) -> (T, usize) {
    LARGEST.set(0);
    (action(), LARGEST.get())
}

/// As long as it says, but with zeros after its beginning.
struct Sparse {
    start: Cursor<Vec<u8>>,
    total: u64,
}

impl Read for Sparse {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        match self.start.read(buffer)? {
            0 => {
                buffer.fill(0);
                Ok(buffer.len())
            }
            some => Ok(some),
        }
    }
}

impl Seek for Sparse {
    fn seek(&mut self, to: SeekFrom) -> std::io::Result<u64> {
        match to {
            SeekFrom::End(0) => Ok(self.total),
            to => self.start.seek(to),
        }
    }
}

#[test]
fn a_manifest_that_claims_gigabytes_gets_none() {
    let trust = trust();
    for (length, total) in [(u32::MAX, u64::MAX), (u32::MAX, 4000), (1 << 20, 4000), ((1 << 20) + 1, 1 << 40)]
    {
        let mut start = pack(&KEYS.working);
        start[12..16].copy_from_slice(&length.to_be_bytes());
        let mut sparse = Sparse { start: Cursor::new(start), total };
        let (told, most) = largest(|| Pack::open(&mut sparse, &trust).map(|_| ()));
        assert!(
            matches!(told, Err(Refused::Pack(PackError::TooLarge { .. } | PackError::Length { .. }))),
            "{told:?}"
        );
        assert!(most < 4096, "{most} bytes for {length}");
    }
}

#[test]
fn files_that_claim_more_than_there_is_get_none() {
    let trust = trust();
    for (file, length) in
        [("weights", 96 << 20), ("weights", u64::MAX), ("card", 1 << 60), ("evaluation", 2 << 20)]
    {
        let bytes = changed(&KEYS.working, |manifest| manifest["files"][file]["length"] = json!(length));
        let (told, most) = largest(|| Pack::open(&mut Cursor::new(&bytes), &trust).map(|_| ()));
        assert!(
            matches!(told, Err(Refused::Pack(PackError::TooLarge { .. } | PackError::Length { .. }))),
            "{told:?}"
        );
        assert!(most < 64 << 10, "{most} bytes for a {file} of {length}");
    }
}

#[test]
fn a_stranger_gets_none() {
    // Well signed, a megabyte of brackets: it is not even parsed.
    let raw = vec![b'['; 1 << 20];
    let bytes = assemble(&KEYS.foreign, &raw, &[]);
    let (told, most) = largest(|| Pack::open(&mut Cursor::new(&bytes), &trust()).map(|_| ()));
    assert!(matches!(told, Err(Refused::ForeignNotConfirmed(_))), "{told:?}");
    assert!(most <= 1 << 20, "{most}");
}

#[test]
fn weights_are_in_memory_once() {
    let mut files = files();
    files[6] = vec![7; 8 << 20];
    let raw = manifest(&KEYS.working, &files).to_string();
    let bytes = assemble(&KEYS.working, raw.as_bytes(), &files);
    let trust = trust();
    let (pack, most) = largest(|| Pack::open(&mut Cursor::new(&bytes), &trust).expect("opened"));
    assert_eq!(most, 8 << 20);
    drop(pack);
    let (pack, most) = largest(|| Pack::from_bytes(&bytes, &trust).expect("opened"));
    assert!(most < 64 << 10, "{most}");
    assert_eq!(pack.contents().weights.len(), 8 << 20);
}
