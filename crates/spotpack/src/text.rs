//! Texts that come with a pack: they are shown to people, so they must be what they seem.

/// Our name, and what the app calls its own model's publisher in each of its languages, without marks and spaces. A stranger's
/// texts may not look like them.
const OURS: [&[u8]; 5] =
    [b"spotcheck", b"partoftheapp", b"teilderapp", b"partedelaaplicacion", b"partedoaplicativo"];

/// Punctuation that a text may hold. Bars, brackets and quotes of all sorts look like something else.
const PUNCTUATION: &str = " -_.,:;/()&+'";

/// What the Latin letters from U+00C0 to U+017F look like without their marks.
const PLAIN: &str = "aaaaaaaceeeeiiiidnooooo.ouuuuypsaaaaaaaceeeeiiiidnooooo.ouuuuypy\
                     aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiiiiijjkkklllllll\
                     lllnnnnnnnnnoooooooorrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs";

/// The letter without its mark; none where it is not a Latin one.
fn plain(letter: char) -> Option<u8> {
    match letter {
        'a'..='z' | 'A'..='Z' => Some(letter.to_ascii_lowercase() as u8),
        '\u{c0}'..='\u{17f}' => {
            PLAIN.as_bytes().get(letter as usize - 0xc0).copied().filter(|plain| *plain != b'.')
        }
        _ => None,
    }
}

/// Why a text may not be shown, if so. Only Latin letters, digits and common punctuation may be, so that no
/// letter of another script can stand for one that looks the same, and nothing turns the direction of what
/// follows.
pub(crate) fn check(text: &str, most: usize) -> Result<(), String> {
    let count = text.chars().take(most + 1).count();
    if count == 0 || count > most {
        return Err(format!("it must have 1 to {most} characters"));
    }
    if text.starts_with(' ') || text.ends_with(' ') || text.contains("  ") {
        return Err("it has spaces at its ends, or two in a row".to_string());
    }
    let allowed = |char: char| char.is_ascii_digit() || plain(char).is_some() || PUNCTUATION.contains(char);
    match text.chars().find(|char| !allowed(*char)) {
        Some(char) => Err(format!("the character U+{:04X} is not allowed in it", u32::from(char))),
        None => Ok(()),
    }
}

/// Why a name for machines is none, if so: lower-case letters, digits and, within, some of `also`.
pub(crate) fn check_identifier(text: &str, most: usize, also: &str) -> Result<(), String> {
    let common = |char: char| char.is_ascii_lowercase() || char.is_ascii_digit();
    let fits = text.len() <= most
        && text.starts_with(common)
        && text.ends_with(common)
        && text.chars().all(|char| common(char) || also.contains(char));
    fits.then_some(()).ok_or(format!(
        "it must have 1 to {most} lower-case letters, digits and, between them, characters of {also:?}"
    ))
}

/// Whether a text looks like our name, or like the words that the app has for its own model, up to one letter
/// too many, too few or wrong, and to digits and marks that stand for letters.
pub fn imitates(text: &str) -> bool {
    OURS.into_iter().any(|ours| looks_like(text, ours))
}

fn looks_like(text: &str, ours: &[u8]) -> bool {
    let letters = text.chars().filter_map(|char| match char {
        '0' => Some(b'o'),
        '3' => Some(b'e'),
        '5' => Some(b's'),
        '7' | '+' => Some(b't'),
        '(' => Some(b'c'),
        digit if digit.is_ascii_digit() => Some(digit as u8),
        letter => plain(letter),
    });
    // Sellers' search for a pattern with errors: `row[n]` is how far the first n letters of ours are from
    // the nearest end of the text so far.
    let mut row: Vec<usize> = (0..=ours.len()).collect();
    letters.into_iter().any(|letter| {
        let mut before = row[0];
        for (place, wanted) in ours.iter().enumerate() {
            let replaced = before + usize::from(*wanted != letter);
            before = row[place + 1];
            row[place + 1] = replaced.min(before + 1).min(row[place] + 1);
        }
        row[ours.len()] <= 1
    })
}

