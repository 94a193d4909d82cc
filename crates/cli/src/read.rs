//! Reading files that may be anything: their first bytes and their size are looked at before the whole, and what goes wrong is told with
//! what to do.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use assess::assessment::DETAIL;
use vision::photo::{self, Photo};

/// The most bytes that a file may have. Photos with a video or a second picture in them have tens of millions.
const MOST_BYTES: u64 = 256 << 20;

/// How much of a file tells what it is.
const START_BYTES: usize = 4096;

/// What a file looks like from its first bytes, or by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Likeness {
    /// A picture of some kind, though perhaps none that can be read.
    Picture,
    /// Something else.
    Other,
    /// It could not be looked into.
    Unreadable,
    /// A pipe, a device or the like, which would have to be waited for.
    NoFile,
}

/// What lies in a folder under this path.
pub(super) fn likeness(path: &Path) -> Likeness {
    match path.metadata() {
        Ok(metadata) if !metadata.is_file() => Likeness::NoFile,
        Ok(_) if photo::by_name(path) => Likeness::Picture,
        Ok(_) => match start(path) {
            Ok(start) if photo::looks_like_a_picture(&start) => Likeness::Picture,
            Ok(_) => Likeness::Other,
            Err(_) => Likeness::Unreadable,
        },
        Err(_) => Likeness::Unreadable,
    }
}

fn start(path: &Path) -> io::Result<Vec<u8>> {
    let mut start = Vec::new();
    File::open(path)?.take(START_BYTES as u64).read_to_end(&mut start)?;
    Ok(start)
}

/// Reads a photo, in as much detail as its central square is looked at with.
///
/// # Errors
/// What is wrong and what to do, in words.
pub(super) fn photo(path: &Path) -> Result<Photo, String> {
    let told = |error: io::Error| advice(&error);
    let mut file = File::open(path).map_err(told)?;
    let size = file.metadata().map_err(told)?.len();
    let mut bytes = Vec::new();
    file.by_ref().take(START_BYTES as u64).read_to_end(&mut bytes).map_err(told)?;
    // What is no photo is not read whole to say so.
    if bytes.len() == START_BYTES
        && !photo::starts_like_a_photo(&bytes)
        && bytes.iter().any(|&byte| byte != 0)
    {
        return Err(Photo::decode(&bytes).map_or_else(|error| error.to_string(), |_| "no photo".into()));
    }
    let too_large = |size: u64| {
        format!(
            "the file has {} MB, more than the {} that can be read; choose a smaller one",
            size >> 20,
            MOST_BYTES >> 20
        )
    };
    if size > MOST_BYTES {
        return Err(too_large(size));
    }
    // Pipes don't say how much comes.
    file.take(MOST_BYTES + 1 - bytes.len() as u64).read_to_end(&mut bytes).map_err(told)?;
    if bytes.len() as u64 > MOST_BYTES {
        return Err(too_large(bytes.len() as u64));
    }
    Photo::decode_reduced(&bytes, DETAIL).map_err(|error| error.to_string())
}

/// Why a file could not be read or written, and what to do.
pub(super) fn advice(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "there is no such file; check the name, and where a link leads".into(),
        io::ErrorKind::PermissionDenied => {
            "you may not read it; change its permissions, or copy it as its owner".into()
        }
        io::ErrorKind::IsADirectory => "it is a folder; name the files in it, or it alone".into(),
        io::ErrorKind::OutOfMemory => "there is not enough memory for it; choose a smaller one".into(),
        // Links that lead in circles have a kind that is not stable yet.
        _ if error.raw_os_error() == Some(40) && cfg!(target_os = "linux") => {
            "its links lead in circles; name the file itself".into()
        }
        _ => format!("{error}; try again, or copy it to another disk first"),
    }
}

/// A path for people.
pub(super) fn shown(path: &Path) -> String {
    plain(&path.to_string_lossy())
}

/// Somebody else's text for people: what would move the cursor, clear the screen or turn the line round is spelt out.
pub(super) fn plain(text: &str) -> String {
    // Marks that change the direction of writing.
    let turns = |character: char| matches!(character, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let mut plain = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            character if character.is_control() || turns(character) => {
                plain.extend(character.escape_default())
            }
            character => plain.push(character),
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_cannot_move_the_cursor() {
        let path = Path::new("a\u{1b}[2J\n  NOTHING SUSPICIOUS SEEN\u{202e}gpj.jpg");
        assert_eq!(shown(path), "a\\u{1b}[2J\\n  NOTHING SUSPICIOUS SEEN\\u{202e}gpj.jpg");
        assert_eq!(shown(Path::new("Müller, 2.jpg")), "Müller, 2.jpg");
    }

    #[test]
    fn a_large_file_of_another_kind_is_told_by_its_start() {
        let folder = tempfile::tempdir().expect("folder");
        let (video, sparse) = (folder.path().join("a.jpg"), folder.path().join("b.jpg"));
        std::fs::write(&video, [b"\0\0\0\x18ftypisom".as_slice(), &[1; 5000]].concat()).expect("written");
        File::options().write(true).open(&video).and_then(|file| file.set_len(40 << 30)).expect("grown");
        assert!(photo(&video).expect_err("no photo").contains("a video file"));
        std::fs::write(&sparse, [b"\xff\xd8\xff\xe0".as_slice(), &[1; 5000]].concat()).expect("written");
        File::options().write(true).open(&sparse).and_then(|file| file.set_len(40 << 30)).expect("grown");
        assert!(photo(&sparse).expect_err("too large").contains("40960 MB"));
    }

    #[test]
    fn what_can_not_be_read_says_what_to_do() {
        assert!(photo(Path::new("no-such.jpg")).expect_err("missing").contains("check the name"));
        let folder = tempfile::tempdir().expect("folder");
        assert!(photo(folder.path()).is_err());
    }
}
