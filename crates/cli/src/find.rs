//! Which files to look at: those named, and in folders what is a picture by its content, so that nothing is passed over in silence.

use std::collections::{BTreeSet, HashSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::read::{self, Likeness, shown};

/// The ending of pictures that `--saliency` wrote; those are not photos.
pub(super) const SALIENCY_ENDING: &str = ".saliency.png";

/// What was found.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Found {
    /// To be looked at, in order, each once. Some may turn out to be no photos; that is told when their turn comes.
    pub photos: Vec<PathBuf>,
    /// What was left out, in sentences for people.
    pub remarks: Vec<String>,
    /// Whether some of that may hold photos.
    pub left_photos_out: bool,
}

/// The files under these paths. Those of `results`, where this run or an earlier one leaves what it finds, may lie in a folder of photos
/// without being counted among what is not looked at.
pub(super) fn find(paths: &[PathBuf], results: &[&Path]) -> Found {
    let results: Vec<PathBuf> = results.iter().filter_map(|path| fs::canonicalize(path).ok()).collect();
    let mut found = Found::default();
    for path in paths {
        if path.is_dir() {
            found.folder(path, &results);
        } else if is_saliency(path) {
            found.left_photos_out = true;
            found.remarks.push(format!("{}: a picture that --saliency wrote is no photo", shown(path)));
        } else {
            // A file, or something that can't be read: which it is, is told when its turn comes.
            found.photos.push(path.clone());
        }
    }
    let mut seen = HashSet::new();
    let before = found.photos.len();
    found.photos.retain(|path| seen.insert(fs::canonicalize(path).unwrap_or_else(|_| path.clone())));
    match before - found.photos.len() {
        0 => {}
        1 => found.remarks.push("1 photo was named twice and is looked at once".into()),
        more => found.remarks.push(format!("{more} photos were named twice and are looked at once")),
    }
    found
}

fn is_saliency(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name.to_string_lossy().ends_with(SALIENCY_ENDING))
}

/// What a Mac leaves beside each file, what Android has in its bin, what its owner hid; and what `--saliency` wrote.
fn is_passed_over(path: &Path) -> bool {
    let hidden = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
    hidden || is_saliency(path)
}

/// Whether all in a folder is passed over.
fn holds_nothing_else(folder: &Path) -> bool {
    let passed_over =
        |entry: io::Result<fs::DirEntry>| entry.is_ok_and(|entry| is_passed_over(&entry.path()));
    fs::read_dir(folder).is_ok_and(|mut entries| entries.all(passed_over))
}

