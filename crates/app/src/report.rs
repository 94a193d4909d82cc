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
use krilla::tagging::{ArtifactType, ContentTag, Identifier, SpanTag, Tag, TagGroup, TagKind, TagTree};
use krilla::text::{Font, TextDirection};
use krilla::{Document, SerializeSettings};

use archive::record::Check;
use assess::assessment::Triage;
use vision::change::shape::{Measured, Shape};
use vision::photo::Photo;
use wording::{Language, Wording};

const REGULAR: &[u8] = include_bytes!("../../../assets/fonts/DejaVuSans.ttf");
const BOLD: &[u8] = include_bytes!("../../../assets/fonts/DejaVuSans-Bold.ttf");

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

/// A check with its pictures, as JPEG; where one is damaged, words say so in its place.
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
        let mut writer = Writer { fonts: &fonts, words: &words, blocks: Vec::new(), sheets: 0, y: MARGIN };
        for (number, page) in self.pages.iter().enumerate() {
            let first = writer.begin_sheet();
            self.write(&mut writer, number, page, &title);
            let day = day_of(self.language, &page.check);
            let top = krilla::destination::XyzDestination::new(first, Point::from_xy(0.0, 0.0));
            outline.push_child(krilla::outline::OutlineNode::new(day, top));
        }
        let tree = writer.draw(&mut document)?;
        document.set_outline(outline);
        document.set_tag_tree(tree);
        document.finish().map_err(|error| ReportError(format!("{error:?}")))
    }

    fn write(&self, writer: &mut Writer, number: usize, page: &Page, title: &str) {
        let words = writer.words;
        let (check, assessment) = (&page.check, &page.check.assessment);
        writer.heading(1, title, 17.0);
        let mut facts = vec![day_of(self.language, check), self.region.clone()];
        facts.push(
            words.text("report-page", &[("page", (number + 1).into()), ("pages", self.pages.len().into())]),
        );
        writer.paragraph(&facts.join(" · "), 10.0, SOFT);
        writer.gap(10.0);
        let (mut pictures, mut lost) = (Vec::new(), Vec::new());
        for (jpeg, key) in [(&page.crop, "result-crop"), (&page.photo, "report-photo")] {
            match jpeg.clone().and_then(|jpeg| Image::from_jpeg(jpeg.into(), false).ok()) {
                Some(picture) => pictures.push((picture, words.say(key))),
                None => lost.push(words.text("report-picture-lost", &[("picture", words.say(key).into())])),
            }
        }
        writer.pictures(pictures);
        lost.iter().for_each(|sentence| writer.paragraph(sentence, 10.0, INK));

        writer.heading(2, &words.triage(assessment.triage), 13.0);
        if let Some(label) = &assessment.foreign_model {
            let label = words.text("model-foreign", &[("label", label.clone().into())]);
            writer.paragraph(&label, 10.0, INK);
        }
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
        // Last, since it may be long: it goes on on a sheet of its own.
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

    /// The text in lines no wider than `width`. A word that is wider itself is broken.
    fn lines(&self, text: &str, size: f32, bold: bool, width: f32) -> Vec<String> {
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

/// Something on a sheet, which is counted from zero; places and sizes are in points from its upper left corner.
enum Mark {
    Line {
        place: Point,
        text: String,
        size: f32,
        bold: bool,
        colour: [u8; 3],
    },
    Picture {
        place: Point,
        picture: Image,
        size: Size,
    },
    /// For the eye alone: what it says is said in words, too.
    Bar {
        rect: Rect,
    },
}

/// What belongs together for a screen reader; it may go over several sheets.
struct Block {
    tag: TagKind,
    marks: Vec<(usize, Mark)>,
}

/// Lays out sheet after sheet, from the top of each downwards.
struct Writer<'a> {
    fonts: &'a Fonts,
    words: &'a Wording,
    blocks: Vec<Block>,
    /// How many have been begun.
    sheets: usize,
    /// Where the next line on the last one goes.
    y: f32,
}

impl Writer<'_> {
    const BOTTOM: f32 = HEIGHT - MARGIN / 2.0;
    const LINE: f32 = 1.35;

    /// Goes on on a new sheet, and returns its number.
    fn begin_sheet(&mut self) -> usize {
        self.y = MARGIN;
        self.sheets += 1;
        self.sheets - 1
    }

    /// Goes on on a new sheet where less than this is left.
    fn make_room(&mut self, points: f32) {
        if self.y + points > Self::BOTTOM {
            self.begin_sheet();
        }
    }

    fn gap(&mut self, points: f32) {
        self.y += points;
    }

    fn heading(&mut self, level: u16, text: &str, size: f32) {
        self.gap(size * 0.6);
        // With the first line below it.
        self.make_room(size * Self::LINE + 10.0 * Self::LINE);
        let level = NonZeroU16::new(level).unwrap_or(NonZeroU16::MIN);
        let text = self.fonts.known(text);
        let marks = self.text(&text, size, true, INK, WIDTH - 2.0 * MARGIN);
        self.blocks.push(Block { tag: Tag::Hn(level, Some(text)).into(), marks });
    }

    fn paragraph(&mut self, text: &str, size: f32, colour: [u8; 3]) {
        let marks = self.text(text, size, false, colour, WIDTH - 2.0 * MARGIN);
        self.blocks.push(Block { tag: Tag::P.into(), marks });
    }

    fn text(&mut self, text: &str, size: f32, bold: bool, colour: [u8; 3], width: f32) -> Vec<(usize, Mark)> {
        let lines = self.fonts.lines(text, size, bold, width);
        let mut marks = Vec::new();
        for text in lines.into_iter().filter(|line| !line.is_empty()) {
            self.make_room(size * Self::LINE);
            self.y += size * Self::LINE;
            let place = Point::from_xy(MARGIN, self.y);
            marks.push((self.sheets - 1, Mark::Line { place, text, size, bold, colour }));
        }
        marks
    }

    /// Side by side, each as large as fits, with what it shows for those who can't see it.
    fn pictures(&mut self, pictures: Vec<(Image, String)>) {
        self.make_room(PICTURE);
        let (mut x, mut tallest, sheet) = (MARGIN, 0.0_f32, self.sheets - 1);
        for (picture, description) in pictures {
            let (width, height) = picture.size();
            let scale = PICTURE / width.max(height).max(1) as f32;
            let Some(size) = Size::from_wh(width as f32 * scale, height as f32 * scale) else { continue };
            let bbox = Rect::from_xywh(x, self.y, size.width(), size.height())
                .map(|rect| krilla::tagging::BBox::new(sheet, rect));
            let tag = Tag::Figure(Some(description)).with_bbox(bbox).into();
            let place = Point::from_xy(x, self.y);
            self.blocks.push(Block { tag, marks: vec![(sheet, Mark::Picture { place, picture, size })] });
            x += size.width() + 16.0;
            tallest = tallest.max(size.height());
        }
        self.gap(tallest);
    }

    /// A name, a share as a bar, and the share in words.
    fn bar(&mut self, name: &str, share_in_words: &str, share: f32) {
        const LABEL: f32 = 270.0;
        const BAR_WIDTH: f32 = 150.0;
        self.make_room(3.0 * 10.0 * Self::LINE);
        let (top, sheet) = (self.y, self.sheets - 1);
        let mut marks = self.text(&format!("{name}: {share_in_words}"), 10.0, false, INK, LABEL);
        let length = (BAR_WIDTH * share.clamp(0.0, 1.0)).max(0.5);
        let rect = Rect::from_xywh(MARGIN + LABEL + 20.0, top + 5.0, length, 8.0);
        marks.extend(rect.map(|rect| (sheet, Mark::Bar { rect })));
        self.blocks.push(Block { tag: Tag::P.into(), marks });
    }

    /// Draws all sheets, and returns the tree that screen readers follow.
    fn draw(self, document: &mut Document) -> Result<TagTree, ReportError> {
        let Self { fonts, blocks, sheets, .. } = self;
        let mut groups: Vec<TagGroup> = Vec::new();
        let mut by_sheet: Vec<Vec<(usize, Mark)>> = Vec::new();
        by_sheet.resize_with(sheets, Vec::new);
        for (block, Block { tag, marks }) in blocks.into_iter().enumerate() {
            groups.push(TagGroup::new(tag));
            for (sheet, mark) in marks {
                by_sheet[sheet].push((block, mark));
            }
        }
        for marks in by_sheet {
            let size = PageSettings::from_wh(WIDTH, HEIGHT).ok_or_else(|| ReportError("page".into()))?;
            let mut sheet = document.start_page_with(size);
            let mut surface = sheet.surface();
            for (block, mark) in marks {
                if let Some(identifier) = mark.draw(fonts, &mut surface) {
                    groups[block].push(identifier);
                }
            }
            surface.finish();
            sheet.finish();
        }
        let mut tree = TagTree::new();
        groups.into_iter().for_each(|group| tree.push(group));
        Ok(tree)
    }
}

