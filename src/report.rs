//! A spot on paper for the doctor: a tagged PDF/A-2a file, one page a check.

use std::num::NonZeroU16;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use krilla::color::rgb;
use krilla::configure::{Accessibility, Archival, ConfigurationBuilder};
use krilla::geom::{PathBuilder, Point, Rect, Size, Transform};
use krilla::image::Image;
use krilla::metadata::{DateTime, Metadata};
use krilla::page::PageSettings;
use krilla::paint::Fill;
use krilla::surface::Surface;
use krilla::tagging::{ArtifactType, ContentTag, SpanTag, Tag, TagGroup, TagTree};
use krilla::text::{Font, TextDirection};
use krilla::{Document, SerializeSettings};

use crate::archive::record::Check;
use crate::assessment::Triage;
use crate::change::shape::{Measured, Shape};
use crate::photo::Photo;
use crate::wording::{Language, Wording};

const REGULAR: &[u8] = include_bytes!("../assets/fonts/DejaVuSans.ttf");
const BOLD: &[u8] = include_bytes!("../assets/fonts/DejaVuSans-Bold.ttf");

/// A4, in points.
const WIDTH: f32 = 595.3;
const HEIGHT: f32 = 841.9;
const MARGIN: f32 = 48.0;
const PICTURE: f32 = 180.0;
const INK: [u8; 3] = [27, 36, 34];
const SOFT: [u8; 3] = [85, 97, 93];
const BAR: [u8; 3] = [11, 102, 92];

/// What a report is made of.
#[derive(Debug, Clone)]
pub struct Report {
    /// The spot's name.
    pub title: String,
    /// Where it is, in words.
    pub region: String,
    /// What its owner noted.
    pub note: String,
    /// One for each check, in this order.
    pub pages: Vec<Page>,
    /// The language of the text.
    pub language: Language,
    /// When it is made.
    pub made: Timestamp,
}

/// A check with its pictures, as JPEG; one that is damaged is left out.
#[derive(Debug, Clone)]
pub struct Page {
    /// The check.
    pub check: Check,
    /// What was looked at.
    pub crop: Option<Vec<u8>>,
    /// All of the photo.
    pub photo: Option<Vec<u8>>,
}

/// Why there is no file.
#[derive(Debug, thiserror::Error)]
#[error("the report can't be made: {0}")]
pub struct ReportError(String);

impl Report {
    /// The file.
    ///
    /// # Errors
    /// When the app's own fonts can't be read or the result would be no PDF/A.
    pub fn pdf(&self) -> Result<Vec<u8>, ReportError> {
        let broken = |what: &str| ReportError(what.into());
        let configuration = ConfigurationBuilder::new()
            .with_archival_validator(Archival::A2_A)
            .with_accessibility_validator(Accessibility::UA1)
            .finish()
            .map_err(|_| broken("settings"))?;
        let settings = SerializeSettings { configuration, ..SerializeSettings::default() };
        let mut document = Document::new_with(settings);
        let words = Wording::new(self.language);
        let fonts = Fonts::embedded().ok_or_else(|| broken("fonts"))?;
        let title = words.text("report-heading", &[("spot", fonts.known(&self.title).into())]);
        let metadata = Metadata::new()
            .title(title.clone())
            .language(self.language.tag().into())
            .creation_date(date_and_time(self.made))
            .creator("Spotcheck".into());
        document.set_metadata(metadata);
        let mut outline = krilla::outline::Outline::new();
        let mut tree = TagTree::new();
        for (number, page) in self.pages.iter().enumerate() {
            let size = PageSettings::from_wh(WIDTH, HEIGHT).ok_or_else(|| broken("page"))?;
            let mut sheet = document.start_page_with(size);
            let mut surface = sheet.surface();
            let mut writer = Writer {
                surface: &mut surface,
                fonts: &fonts,
                tree: &mut tree,
                y: MARGIN,
                words: &words,
                number,
            };
            self.write(&mut writer, page, &title);
            surface.finish();
            sheet.finish();
            let day = day_of(self.language, &page.check);
            let top = krilla::destination::XyzDestination::new(number, Point::from_xy(0.0, 0.0));
            outline.push_child(krilla::outline::OutlineNode::new(day, top));
        }
        document.set_outline(outline);
        document.set_tag_tree(tree);
        document.finish().map_err(|error| ReportError(format!("{error:?}")))
    }