/// An error of somebody else's that may quote a file, made fit to be shown.
pub(crate) fn tame(error: &impl std::fmt::Display) -> String {
    let tame = |char: char| if char == '`' || check(&format!("x{char}x"), 3).is_ok() { char } else { '?' };
    error.to_string().chars().take(160).map(tame).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_latin_letter_has_a_plain_one() {
        assert_eq!(PLAIN.len(), 0x180 - 0xc0);
        for (letter, looks) in [
            ('À', b'a'),
            ('Æ', b'a'),
            ('Ç', b'c'),
            ('Ð', b'd'),
            ('Ø', b'o'),
            ('Þ', b'p'),
            ('ß', b's'),
            ('ÿ', b'y'),
            ('Ā', b'a'),
            ('č', b'c'),
            ('đ', b'd'),
            ('ę', b'e'),
            ('ģ', b'g'),
            ('ħ', b'h'),
            ('ı', b'i'),
            ('ĵ', b'j'),
            ('ķ', b'k'),
            ('ĸ', b'k'),
            ('Ĺ', b'l'),
            ('ł', b'l'),
            ('Ń', b'n'),
            ('ŋ', b'n'),
            ('Ō', b'o'),
            ('œ', b'o'),
            ('ř', b'r'),
            ('Ś', b's'),
            ('š', b's'),
            ('Ţ', b't'),
            ('ŧ', b't'),
            ('ų', b'u'),
            ('ŵ', b'w'),
            ('ŷ', b'y'),
            ('Ÿ', b'y'),
            ('Ź', b'z'),
            ('ž', b'z'),
            ('ſ', b's'),
        ] {
            assert_eq!(plain(letter), Some(looks), "{letter}");
        }
        assert_eq!((plain('×'), plain('÷'), plain('а'), plain('ο')), (None, None, None, None));
    }

    #[test]
    fn texts_are_what_they_seem() {
        for good in
            ["Clínica de Piel, São Paulo", "A", "CC BY-NC 4.0 (not for commercial use)", "Łódź & Köln"]
        {
            assert_eq!(check(good, 60), Ok(()), "{good}");
        }
        let long = "x".repeat(61);
        for bad in [
            "",
            " a",
            "a ",
            "a  b",
            "a\nb",
            "a\0",
            "a\u{202e}b",
            "a\u{200b}b",
            "a\u{2066}b",
            "\u{feff}a",
            "а",
            "a\u{301}",
            "a\u{a0}b",
            "a|b",
            "<b>",
            "a\u{7f}",
            "a\u{9b}",
            "日本",
            "\u{e000}",
            &long,
        ] {
            assert!(check(bad, 60).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn names_for_machines_are_plain() {
        for good in ["a", "lite1-240", "a.b-c", "0"] {
            assert_eq!(check_identifier(good, 9, "-."), Ok(()), "{good}");
        }
        for bad in ["", "-a", "a-", "A", "ab/cd", "../a", "a b", "0123456789", "ä"] {
            assert!(check_identifier(bad, 9, "-.").is_err(), "{bad}");
        }
    }

    #[test]
    fn nobody_is_called_like_us() {
        for ours in [
            "Spotcheck",
            "The SPOT-CHECK team",
            "sp0tch3ck",
            "Śpötčhęçķ",
            "5potcheck",
            "Spotchek",
            "Spot(heck",
            "Sspotcheck",
            "S p o t c h e c k",
            "spotcheck-lite0",
            "sþotcheck",
            "Spotchheck",
            "spo+check",
            "Part of the app",
            "PART of the App (Inc.)",
            "Teil der Äpp",
            "Parte de la aplicacion",
            "Parte do aplicativo.",
        ] {
            assert!(imitates(ours), "{ours}");
        }
        for others in [
            "Clínica de Piel",
            "Skin lab",
            "spot",
            "check",
            "potch",
            "mole-mapper",
            "Spotted owl",
            "The app department",
        ] {
            assert!(!imitates(others), "{others}");
        }
    }

    #[test]
    fn errors_quote_nothing_odd() {
        assert_eq!(tame(&"unknown field `a\u{202e}\u{7}b`"), "unknown field `a??b`");
        assert_eq!(tame(&"x".repeat(1000)).len(), 160);
    }
}
