//! How pictures come to the screen: as bytes that the WebView asks for by an address, and only while they may be seen.
//!
//! Those of kept checks are read from the archive when they are asked for, so that there are none while it is locked. Those that are
//! in memory have an address nobody can guess, for as long as a [`Picture`] holds them. No answer may be stored by the WebView.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError, Weak};

use super::archive_worker::ArchiveWorker;
use super::work::Worker;
use archive::record::{CheckId, RecordKind};

/// What the address of every picture begins with.
pub const NAME: &str = "picture";

/// A picture in memory, as JPEG, that the screen can show. Copies share it; with the last of them its address is gone.
#[derive(Debug, Clone)]
pub struct Picture(Arc<Shown>);

#[derive(Debug)]
struct Shown {
    id: u128,
    jpeg: Vec<u8>,
}

/// All that are in memory.
static SHOWN: LazyLock<Mutex<HashMap<u128, Weak<Shown>>>> = LazyLock::new(Mutex::default);

fn shown() -> MutexGuard<'static, HashMap<u128, Weak<Shown>>> {
    SHOWN.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Picture {
    /// This JPEG file.
    pub fn new(jpeg: Vec<u8>) -> Self {
        let picture = Arc::new(Shown { id: rand::random(), jpeg });
        shown().insert(picture.id, Arc::downgrade(&picture));
        Self(picture)
    }

    /// Its address.
    pub fn address(&self) -> String {
        format!("/{NAME}/shown/{:032x}", self.0.id)
    }
}

impl PartialEq for Picture {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Drop for Shown {
    fn drop(&mut self) {
        shown().remove(&self.id);
    }
}

const KINDS: [(&str, RecordKind); 4] = [
    ("thumbnail", RecordKind::Thumbnail),
    ("crop", RecordKind::Crop),
    ("saliency", RecordKind::Saliency),
    ("photo", RecordKind::Photo),
];

/// The address of a picture of a kept check.
pub fn kept(check: CheckId, kind: RecordKind) -> String {
    let name = KINDS.iter().find(|(_, known)| *known == kind).map_or("", |(name, _)| name);
    format!("/{NAME}/kept/{check}/{name}")
}

/// What an address leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Asked {
    Shown(u128),
    Kept(CheckId, RecordKind),
}

fn asked(path: &str) -> Option<Asked> {
    let mut parts = path.strip_prefix('/')?.strip_prefix(NAME)?.strip_prefix('/')?.split('/');
    let asked = match parts.next()? {
        "shown" => Asked::Shown(u128::from_str_radix(parts.next()?, 16).ok()?),
        "kept" => {
            let (check, kind) = (parts.next()?.parse().ok()?, parts.next()?);
            Asked::Kept(check, KINDS.iter().find(|(name, _)| *name == kind)?.1)
        }
        _ => return None,
    };
    parts.next().is_none().then_some(asked)
}

/// Answers a request: at once where the picture is in memory, and from the archive worker's thread where it is in the archive.
pub fn answer(
    path: &str,
    archive_worker: &Worker<ArchiveWorker>,
    respond: impl FnOnce(Response) + Send + 'static,
) {
    match asked(path) {
        None => respond(response(None)),
        Some(Asked::Shown(id)) => {
            let found = shown().get(&id).and_then(Weak::upgrade);
            respond(response(found.map(|picture| picture.jpeg.clone())));
        }
        Some(Asked::Kept(check, kind)) => {
            archive_worker
                .tell(move |archive_worker| respond(response(archive_worker.picture(check, kind).ok())));
        }
    }
}

/// What goes back to the WebView.
pub type Response = http::Response<Cow<'static, [u8]>>;

fn response(jpeg: Option<Vec<u8>>) -> Response {
    let status = if jpeg.is_some() { http::StatusCode::OK } else { http::StatusCode::NOT_FOUND };
    http::Response::builder()
        .status(status)
        .header(http::header::CONTENT_TYPE, "image/jpeg")
        .header(http::header::CACHE_CONTROL, "no-store")
        .header(http::header::X_CONTENT_TYPE_OPTIONS, "nosniff")
        .body(Cow::Owned(jpeg.unwrap_or_default()))
        .expect("these headers are valid")
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;
    use archive::made_up::{check, spot};
    use archive::record::{Pictures, Spot};

    fn get(path: &str, archive_worker: &Worker<ArchiveWorker>) -> Response {
        let (sender, receiver) = mpsc::channel();
        answer(path, archive_worker, move |response| drop(sender.send(response)));
        receiver.recv().expect("an answer")
    }

    #[test]
    fn a_picture_in_memory_has_an_address_for_as_long_as_it_is_held() {
        let archive_worker = Worker::start(|| ArchiveWorker::new(std::path::Path::new(""), None));
        let picture = Picture::new(b"jpeg".to_vec());
        let address = picture.address();
        let copy = picture.clone();
        drop(picture);
        let found = get(&address, &archive_worker);
        assert_eq!((found.status().as_u16(), &**found.body()), (200, &b"jpeg"[..]));
        assert_eq!(found.headers()["cache-control"], "no-store");
        drop(copy);
        assert_eq!(get(&address, &archive_worker).status(), 404);
    }

    #[test]
    fn nothing_kept_is_shown_while_the_archive_is_locked() {
        let folder = tempfile::tempdir().expect("folder");
        let place = folder.path().to_path_buf();
        let archive_worker = Worker::start(move || {
            let store = keyring_core::mock::Store::new().expect("store");
            ArchiveWorker::new(&place, Some(store))
        });
        let spot: Spot = spot("arm");
        let check = check(spot.id);
        let id = check.id;
        archive_worker.tell(move |archive_worker| {
            let picture = |name: &str| name.as_bytes().to_vec();
            let pictures = Pictures {
                thumbnail: picture("thumbnail"),
                crop: picture("crop"),
                saliency: picture("saliency"),
                photo: picture("photo"),
            };
            archive_worker.create(None).expect("made");
            archive_worker.keep(spot, check, &pictures).expect("kept");
        });
        for (name, kind) in KINDS {
            let found = get(&kept(id, kind), &archive_worker);
            assert_eq!((found.status().as_u16(), &**found.body()), (200, name.as_bytes()));
            assert_eq!(found.headers()["cache-control"], "no-store");
        }
        archive_worker.tell(ArchiveWorker::lock);
        for (_, kind) in KINDS {
            let found = get(&kept(id, kind), &archive_worker);
            assert_eq!((found.status().as_u16(), found.body().len()), (404, 0));
        }
    }

    #[test]
    fn other_addresses_lead_nowhere() {
        let archive_worker = Worker::start(|| ArchiveWorker::new(std::path::Path::new(""), None));
        let check = CheckId::from(7);
        assert_eq!(asked(&kept(check, RecordKind::Crop)), Some(Asked::Kept(check, RecordKind::Crop)));
        for path in [
            "",
            "/",
            "/picture",
            "/picture/",
            "/picture/shown/",
            "/picture/shown/-1",
            "/picture/kept/7/census",
            "/picture/kept/7/crop/..",
            "/picture/../settings.json",
            "/other/shown/1",
        ] {
            assert_eq!(get(path, &archive_worker).status(), 404, "{path}");
        }
    }
}