    fn write(&self, writer: &mut Writer, page: &Page, title: &str) {
        let (words, number) = (writer.words, writer.number);
        let (check, assessment) = (&page.check, &page.check.assessment);
        writer.heading(1, title, 17.0);
        let mut facts = vec![day_of(self.language, check), self.region.clone()];
        facts.push(
            words.text("report-page", &[("page", (number + 1).into()), ("pages", self.pages.len().into())]),
        );
        writer.paragraph(&facts.join(" · "), 10.0, SOFT);
        writer.gap(10.0);
        let pictures = [(&page.crop, "result-crop"), (&page.photo, "report-photo")].into_iter().filter_map(
            |(jpeg, key)| Some((Image::from_jpeg(jpeg.clone()?.into(), false).ok()?, words.say(key))),
        );
        writer.pictures(pictures.collect());

        writer.heading(2, &words.triage(assessment.triage), 13.0);
        if assessment.triage == Triage::CannotTell {
            for doubt in &assessment.cannot_tell {
                writer.paragraph(&words.doubt(*doubt), 10.0, INK);
            }
            for fault in assessment.quality.faults() {
                writer.paragraph(&words.fault(fault), 10.0, INK);
            }
        } else {
            let risk = words.percent(assessment.risk);
            let [low, high] = assessment.risk_range.map(|risk| words.percent(risk));
            writer.paragraph(
                &words.text(
                    "report-risk",
                    &[("risk", risk.into()), ("low", low.into()), ("high", high.into())],
                ),
                10.0,
                INK,
            );
            writer.heading(2, &words.say("all-probabilities"), 11.0);
            for likelihood in &assessment.probabilities {
                let name = match likelihood.malignant {
                    true => {
                        format!("{} ({})", words.diagnosis(&likelihood.diagnosis), words.say("malignant"))
                    }
                    false => words.diagnosis(&likelihood.diagnosis),
                };
                writer.bar(&name, &words.percent(likelihood.probability), likelihood.probability);
            }
        }
        self.measured(writer, page);
        let noticed: Vec<String> = check.remarks.keys().map(|key| words.remark(key)).collect();
        if !noticed.is_empty() {
            writer.heading(2, &words.say("report-noticed"), 11.0);
            writer.paragraph(&noticed.join(", "), 10.0, INK);
        }
        writer.gap(6.0);
        let limits = ["no-medical-device", "report-limits", "wrong-skin"].map(|key| words.say(key)).join(" ");
        writer.paragraph(&limits, 8.5, SOFT);
        let model = words.text("result-model", &[("version", assessment.model.clone().into())]);
        writer.paragraph(&model, 8.5, SOFT);
        // Last, since it may be long, and everything else has to be there.
        if number == 0 && !self.note.is_empty() {
            writer.heading(2, &words.say("spot-note"), 11.0);
            writer.paragraph(&self.note, 10.0, INK);
        }
    }

    fn measured(&self, writer: &mut Writer, page: &Page) {
        let words = writer.words;
        let crop = page.crop.as_ref().and_then(|jpeg| Photo::decode(jpeg).ok());
        let Some(shape) = crop.and_then(|crop| Shape::of(crop.pixels())) else { return };
        writer.heading(2, &words.say("report-measured"), 11.0);
        let number = |measured: Measured, decimals| {
            let figure = |value| self.language.number(value, decimals);
            format!("{} (± {})", figure(measured.value), figure(measured.spread))
        };
        for (key, text) in [
            ("measure-area", number(shape.area, 2)),
            ("measure-asymmetry", number(shape.asymmetry, 2)),
            ("measure-border", number(shape.border, 2)),
            ("measure-colours", number(shape.colours, 0)),
        ] {
            writer.paragraph(&format!("{}: {text}", words.say(key)), 10.0, INK);
        }
        writer.paragraph(&words.say("measure-no-size"), 8.5, SOFT);
    }
}

fn day_of(language: Language, check: &Check) -> String {
    let day = check.at.to_zoned_datetime(TimeZone::system()).date();
    language.date(day.year(), day.month(), day.day())
}

fn date_and_time(at: Timestamp) -> DateTime {
    let at = at.to_zoned_datetime(TimeZone::UTC);
    let part = |value: i8| value.unsigned_abs();
    DateTime::new(at.year().unsigned_abs())
        .month(part(at.month()))
        .day(part(at.day()))
        .hour(part(at.hour()))
        .minute(part(at.minute()))
        .second(part(at.second()))
        .utc_offset_hour(0)
}

/// The app's own fonts.
struct Fonts {
    regular: Font,
    bold: Font,
    metrics: [ttf_parser::Face<'static>; 2],
}

impl Fonts {
    fn embedded() -> Option<Self> {
        let face = |bytes| ttf_parser::Face::parse(bytes, 0).ok();
        Some(Self {
            regular: Font::new(REGULAR.into(), 0)?,
            bold: Font::new(BOLD.into(), 0)?,
            metrics: [face(REGULAR)?, face(BOLD)?],
        })
    }