impl Mark {
    /// Draws it; for what a screen reader reads, returns how the tree refers to it.
    fn draw(self, fonts: &Fonts, surface: &mut Surface) -> Option<Identifier> {
        match self {
            Self::Line { place, text, size, bold, colour } => {
                let font = if bold { &fonts.bold } else { &fonts.regular }.clone();
                surface.set_fill(Some(fill(colour)));
                let identifier = surface.start_tagged(ContentTag::Span(SpanTag::empty()));
                surface.draw_text(place, font, size, &text, false, TextDirection::LeftToRight);
                surface.end_tagged();
                Some(identifier)
            }
            Self::Picture { place, picture, size } => {
                let identifier = surface.start_tagged(ContentTag::Other);
                surface.push_transform(&Transform::from_translate(place.x, place.y));
                surface.draw_image(picture, size);
                surface.pop();
                surface.end_tagged();
                Some(identifier)
            }
            Self::Bar { rect } => {
                let mut path = PathBuilder::new();
                path.push_rect(rect);
                let path = path.finish()?;
                let artifact = krilla::tagging::Artifact::new(ArtifactType::Other, None);
                surface.start_tagged(ContentTag::Artifact(artifact));
                surface.set_fill(Some(fill(BAR)));
                surface.draw_path(&path);
                surface.end_tagged();
                None
            }
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
    use archive::made_up::assessment;
    use archive::record::{CheckId, Remarks, SpotId};
    use assess::assessment::{Doubt, Likelihood};
    use net::diagnosis;

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
        let check = Check { id, spot, at, assessment, remarks, ..archive::made_up::check(spot) };
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
    }

    /// A doctor must not think that nobody took one.
    #[test]
    fn a_picture_that_is_lost_is_told_in_its_place() {
        let fonts = Fonts::embedded().expect("fonts");
        for language in Language::ALL {
            let words = Wording::new(language);
            let sentence = |key: &str| {
                fonts.known(&words.text("report-picture-lost", &[("picture", words.say(key).into())]))
            };
            let (crop, photo) = (sentence("result-crop"), sentence("report-photo"));
            assert_ne!(crop, photo);
            let mut report = report(language);
            let told = |report: &Report| {
                let mut writer =
                    Writer { fonts: &fonts, words: &words, blocks: Vec::new(), sheets: 0, y: MARGIN };
                writer.begin_sheet();
                report.write(&mut writer, 0, &report.pages[0], "title");
                let lines: Vec<&str> = writer
                    .blocks
                    .iter()
                    .flat_map(|block| &block.marks)
                    .filter_map(|(_, mark)| match mark {
                        Mark::Line { text, .. } => Some(text.as_str()),
                        _ => None,
                    })
                    .collect();
                let said = lines.join(" ");
                [&crop, &photo].map(|sentence| said.contains(sentence))
            };
            assert_eq!(told(&report), [false, false]);
            report.pages[0].crop = None;
            assert_eq!(told(&report), [true, false]);
            report.pages[0].photo = Some(b"no picture".to_vec());
            assert_eq!(told(&report), [true, true]);
        }
    }

    /// A doctor must see whose model answered.
    #[test]
    fn somebody_elses_answer_says_so_on_paper() {
        let fonts = Fonts::embedded().expect("fonts");
        for language in Language::ALL {
            let words = Wording::new(language);
            let mut report = report(language);
            let told = |report: &Report| {
                let mut writer =
                    Writer { fonts: &fonts, words: &words, blocks: Vec::new(), sheets: 0, y: MARGIN };
                writer.begin_sheet();
                report.write(&mut writer, 0, &report.pages[0], "title");
                let marks = writer.blocks.iter().flat_map(|block| &block.marks);
                let lines: Vec<&str> = marks
                    .filter_map(|(_, mark)| match mark {
                        Mark::Line { text, .. } => Some(text.as_str()),
                        _ => None,
                    })
                    .collect();
                lines.join(" ").contains("0123 4567 · Skin lab")
            };
            assert!(!told(&report));
            report.pages[0].check.assessment.foreign_model = Some("0123 4567 · Skin lab".into());
            assert!(told(&report), "{language:?}");
        }
    }

    #[test]
    fn a_report_of_no_check_is_an_empty_sheet() {
        let mut report = report(Language::English);
        report.pages.clear();
        assert!(report.pdf().expect("made").starts_with(b"%PDF-"));
    }

    /// A doctor reads every word that the owner wrote, also when they don't fit onto the first sheet.
    #[test]
    fn the_owners_words_are_never_cut_off() {
        let fonts = Fonts::embedded().expect("fonts");
        let words = Wording::new(Language::English);
        // The longest note that the app takes, in words, without a space, and in the widest letters.
        let numbered = (0..180).map(|number| format!("w{number:03}")).collect::<Vec<_>>().join(" ");
        for note in [numbered, "x".repeat(1_000), "W".repeat(1_000), "word ".repeat(4_000)] {
            let report = Report { note: note.clone(), ..report(Language::English) };
            let mut writer =
                Writer { fonts: &fonts, words: &words, blocks: Vec::new(), sheets: 0, y: MARGIN };
            writer.begin_sheet();
            report.write(&mut writer, 0, &report.pages[0], "title");
            let lines =
                writer.blocks.iter().flat_map(|block| &block.marks).filter_map(|(sheet, mark)| match mark {
                    Mark::Line { place, text, size, bold, .. } => Some((*sheet, *place, text, *size, *bold)),
                    _ => None,
                });
            let mut written = String::new();
            for (sheet, place, text, size, bold) in lines {
                assert!(sheet < writer.sheets && place.y <= HEIGHT && place.y >= MARGIN);
                assert!(MARGIN + fonts.width(text, size, bold) <= WIDTH - MARGIN + 0.1, "{text}");
                written.push_str(text);
            }
            let letters = |text: &str| text.replace(' ', "");
            assert!(letters(&written).contains(&letters(&note)), "{note}");
            report.pdf().expect("made");
        }
    }
}