impl Found {
    fn folder(&mut self, folder: &Path, results: &[PathBuf]) {
        let entries = match fs::read_dir(folder) {
            Ok(entries) => entries,
            Err(error) => {
                self.left_photos_out = true;
                self.remarks.push(format!("{}: {}", shown(folder), read::advice(&error)));
                return;
            }
        };
        let here = fs::canonicalize(folder).unwrap_or_else(|_| folder.into());
        let is_result = |path: &Path| path.file_name().is_some_and(|name| results.contains(&here.join(name)));
        let (mut inside, mut others, mut folders) = (BTreeSet::new(), 0, 0);
        for entry in entries {
            let path = match entry {
                Ok(entry) => entry.path(),
                Err(error) => {
                    self.left_photos_out = true;
                    self.remarks.push(format!("{}: an entry of it: {}", shown(folder), read::advice(&error)));
                    continue;
                }
            };
            if is_passed_over(&path) {
                continue;
            }
            if path.is_dir() {
                folders += usize::from(!(is_result(&path) && holds_nothing_else(&path)));
                continue;
            }
            match read::likeness(&path) {
                // What can't be read may be a photo; its turn tells why it can't.
                Likeness::Picture | Likeness::Unreadable => {
                    inside.insert(path);
                }
                Likeness::Other if is_result(&path) => {}
                Likeness::Other | Likeness::NoFile => others += 1,
            }
        }
        if inside.is_empty() {
            self.remarks.push(format!("{}: there is no photo in it", shown(folder)));
        }
        let left_out: Vec<String> = [
            (others, "file of another kind", "files of other kinds"),
            (folders, "sub-folder", "sub-folders"),
        ]
        .into_iter()
        .filter(|(count, ..)| *count > 0)
        .map(|(count, one, more)| format!("{count} {}", if count == 1 { one } else { more }))
        .collect();
        if !left_out.is_empty() {
            let verb = if others + folders == 1 { "was" } else { "were" };
            self.remarks.push(format!("{}: {} {verb} not looked at", shown(folder), left_out.join(" and ")));
        }
        self.left_photos_out |= folders > 0;
        self.photos.extend(inside);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const JPEG: &[u8] = b"\xff\xd8\xff\xe0 and so on";

    fn names(found: &Found) -> Vec<String> {
        found
            .photos
            .iter()
            .map(|path| path.file_name().expect("name").to_string_lossy().into_owned())
            .collect()
    }

    #[test]
    fn content_decides_and_the_rest_is_counted() {
        let folder = tempfile::tempdir().expect("folder");
        let write = |name: &str, bytes: &[u8]| fs::write(folder.path().join(name), bytes).expect("written");
        for name in ["b.jpg", "a", "c.mpo", "._b.jpg", ".trashed-1-b.jpg", "b.jpg.saliency.png"] {
            write(name, JPEG);
        }
        write("d.heic", b"\0\0\0\x18ftypheic");
        write("e.jpg", b"no picture, but named like one");
        write("notes.txt", b"a text");
        write("table.csv", b"image,MEL");
        fs::create_dir(folder.path().join("sub")).expect("folder");
        let found = find(&[folder.path().into(), folder.path().join("b.jpg")], &[]);
        assert_eq!(names(&found), ["a", "b.jpg", "c.mpo", "d.heic", "e.jpg"]);
        assert!(found.left_photos_out);
        let said = found.remarks.join("\n");
        assert!(said.contains("2 files of other kinds and 1 sub-folder were not looked at"), "{said}");
        assert!(said.contains("1 photo was named twice"), "{said}");
    }

    /// A run must not fail for what the run before it left there.
    #[test]
    fn results_among_the_photos_are_not_counted() {
        let folder = tempfile::tempdir().expect("folder");
        let (table, pictures) = (folder.path().join("table.csv"), folder.path().join("pictures"));
        fs::write(folder.path().join("a.jpg"), JPEG).expect("written");
        fs::write(&table, b"image,MEL").expect("written");
        fs::create_dir(&pictures).expect("folder");
        fs::write(pictures.join("a.jpg.saliency.png"), b"a picture").expect("written");
        let paths: [PathBuf; 1] = [folder.path().into()];
        let found = find(&paths, &[&table, &pictures]);
        assert_eq!(names(&found), ["a.jpg"]);
        assert!(found.remarks.is_empty() && !found.left_photos_out, "{found:?}");
        // Others' are.
        let found = find(&paths, &[]);
        assert!(
            found.left_photos_out && found.remarks[0].contains("1 file of another kind and 1 sub-folder")
        );
        // And so is a folder that photos lie in, too.
        fs::write(pictures.join("b.jpg"), JPEG).expect("written");
        let found = find(&paths, &[&table, &pictures]);
        assert!(found.left_photos_out && found.remarks[0].contains("1 sub-folder was not looked at"));
        // A photo stays one, whatever else it is said to be.
        assert_eq!(names(&find(&paths, &[&folder.path().join("a.jpg")])), ["a.jpg"]);
    }

    #[cfg(unix)]
    #[test]
    fn what_would_have_to_be_waited_for_is_counted() {
        let folder = tempfile::tempdir().expect("folder");
        fs::write(folder.path().join("a.jpg"), JPEG).expect("written");
        let _listening = std::os::unix::net::UnixListener::bind(folder.path().join("b.jpg")).expect("socket");
        let found = find(&[folder.path().into()], &[]);
        assert_eq!(names(&found), ["a.jpg"]);
        assert!(found.remarks[0].contains("1 file of another kind was not looked at"), "{found:?}");
    }

    #[cfg(unix)]
    #[test]
    fn a_link_to_nowhere_has_its_turn_and_an_empty_folder_is_named() {
        let folder = tempfile::tempdir().expect("folder");
        std::os::unix::fs::symlink("/no/such/photo.jpg", folder.path().join("a.jpg")).expect("link");
        assert_eq!(names(&find(&[folder.path().into()], &[])), ["a.jpg"]);
        let empty = tempfile::tempdir().expect("folder");
        let found = find(&[empty.path().into()], &[]);
        assert!(found.remarks[0].contains("there is no photo in it"), "{:?}", found.remarks);
        assert!(!found.left_photos_out);
    }
}