    /// The text with a question mark for every letter that the fonts don't have.
    fn known(&self, text: &str) -> String {
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
    fn width(&self, text: &str, size: f32, bold: bool) -> f32 {
        let face = &self.metrics[usize::from(bold)];
        let advance = |letter| face.glyph_hor_advance(face.glyph_index(letter)?);
        let units: u32 = text.chars().filter_map(advance).map(u32::from).sum();
        units as f32 * size / f32::from(face.units_per_em())
    }

    /// The text in lines no wider than `width`.
    fn lines(&self, text: &str, size: f32, bold: bool, width: f32) -> Vec<String> {
        let mut lines = vec![String::new()];
        for word in self.known(text).split_whitespace() {
            let line = lines.last_mut().map(std::mem::take).unwrap_or_default();
            let longer = if line.is_empty() { word.to_string() } else { format!("{line} {word}") };
            let last = lines.len() - 1;
            if line.is_empty() || self.width(&longer, size, bold) <= width {
                lines[last] = longer;
            } else {
                lines[last] = line;
                lines.push(word.into());
            }
        }
        lines
    }
}

/// Writes from the top of a page downwards, and into the tree that screen readers follow.
struct Writer<'a, 'b> {
    surface: &'a mut Surface<'b>,
    fonts: &'a Fonts,
    tree: &'a mut TagTree,
    words: &'a Wording,
    y: f32,
    /// The page's, from zero.
    number: usize,
}

impl Writer<'_, '_> {
    fn gap(&mut self, points: f32) {
        self.y += points;
    }

    fn heading(&mut self, level: u16, text: &str, size: f32) {
        self.gap(size * 0.6);
        let level = NonZeroU16::new(level).unwrap_or(NonZeroU16::MIN);
        let text = self.fonts.known(text);
        let mut group = TagGroup::new(Tag::Hn(level, Some(text.clone())));
        self.text(&mut group, &text, size, true, INK, WIDTH - 2.0 * MARGIN);
        self.tree.push(group);
    }

    fn paragraph(&mut self, text: &str, size: f32, colour: [u8; 3]) {
        let mut group = TagGroup::new(Tag::P);
        self.text(&mut group, text, size, false, colour, WIDTH - 2.0 * MARGIN);
        self.tree.push(group);
    }

    fn text(&mut self, group: &mut TagGroup, text: &str, size: f32, bold: bool, colour: [u8; 3], width: f32) {
        let font = if bold { &self.fonts.bold } else { &self.fonts.regular }.clone();
        let lines = self.fonts.lines(text, size, bold, width);
        let room = ((HEIGHT - MARGIN / 2.0 - self.y) / (size * 1.35)).max(0.0) as usize;
        let left_out = lines.len() > room;
        for (at, line) in lines.into_iter().take(room).enumerate() {
            self.y += size * 1.35;
            let line = if left_out && at + 1 == room { "…".into() } else { line };
            if line.is_empty() {
                continue;
            }
            self.surface.set_fill(Some(fill(colour)));
            group.push(self.surface.start_tagged(ContentTag::Span(SpanTag::empty())));
            let start = Point::from_xy(MARGIN, self.y);
            self.surface.draw_text(start, font.clone(), size, &line, false, TextDirection::LeftToRight);
            self.surface.end_tagged();
        }
    }

    /// Side by side, each as large as fits, with what it shows for those who can't see it.
    fn pictures(&mut self, pictures: Vec<(Image, String)>) {
        let mut x = MARGIN;
        let mut tallest: f32 = 0.0;
        for (picture, description) in pictures {
            let (width, height) = picture.size();
            let scale = PICTURE / width.max(height).max(1) as f32;
            let Some(size) = Size::from_wh(width as f32 * scale, height as f32 * scale) else { continue };
            let figure = Tag::Figure(Some(description)).with_bbox(
                Rect::from_xywh(x, self.y, size.width(), size.height())
                    .map(|rect| krilla::tagging::BBox::new(self.number, rect)),
            );
            let mut group = TagGroup::new(figure);
            group.push(self.surface.start_tagged(ContentTag::Other));
            self.surface.push_transform(&Transform::from_translate(x, self.y));
            self.surface.draw_image(picture, size);
            self.surface.pop();
            self.surface.end_tagged();
            self.tree.push(group);
            x += size.width() + 16.0;
            tallest = tallest.max(size.height());
        }
        self.gap(tallest);
    }

