//! The app's own fonts: which letters they have, and how wide a text is.

use krilla::text::Font;

const REGULAR: &[u8] = include_bytes!("../../../../assets/fonts/DejaVuSans.ttf");
const BOLD: &[u8] = include_bytes!("../../../../assets/fonts/DejaVuSans-Bold.ttf");

/// The app's own fonts.
pub(super) struct Fonts {
    pub(super) regular: Font,
    pub(super) bold: Font,
    metrics: [ttf_parser::Face<'static>; 2],
}

impl Fonts {
    pub(super) fn embedded() -> Option<Self> {
        let face = |bytes| ttf_parser::Face::parse(bytes, 0).ok();
        Some(Self {
            regular: Font::new(REGULAR.into(), 0)?,
            bold: Font::new(BOLD.into(), 0)?,
            metrics: [face(REGULAR)?, face(BOLD)?],
        })
    }

    /// The text with a question mark for every letter that the fonts don't have.
    pub(super) fn known(&self, text: &str) -> String {
        let known = |letter: char| self.metrics[0].glyph_index(letter).is_some();
        text.chars()
            .map(|letter| match letter {
                letter if known(letter) => letter,
                letter if letter.is_whitespace() => ' ',
                _ => '?',
            })
            .collect()
    }

    /// How wide a text is, in points.
    pub(super) fn width(&self, text: &str, size: f32, bold: bool) -> f32 {
        let face = &self.metrics[usize::from(bold)];
        let advance = |letter| face.glyph_hor_advance(face.glyph_index(letter)?);
        let units: u32 = text.chars().filter_map(advance).map(u32::from).sum();
        units as f32 * size / f32::from(face.units_per_em())
    }

    /// The text in lines no wider than `width`. A word that is wider itself is broken.
    pub(super) fn lines(&self, text: &str, size: f32, bold: bool, width: f32) -> Vec<String> {
        let fits = |line: &str| self.width(line, size, bold) <= width;
        let mut lines = vec![String::new()];
        for word in self.known(text).split_whitespace() {
            let line = lines.pop().unwrap_or_default();
            let longer = if line.is_empty() { word.to_string() } else { format!("{line} {word}") };
            if fits(&longer) {
                lines.push(longer);
                continue;
            }
            lines.extend(Some(line).filter(|line| !line.is_empty()));
            let mut rest = String::new();
            for letter in word.chars() {
                rest.push(letter);
                if !fits(&rest) && rest.chars().count() > 1 {
                    rest.pop();
                    lines.push(std::mem::replace(&mut rest, letter.to_string()));
                }
            }
            lines.push(rest);
        }
        lines
    }
}
