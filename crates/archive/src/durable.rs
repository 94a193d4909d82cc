//! Writing files so that a power cut leaves the old or the new one, and nobody else on the device can read them.

use std::ffi::OsStr;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Puts these bytes in the place of the file at `path`, or makes it. Its folder is made where it is missing.
///
/// # Errors
/// When they can't be written; then the file is what it was before.
pub fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let new = beside(path);
    let written = create(&new).and_then(|mut file| {
        file.write_all(bytes)?;
        file.sync_all()
    });
    written.and_then(|()| put_in_place(&new, path)).inspect_err(|_| {
        let _ = fs::remove_file(&new);
    })
}

/// Makes a file, or empties it, that its owner alone may read and write, where the system knows owners.
///
/// # Errors
/// When it can't be made.
pub fn create(path: &Path) -> io::Result<File> {
    let file = private().create(true).truncate(true).open(path)?;
    // One that was there keeps the rights that it had.
    make_private(path)?;
    Ok(file)
}

/// Makes a file as [`create`] does.
///
/// # Errors
/// When there is one already, or it can't be made.
pub fn create_new(path: &Path) -> io::Result<File> {
    private().create_new(true).open(path)
}

fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// Takes the right to read a file from everybody but its owner.
///
/// # Errors
/// When it is not ours.
pub fn make_private(path: &Path) -> io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mut rights = fs::metadata(path)?.permissions();
        if rights.mode() & 0o077 != 0 {
            rights.set_mode(0o600);
            fs::set_permissions(path, rights)?;
        }
    }
    #[cfg(not(unix))]
    let _ = path;
    Ok(())
}

/// Puts a file that is on the disk in the place of another, so that a power cut leaves one of the two.
///
/// # Errors
/// When it can't be; then both are where they were.
pub fn put_in_place(new: &Path, old: &Path) -> io::Result<()> {
    fs::rename(new, old)?;
    // The folder's entry has to reach the disk, too. By now the new file is the one, whatever this says: some file systems
    // can't do it, and see to it themselves.
    if let Some(folder) = old.parent().and_then(|folder| File::open(folder).ok()) {
        let _ = folder.sync_all();
    }
    Ok(())
}

/// Where a file is made that takes this one's place.
pub fn beside(path: &Path) -> PathBuf {
    let mut name = path.file_name().map(OsStr::to_owned).unwrap_or_default();
    name.push(".new");
    path.with_file_name(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_replaced_whole_or_not_at_all() {
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join("new/settings.json");
        replace(&path, b"one").expect("written");
        replace(&path, b"two").expect("written again");
        assert_eq!(fs::read(&path).expect("read"), b"two");
        // In the way of every new file.
        fs::create_dir(beside(&path)).expect("folder");
        assert!(replace(&path, b"three").is_err());
        assert_eq!(fs::read(&path).expect("read"), b"two");
        fs::remove_dir(beside(&path)).expect("removed");
        // What takes the place of a folder is refused, and leaves nothing behind.
        let taken = folder.path().join("taken");
        fs::create_dir_all(taken.join("inside")).expect("folder");
        assert!(replace(&taken, b"four").is_err());
        assert!(!beside(&taken).exists());
    }

    #[cfg(unix)]
    #[test]
    fn nobody_else_may_read_what_is_written() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join("archive.vault");
        let rights = |path: &Path| fs::metadata(path).expect("there").permissions().mode() & 0o777;
        fs::write(&path, b"as an earlier version wrote it").expect("written");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).expect("set");
        replace(&path, b"new").expect("written");
        assert_eq!(rights(&path), 0o600);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).expect("set");
        create(&path).expect("made");
        assert_eq!(rights(&path), 0o600);
    }
}