    /// A name, a share as a bar, and the share in words.
    fn bar(&mut self, name: &str, share_in_words: &str, share: f32) {
        const LABEL: f32 = 270.0;
        const BAR_WIDTH: f32 = 150.0;
        let mut group = TagGroup::new(Tag::P);
        let top = self.y;
        self.text(&mut group, &format!("{name}: {share_in_words}"), 10.0, false, INK, LABEL);
        self.tree.push(group);
        let mut path = PathBuilder::new();
        let length = (BAR_WIDTH * share.clamp(0.0, 1.0)).max(0.5);
        if let Some(rect) = Rect::from_xywh(MARGIN + LABEL + 20.0, top + 5.0, length, 8.0) {
            path.push_rect(rect);
        }
        if let Some(path) = path.finish() {
            self.surface.start_tagged(ContentTag::Artifact(krilla::tagging::Artifact::new(
                ArtifactType::Other,
                None,
            )));
            self.surface.set_fill(Some(fill(BAR)));
            self.surface.draw_path(&path);
            self.surface.end_tagged();
        }
    }
}

fn fill([red, green, blue]: [u8; 3]) -> Fill {
    Fill { paint: rgb::Color::new(red, green, blue).into(), ..Fill::default() }
}

#[cfg(test)]
mod tests {
    use image::RgbImage;
    use image::codecs::jpeg::JpegEncoder;

    use super::*;
    use crate::archive::record::{CheckId, Remarks, SpotId};
    use crate::archive::tests::assessment;
    use crate::assessment::{Doubt, Likelihood};
    use crate::diagnosis;

    fn jpeg() -> Vec<u8> {
        let picture = RgbImage::from_fn(200, 200, |x, y| {
            let inside = (x as f32 - 100.0).hypot(y as f32 - 100.0) < 50.0;
            image::Rgb(if inside { [110, 70, 50] } else { [226, 178, 158] })
        });
        let mut bytes = Vec::new();
        JpegEncoder::new(&mut bytes).encode_image(&picture).expect("encoded");
        bytes
    }

    fn page(triage: Triage) -> Page {
        let mut assessment = assessment();
        assessment.triage = triage;
        assessment.cannot_tell = vec![Doubt::NotALesion, Doubt::Unfamiliar];
        let likelihood = |diagnosis: &diagnosis::Diagnosis| Likelihood {
            diagnosis: diagnosis.key.to_string(),
            malignant: diagnosis.malignant,
            refer: diagnosis.refer,
            probability: 1.0 / 7.0,
            likeness: 1.0 / 7.0,
        };
        assessment.probabilities = diagnosis::HAM10000.iter().map(likelihood).collect();
        let remarks = Remarks { itches: true, bleeds: true, grows: true, new: true };
        let (id, spot, at) = (CheckId::random(), SpotId::random(), Timestamp::UNIX_EPOCH);
        let check = Check { id, spot, order: 0, at, assessment, remarks };
        Page { check, crop: Some(jpeg()), photo: Some(jpeg()) }
    }

    fn report(language: Language) -> Report {
        Report {
            title: "Left shoulder".into(),
            region: "Upper back".into(),
            note: "a long note ".repeat(60),
            pages: vec![page(Triage::SeeDoctorSoon), page(Triage::CannotTell)],
            language,
            made: Timestamp::UNIX_EPOCH,
        }
    }

    /// The file's own validator (PDF/A-2a and PDF/UA-1) refuses what is not tagged or can't be shown.
    #[test]
    fn a_report_has_a_page_a_check_in_every_language() {
        for language in Language::ALL {
            let mut report = report(language);
            let two = report.pdf().expect("made");
            report.pages.truncate(1);
            let one = report.pdf().expect("made");
            assert!(two.starts_with(b"%PDF-") && two.len() < 400_000, "{}", two.len());
            assert!(two.len() > one.len() + 2_000, "{language:?}: {} and {}", one.len(), two.len());
        }
        if let Some(folder) = std::env::var_os("SPOTCHECK_SCREENS") {
            std::fs::create_dir_all(&folder).expect("folder");
            let path = std::path::Path::new(&folder).join("report.pdf");
            std::fs::write(path, report(Language::English).pdf().expect("made")).expect("written");
        }
    }

    #[test]
    fn names_in_any_script_and_damaged_pictures_make_no_report_fail() {
        let mut report = report(Language::English);
        report.title = "Моя родинка 我的痣 🙂\n\u{0}".into();
        report.note = "word".repeat(500);
        report.pages[0].crop = None;
        report.pages[1].photo = Some(b"no picture".to_vec());
        report.pdf().expect("made");
        report.pages.clear();
        // Nothing to tell: still a file or an error, never a panic.
        let _ = report.pdf();
    }
}
