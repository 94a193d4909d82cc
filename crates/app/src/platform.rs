//! What differs from one operating system to the next, behind one small trait: a file for each kind of system, and nothing of it
//! anywhere else.

use std::borrow::Cow;
use std::fs::{self, File, Metadata, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use jiff::Timestamp;
#[cfg(any(test, target_os = "ios"))]
use jiff::tz::TimeZone;
use keyring_core::CredentialStore;

#[cfg(target_os = "android")]
mod android;
mod clock;
#[cfg(not(any(target_os = "android", target_os = "ios")))]
mod desktop;
#[cfg(target_os = "ios")]
mod ios;

#[cfg(target_os = "android")]
use android::Android as Here;
#[cfg(not(any(target_os = "android", target_os = "ios")))]
use desktop::Desktop as Here;
#[cfg(target_os = "ios")]
use ios::Ios as Here;

/// How long ago a photo may have been taken that is still wanted when the app starts again.
const TAKEN_JUST_NOW: Duration = Duration::from_secs(10 * 60);

/// The most bytes that a photo may have which the system is asked to decode: it holds them several times.
const MAX_FOREIGN_BYTES: usize = 40_000_000;

/// What the app asks of an operating system.
pub trait System: Sync {
    /// The folder for the app's own files, which no cloud copies; `None` where the system names none.
    fn data_folder(&self) -> Option<PathBuf>;

    /// The system's store for keys; `None` where there is none that can be used.
    fn key_store(&self) -> Option<Arc<CredentialStore>>;

    /// Where a file is written that is meant for the user.
    fn outbox(&self) -> Option<Outbox>;

    /// Shows the system's sheet for passing on a file that lies in an [`Outbox::Private`].
    ///
    /// # Errors
    /// When it can't be shown.
    fn offer(&self, file: &Path) -> io::Result<()>;

    /// The languages that the user wants, most wanted first, as BCP 47 tags.
    fn languages(&self) -> Vec<String> {
        sys_locale::get_locales().collect()
    }

    /// The folders in which the system's camera leaves copies of the photos that it takes for the app.
    fn taken_photos(&self) -> Vec<PathBuf> {
        Vec::new()
    }

    /// The folders in which the system leaves copies of the files that the user chooses for the app.
    fn chosen_files(&self) -> Vec<PathBuf> {
        Vec::new()
    }

    /// The folder in which files lie, each whole, that another app has handed to this one; `None` where none can.
    fn inbox(&self) -> Option<PathBuf> {
        None
    }

    /// A photo in a format that the system alone reads, as JPEG: upright, in sRGB. `None` where it can't. Takes a moment.
    fn as_jpeg(&self, _photo: &[u8]) -> Option<Vec<u8>> {
        None
    }

    /// The page draws nothing any more, and nothing can bring it back. Where the system leaves an app like that, it is ended: a tap on
    /// its icon starts it anew.
    fn page_is_gone(&self) {}

    /// Keeps what is on the screen out of screenshots and of the list of apps, or no longer.
    fn hide(&self, _hidden: bool) {}

    /// Covers the screen whenever the app is left, or no longer: when it is seen again, what was drawn last would be seen first. The
    /// cover stays until [`Self::uncover`].
    fn guard(&self, _guarded: bool) {}

    /// What is to be seen now is drawn: the cover goes, unless the app has been left again.
    fn uncover(&self) {}

    /// The time since some moment before the app was started, sleep included, by a clock that nobody can set.
    fn clock(&self) -> Duration {
        clock::clock()
    }

    /// Puts the app into the background: there is nowhere in it to go back to.
    fn leave(&self) {}

    /// Whether the system can [`Self::remind`] while the app is closed.
    fn reminds(&self) -> bool {
        false
    }

    /// Asks the user whether [`Self::remind`] may show something, where the system wants that.
    fn allow_reminders(&self) {}

    /// Has the system show `text` at each of these moments, in the place of all that it was to show before, if the user allows it; in
    /// another time zone, when the clock shows there what it would have shown here. Others may read the text: it must not tell anything.
    fn remind(&self, _moments: &[Timestamp], _text: &str) {}
}

/// Where files for the user are written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outbox {
    /// A folder of the user's, where they will look.
    Users(PathBuf),
    /// A folder that only the app sees; from there they are offered to other apps, and at the next start they are deleted.
    Private(PathBuf),
}

