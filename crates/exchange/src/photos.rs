//! Photos for anybody: a zip file of JPEG files whose names say which spot it is, and when.

use std::collections::HashSet;
use std::io::{Seek, Write};

use archive::record::{RecordKind, SpotId};

use super::folder::Folder;
use super::{ExchangeError, Export, Item, Written};

/// A name is cut off after so many characters: with a date and a folder before it, every file system takes that.
const MOST_CHARACTERS: usize = 40;

/// Writes the photos or, without [`Item::WholePhotos`], the crops.
pub(super) fn write(export: &Export, output: impl Write + Seek) -> Result<Written, ExchangeError> {
    let picture = if export.includes(Item::WholePhotos) { RecordKind::Photo } else { RecordKind::Crop };
    let mut folder = Folder::new(output);
    let mut written = Written::default();
    let mut names = Names::default();
    for (spot, check) in export.checks() {
        written.checks += 1;
        let Some(bytes) = export.picture(check, picture, &mut written)? else { continue };
        let owner = export.patient(spot).filter(|_| export.includes(Item::Name));
        let within = owner.map(|patient| format!("{}/", safe(&patient.name, "-"))).unwrap_or_default();
        let named = if export.includes(Item::SpotNames) { safe(&spot.name, "") } else { String::new() };
        let named = if named.is_empty() { names.numbered(spot.id, export.unnamed) } else { named };
        let stem = match export.includes(Item::Dates) {
            true => format!("{within}{} {named}", export.local(check.at).date()),
            false => format!("{within}{named}"),
        };
        folder.add(&names.unique(&stem), &bytes)?;
        written.pictures += 1;
    }
    folder.finish()?;
    Ok(written)
}

/// The names of one file.
#[derive(Default)]
struct Names {
    given: HashSet<String>,
    unnamed: Vec<SpotId>,
}

impl Names {
    /// With the lowest number under which it is not there yet; file systems may hold capital letters and small ones for the same.
    fn unique(&mut self, stem: &str) -> String {
        let names = (1_u32..).map(|number| format!("{stem} {number}.jpg"));
        let mut free = names.filter(|name| !self.given.contains(&name.to_lowercase()));
        let name = free.next().expect("fewer pictures than numbers");
        self.given.insert(name.to_lowercase());
        name
    }

    /// What a spot without a name is called.
    fn numbered(&mut self, spot: SpotId, unnamed: &str) -> String {
        let at = self.unnamed.iter().position(|known| *known == spot).unwrap_or_else(|| {
            self.unnamed.push(spot);
            self.unnamed.len() - 1
        });
        format!("{unnamed} {}", at + 1)
    }
}

/// A text as part of a file's name on every file system, and `without` where nothing of it is left: no paths, nothing that a system holds
/// for a command, and nothing that turns the line round.
fn safe(text: &str, without: &str) -> String {
    let refused = |character: char| {
        character.is_control()
            || r#"/\:*?"<>|."#.contains(character)
            || matches!(character, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
    };
    let plain: String =
        text.chars().map(|character| if refused(character) { ' ' } else { character }).collect();
    let words: Vec<&str> = plain.split_whitespace().collect();
    let cut: String = words.join(" ").chars().take(MOST_CHARACTERS).collect();
    match cut.trim() {
        "" => without.into(),
        // What begins so is hidden, or taken for an option or a home folder.
        cut if cut.starts_with(['-', '~']) => format!("_{cut}"),
        cut => cut.into(),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use archive::made_up::{check, patient, spot};
    use archive::record::{Check, Spot};
    use zip::ZipArchive;

    use super::*;
    use crate::tests::{Kept, jpeg};
    use crate::{Format, Include};

    fn names(kept: &Kept, include: Include) -> Vec<String> {
        let mut file = Cursor::new(Vec::new());
        kept.export(include).write(Format::Photos, &mut file).expect("written");
        let zip = ZipArchive::new(file).expect("a zip file");
        zip.file_names().map(|name| name.expect("UTF-8").into_owned()).collect()
    }

    /// Two spots of the same name, and one without.
    fn three() -> Kept {
        let mut kept = Kept::new();
        let owner = patient();
        kept.archive.keep_patient(owner.clone()).expect("kept");
        for (name, days) in [("Left shoulder", 2), ("left: shoulder", 1), ("", 1)] {
            let spot = Spot { patient: Some(owner.id), ..spot(name) };
            for day in 0..days {
                let at = format!("2026-11-2{}T23:30:00Z", 7 + day).parse().expect("a time");
                kept.keep(&spot, Check { at, ..check(spot.id) });
            }
        }
        kept
    }

    #[test]
    fn names_say_which_spot_it_is_and_when_and_no_two_are_alike() {
        let mut found = names(&three(), Include::usual(Format::Photos));
        found.sort();
        assert_eq!(
            found,
            [
                "2026-11-28 Left shoulder 1.jpg",
                "2026-11-28 Spot 1 1.jpg",
                "2026-11-28 left shoulder 2.jpg",
                "2026-11-29 Left shoulder 1.jpg"
            ],
            "by the clocks there, an hour later"
        );
    }

    #[test]
    fn nothing_is_in_a_name_but_what_is_asked_for() {
        let mut found = names(&three(), Include::default());
        found.sort();
        assert_eq!(found, ["Spot 1 1.jpg", "Spot 1 2.jpg", "Spot 2 1.jpg", "Spot 3 1.jpg"]);
        let found = names(&three(), Include::these([Item::Name]));
        assert!(found.iter().all(|name| name.starts_with(&format!("{}/Spot", patient().name))), "{found:?}");
    }

    #[test]
    fn a_name_is_safe_on_every_file_system() {
        for (text, wanted) in [
            ("../../etc/passwd", "etc passwd"),
            ("C:\\mole.", "C mole"),
            ("  Müller's\tspot\n", "Müller's spot"),
            ("\u{202e}gpj.exe", "gpj exe"),
            ("-rf", "_-rf"),
            ("...", "?"),
            ("左肩", "左肩"),
        ] {
            assert_eq!(safe(text, "?"), wanted);
        }
        assert_eq!(safe(&"x".repeat(300), "").len(), MOST_CHARACTERS);
    }

    #[test]
    fn pictures_are_stored_as_they_are_without_a_time_and_crops_where_the_photo_shows_more() {
        let kept = three();
        for (include, wanted) in
            [(Include::default(), jpeg(48, 48)), (Include::these([Item::WholePhotos]), jpeg(64, 48))]
        {
            let mut file = Cursor::new(Vec::new());
            let written = kept.export(include).write(Format::Photos, &mut file).expect("written");
            assert_eq!((written.pictures, written.checks, written.lost.len()), (4, 4, 0));
            let mut zip = ZipArchive::new(file).expect("a zip file");
            let mut entry = zip.by_index(0).expect("a file");
            assert_eq!(entry.last_modified().map(|at| at.year()), Some(1980), "none");
            let mut bytes = Vec::new();
            std::io::Read::read_to_end(&mut entry, &mut bytes).expect("read");
            assert_eq!(bytes, wanted);
        }
    }
}