/// What became of a file that was handed over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Handed {
    /// It lies there.
    Saved(PathBuf),
    /// The system asks the user where it should go.
    Offered(String),
}

/// The system that the app runs on.
pub fn here() -> &'static dyn System {
    &Here
}

/// The photo as it is or, of HEIC, as the system's JPEG where it makes one.
pub fn readable<'a>(system: &dyn System, photo: &'a [u8]) -> Cow<'a, [u8]> {
    let jpeg = (is_heif(photo) && photo.len() <= MAX_FOREIGN_BYTES).then(|| system.as_jpeg(photo)).flatten();
    jpeg.map_or(Cow::Borrowed(photo), Cow::Owned)
}

/// Whether a file is HEIF by its first box, whose brands also say how it is coded: HEVC mostly. AVIF is not meant.
fn is_heif(file: &[u8]) -> bool {
    const BRANDS: [&[u8]; 10] =
        [b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs", b"mif1", b"msf1"];
    let Some((length, rest)) = file.split_first_chunk::<4>() else { return false };
    let length = (u32::from_be_bytes(*length) as usize).min(file.len());
    let Some(brands) = rest.strip_prefix(b"ftyp").and_then(|_| file.get(8..length)) else { return false };
    let is = |wanted: &[&[u8]]| brands.chunks_exact(4).any(|brand| wanted.contains(&brand));
    is(&BRANDS) && !is(&[b"avif", b"avis"])
}

/// Hands a new file over to the user, under this name or, where that is taken, the next free one. `write` writes it; when that fails,
/// no file is left.
///
/// # Errors
/// Those of `write`, when there is no folder for it, and when it can't be offered.
pub fn hand_over<E: From<io::Error>>(
    system: &dyn System,
    name: &str,
    write: impl FnOnce(File) -> Result<(), E>,
) -> Result<Handed, E> {
    match system.outbox() {
        None => Err(io::Error::from(io::ErrorKind::NotFound).into()),
        Some(Outbox::Users(folder)) => write_new(&folder, name, write).map(Handed::Saved),
        Some(Outbox::Private(folder)) => {
            // In a folder of its own each: another app may still be reading the one before, and each is to have its plain name.
            let path = write_new(&unused_folder(&folder)?, name, write)?;
            if let Err(error) = system.offer(&path) {
                let _ = fs::remove_file(&path);
                return Err(error.into());
            }
            Ok(Handed::Offered(name.into()))
        }
    }
}

/// Deletes the copies that the system made of photos taken and files chosen: they are in the app's hands by now, or unwanted.
pub fn delete_copies(system: &dyn System) {
    for folder in system.taken_photos().into_iter().chain(system.chosen_files()) {
        empty(&folder);
    }
}

/// The photo that the system's camera took just now for a run of the app that was ended meanwhile: on a small phone the camera needs
/// the memory. No file that is empty (nobody pressed the shutter) or larger than `most` bytes. To be called before [`tidy`].
pub fn left_photo(system: &dyn System, now: SystemTime, most: u64) -> Option<Vec<u8>> {
    let files =
        system.taken_photos().into_iter().flat_map(|folder| fs::read_dir(folder).into_iter().flatten());
    let taken = files.flatten().filter_map(|file| {
        let about = file.metadata().ok()?;
        let at = about.modified().ok()?;
        let just_now = now.duration_since(at).is_ok_and(|age| age <= TAKEN_JUST_NOW);
        (about.is_file() && (1..=most).contains(&about.len()) && just_now).then_some((at, file.path()))
    });
    let (_, latest) = taken.max()?;
    fs::read(latest).ok()
}

/// The files that other apps have handed to this one, the latest first. Neither their names nor the times that the other app gave them
/// count, and nothing is followed that only points to a file.
pub fn waiting_files(system: &dyn System) -> Vec<PathBuf> {
    let entries = system.inbox().into_iter().flat_map(|folder| fs::read_dir(folder).into_iter().flatten());
    let files = entries.flatten().filter_map(|entry| {
        let about = entry.metadata().ok()?;
        about.is_file().then(|| (came(&about), entry.path()))
    });
    let mut files: Vec<_> = files.collect();
    files.sort_unstable();
    files.into_iter().rev().map(|(_, path)| path).collect()
}

/// When a file came to the folder that it lies in: a copy may keep the time at which its original was written.
#[cfg(unix)]
fn came(about: &Metadata) -> (i64, i64) {
    use std::os::unix::fs::MetadataExt;
    (about.ctime(), about.ctime_nsec())
}

/// When a file came to the folder that it lies in, where the system knows.
#[cfg(not(unix))]
fn came(about: &Metadata) -> Option<SystemTime> {
    about.created().ok()
}

/// Deletes the files that other apps have handed to this one.
pub fn refuse_files(system: &dyn System) {
    if let Some(folder) = system.inbox() {
        empty(&folder);
    }
}

/// Deletes what an earlier run left outside the archive, but for what another app has handed over: that waits until it is looked at. To
/// be called before anything is handed over.
pub fn tidy(system: &dyn System) {
    delete_copies(system);
    if let Some(Outbox::Private(folder)) = system.outbox() {
        empty(&folder);
    }
}

/// A new folder inside this one.
fn unused_folder(folder: &Path) -> io::Result<PathBuf> {
    fs::create_dir_all(folder)?;
    for number in 1u32.. {
        let path = folder.join(number.to_string());
        match fs::create_dir(&path) {
            Ok(()) => return Ok(path),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
    Err(io::ErrorKind::StorageFull.into())
}

/// The folders inside this one with such names.
#[cfg(any(test, target_os = "ios"))]
fn folders_called(such: impl Fn(&str) -> bool, folder: &Path) -> Vec<PathBuf> {
    let named =
        |path: &PathBuf| path.file_name().is_some_and(|name| such(&name.to_string_lossy())) && path.is_dir();
    fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()).filter(named).collect()
}

/// Year, month, day, hour and minute that the clock shows at this moment.
#[cfg(any(test, target_os = "ios"))]
fn on_the_clock(moment: Timestamp, zone: &TimeZone) -> [isize; 5] {
    let shown = moment.to_zoned_datetime(zone.clone());
    let parts = [shown.month(), shown.day(), shown.hour(), shown.minute()].map(isize::from);
    let [month, day, hour, minute] = parts;
    [isize::from(shown.year()), month, day, hour, minute]
}

/// Deletes everything in a folder that can be deleted.
fn empty(folder: &Path) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        let deleted = if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) };
        if let Err(error) = deleted {
            tracing::warn!("a left file could not be deleted: {error}");
        }
    }
}

fn write_new<E: From<io::Error>>(
    folder: &Path,
    name: &str,
    write: impl FnOnce(File) -> Result<(), E>,
) -> Result<PathBuf, E> {
    fs::create_dir_all(folder)?;
    let (stem, ending) = name.rsplit_once('.').unwrap_or((name, ""));
    let mut number = 1;
    let (path, file) = loop {
        let name = if number == 1 { name.into() } else { format!("{stem} {number}.{ending}") };
        let path = folder.join(name);
        match OpenOptions::new().write(true).create_new(true).open(&path) {
            Ok(file) => break (path, file),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => number += 1,
            Err(error) => return Err(error.into()),
        }
    };
    match write(file) {
        Ok(()) => Ok(path),
        Err(error) => {
            let _ = fs::remove_file(&path);
            Err(error)
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::sync::Mutex;

    use jiff::civil::date;
    use jiff::tz::offset;

    use super::*;

    /// A phone whose folders are where one wants, and which remembers what it was asked.
    struct Phone {
        folder: PathBuf,
        offered: Mutex<Vec<(PathBuf, String)>>,
        can_offer: bool,
    }

    impl Phone {
        fn new(folder: &Path, can_offer: bool) -> Self {
            Self { folder: folder.to_path_buf(), offered: Mutex::default(), can_offer }
        }
    }

    impl System for Phone {
        fn data_folder(&self) -> Option<PathBuf> {
            Some(self.folder.join("files"))
        }

        fn key_store(&self) -> Option<Arc<CredentialStore>> {
            None
        }

        fn outbox(&self) -> Option<Outbox> {
            Some(Outbox::Private(self.folder.join("outbox")))
        }

        fn offer(&self, file: &Path) -> io::Result<()> {
            let text = fs::read_to_string(file)?;
            self.offered.lock().expect("offered").push((file.to_path_buf(), text));
            if self.can_offer { Ok(()) } else { Err(io::Error::other("no sheet")) }
        }

        fn taken_photos(&self) -> Vec<PathBuf> {
            let mut folders = folders_called(|name| name.starts_with("WKWebFileUpload"), &self.folder);
            folders.push(self.folder.join("photos"));
            folders
        }

        fn chosen_files(&self) -> Vec<PathBuf> {
            folders_called(|name| name.ends_with("-Inbox"), &self.folder)
        }

        fn inbox(&self) -> Option<PathBuf> {
            Some(self.folder.join("inbox"))
        }

        fn as_jpeg(&self, photo: &[u8]) -> Option<Vec<u8>> {
            self.can_offer.then(|| [b"drawn from ", photo].concat())
        }
    }

    fn text(text: &'static str) -> impl Fn(File) -> io::Result<()> {
        move |mut file| file.write_all(text.as_bytes())
    }

    #[test]
    fn a_file_never_replaces_another_and_a_failed_one_is_not_left() {
        let folder = tempfile::tempdir().expect("folder");
        let first = write_new(folder.path(), "spots.age", text("first")).expect("written");
        let second = write_new(folder.path(), "spots.age", text("second")).expect("written");
        assert_eq!(fs::read_to_string(&first).expect("first"), "first");
        assert_eq!(second.file_name().expect("name"), "spots 2.age");
        let full = |_: File| Err::<(), _>(io::Error::from(io::ErrorKind::StorageFull));
        assert!(write_new(folder.path(), "spots.age", full).is_err());
        assert_eq!(fs::read_dir(folder.path()).expect("folder").count(), 2);
    }

    #[test]
    fn a_phone_offers_what_is_handed_over_under_its_own_name_each_time() {
        let folder = tempfile::tempdir().expect("folder");
        let phone = Phone::new(folder.path(), true);
        for content in ["first", "second"] {
            let handed = hand_over(&phone, "spotcheck.pdf", text(content)).expect("handed over");
            assert_eq!(handed, Handed::Offered("spotcheck.pdf".into()));
        }
        let path = |number| folder.path().join(format!("outbox/{number}/spotcheck.pdf"));
        let offered = phone.offered.lock().expect("offered").clone();
        assert_eq!(offered, [(path(1), "first".into()), (path(2), "second".into())]);
        let there = || [path(1), path(2), path(3)].map(|path| path.exists());
        let mute = Phone::new(folder.path(), false);
        assert!(hand_over(&mute, "spotcheck.pdf", text("third")).is_err(), "it says that nothing was shown");
        assert_eq!(there(), [true, true, false], "what was not offered is not left");
        tidy(&phone);
        assert_eq!(there(), [false; 3]);
    }

    #[test]
    fn what_the_camera_and_an_earlier_run_left_is_deleted_and_nothing_else() {
        let folder = tempfile::tempdir().expect("folder");
        let phone = Phone::new(folder.path(), true);
        // The second and third as iOS names its copies, of what the camera took and of what was chosen among files.
        let paths = [
            "photos/JPEG_1.jpg",
            "WKWebFileUpload-9/image.jpg",
            "org.spotcheck.app-Inbox/arm.jpg",
            "outbox/spotcheck.pdf",
            "files/archive.redb",
        ];
        for path in paths.map(|path| folder.path().join(path)) {
            fs::create_dir_all(path.parent().expect("folder")).expect("made");
            fs::write(path, "content").expect("written");
        }
        let there = || paths.map(|path| folder.path().join(path).exists());
        delete_copies(&phone);
        assert_eq!(
            there(),
            [false, false, false, true, true],
            "another app may still be reading what it was offered"
        );
        tidy(&phone);
        assert_eq!(there(), [false, false, false, false, true]);
    }

    #[test]
    fn a_photo_taken_while_the_app_was_ended_is_found_and_an_old_one_is_not() {
        let folder = tempfile::tempdir().expect("folder");
        let phone = Phone::new(folder.path(), true);
        let photos = folder.path().join("photos");
        let now = SystemTime::now();
        assert_eq!(left_photo(&phone, now, 99), None, "there is not even a folder");
        let inbox = folder.path().join("org.spotcheck.app-Inbox");
        fs::create_dir_all(&inbox).expect("made");
        fs::write(inbox.join("spotcheck.age"), "a backup").expect("written");
        let soon = now + Duration::from_secs(60);
        assert_eq!(left_photo(&phone, soon, 99), None, "what was chosen may be no photo");
        fs::create_dir_all(&photos).expect("made");
        let take = |name: &str, content: &str, age: u64| {
            fs::write(photos.join(name), content).expect("written");
            let file = OpenOptions::new().write(true).open(photos.join(name)).expect("open");
            file.set_modified(now - Duration::from_secs(age)).expect("dated");
        };
        take("JPEG_1.jpg", "", 5);
        assert_eq!(left_photo(&phone, now, 99), None, "nobody pressed the shutter");
        take("JPEG_2.jpg", "of yesterday", 86_400);
        take("JPEG_3.jpg", "far too large", 3);
        assert_eq!(left_photo(&phone, now, 12), None, "too old, too large");
        take("JPEG_4.jpg", "earlier", 60);
        take("JPEG_5.jpg", "just now", 20);
        assert_eq!(left_photo(&phone, now, 12).as_deref(), Some(&b"just now"[..]));
        assert_eq!(left_photo(&phone, now - Duration::from_secs(3600), 99), None, "the clock was set back");
        tidy(&phone);
        assert_eq!(left_photo(&phone, now, 99), None, "it is found once");
    }

    #[test]
    fn what_another_app_handed_over_waits_through_a_restart_and_the_latest_comes_first() {
        let folder = tempfile::tempdir().expect("folder");
        let phone = Phone::new(folder.path(), true);
        assert!(waiting_files(&phone).is_empty(), "there is not even a folder");
        let inbox = folder.path().join("inbox");
        fs::create_dir_all(inbox.join("a folder.spotpack")).expect("made");
        let hand_over = |name: &str, age: u64| {
            // The clock of files may tick a hundred times a second.
            std::thread::sleep(Duration::from_millis(50));
            let file = File::create(inbox.join(name)).expect("made");
            file.set_modified(SystemTime::now() - Duration::from_secs(age)).expect("dated");
        };
        hand_over("z.spotpack", 60);
        hand_over("a", 86_400);
        hand_over("m.spotpack", 3600);
        #[cfg(unix)]
        std::os::unix::fs::symlink(inbox.join("a"), inbox.join("elsewhere")).expect("linked");
        let waiting = ["m.spotpack", "a", "z.spotpack"].map(|name| inbox.join(name));
        assert_eq!(waiting_files(&phone), waiting, "by when they came, whatever they are called");
        tidy(&phone);
        assert_eq!(waiting_files(&phone), waiting);
        refuse_files(&phone);
        assert!(fs::read_dir(&inbox).expect("folder").next().is_none());
    }

    /// Summer or winter, and whichever zone the library takes for the system's: it comes out as the morning that went in.
    #[test]
    fn a_reminder_is_told_as_the_clock_shows_it() {
        for (day, zone) in [
            (date(2026, 7, 1), TimeZone::fixed(offset(2))),
            (date(2026, 12, 31), TimeZone::fixed(offset(-11))),
            (date(2027, 3, 28), TimeZone::UTC),
        ] {
            let morning = day.at(9, 0, 0, 0).to_zoned_datetime(zone.clone()).expect("a moment").timestamp();
            let shown: [isize; 5] = [day.year().into(), day.month().into(), day.day().into(), 9, 0];
            assert_eq!(on_the_clock(morning, &zone), shown);
        }
    }

    #[test]
    fn only_what_the_app_cannot_read_is_given_to_the_system() {
        let folder = tempfile::tempdir().expect("folder");
        let (phone, helpless) = (Phone::new(folder.path(), true), Phone::new(folder.path(), false));
        let heic = b"\0\0\0\x18ftypmif1\0\0\0\0mif1heic and more";
        let avif = b"\0\0\0\x18ftypmif1\0\0\0\0avifmif1 and more";
        assert!(readable(&phone, heic).starts_with(b"drawn from "));
        assert_eq!(readable(&helpless, heic), &heic[..]);
        for other in
            [&avif[..], b"\xff\xd8\xff\xe0", b"\0\0\0\x18ftyp", b"\xff\xff\xff\xffftypheic", b"ftypheic", b""]
        {
            let heif = other.starts_with(b"\xff\xff\xff\xff");
            assert_eq!(matches!(readable(&phone, other), Cow::Owned(_)), heif, "{other:?}");
        }
    }
}
