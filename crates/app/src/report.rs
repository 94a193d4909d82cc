//! Spots on paper for the doctor: a tagged PDF/A-2a file, one page a check.

mod fonts;
#[cfg(test)]
mod tests;
mod writer;

use std::sync::Arc;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use krilla::configure::{Accessibility, Archival, ConfigurationBuilder};
use krilla::geom::Point;
use krilla::image::Image;
use krilla::metadata::{DateTime, Metadata};
use krilla::{Document, SerializeSettings};

use crate::finding::{said, seen};
use crate::size::{in_words, measured_by};
use archive::finding::Finding;
use archive::record::{Check, CheckId, Patient, RecordKind};
use assess::assessment::Triage;
use fonts::Fonts;
use vision::change::shape::{Measured, Shape};
use vision::photo::Photo;
use wording::{Language, Wording};
use writer::{INK, SOFT, Writer};

/// What a report is made of.
#[derive(Debug, Clone)]
pub struct Report {
    /// The spot's name.
    pub title: String,
    /// Where it is, in words.
    pub region: String,
    /// Whose it is, where that was said.
    pub patient: Option<Patient>,
    /// What its owner noted.
    pub note: String,
    /// What doctors found.
    pub findings: Vec<Finding>,
    /// One for each check, in this order.
    pub pages: Vec<Page>,
    /// The language of the text.
    pub language: Language,
    /// When it is made.
    pub made: Timestamp,
}

/// A report whose pictures are still in the archive.
#[derive(Debug, Clone)]
pub struct Draft {
    /// The report, without pages.
    pub report: Report,
    /// What its pages are about, in their order.
    pub checks: Vec<Arc<Check>>,
}

impl Draft {
    /// The report, with each picture as `picture` gets it: nothing for one that is damaged.
    ///
    /// # Errors
    /// Those of `picture`.
    pub fn with_pictures<E>(
        self,
        mut picture: impl FnMut(CheckId, RecordKind) -> Result<Option<Vec<u8>>, E>,
    ) -> Result<Report, E> {
        let page = |check: Arc<Check>| {
            let (crop, photo) = (picture(check.id, RecordKind::Crop)?, picture(check.id, RecordKind::Photo)?);
            Ok(Page { check: Arc::unwrap_or_clone(check), crop, photo })
        };
        let pages = self.checks.into_iter().map(page).collect::<Result<_, _>>()?;
        Ok(Report { pages, ..self.report })
    }
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

/// The file: one report after the other, in the language of the first.
///
/// # Errors
/// When there is none, the app's own fonts can't be read, or the result would be no PDF/A.
pub fn pdf(reports: &[Report]) -> Result<Vec<u8>, ReportError> {
    let broken = |what: &str| ReportError(what.into());
    let first = reports.first().ok_or_else(|| broken("nothing to report"))?;
    let configuration = ConfigurationBuilder::new()
        .with_archival_validator(Archival::A2_A)
        .with_accessibility_validator(Accessibility::UA1)
        .finish()
        .map_err(|_| broken("settings"))?;
    let settings = SerializeSettings { configuration, ..SerializeSettings::default() };
    let mut document = Document::new_with(settings);
    let words = Wording::new(first.language);
    let fonts = Fonts::embedded().ok_or_else(|| broken("fonts"))?;
    let heading =
        |report: &Report| words.text("report-heading", &[("spot", fonts.known(&report.title).into())]);
    let title = if reports.len() == 1 { heading(first) } else { words.say("report-of-several") };
    let metadata = Metadata::new()
        .title(title)
        .language(first.language.tag().into())
        .creation_date(date_and_time(first.made))
        .creator("Spotcheck".into());
    document.set_metadata(metadata);
    let mut outline = krilla::outline::Outline::new();
    let mut writer = Writer::new(&fonts, &words);
    for report in reports {
        let title = heading(report);
        for (number, page) in report.pages.iter().enumerate() {
            let sheet = writer.begin_sheet();
            report.write(&mut writer, number, page, &title);
            let day = day_of(report.language, &page.check);
            let entry = if reports.len() == 1 { day } else { format!("{}, {day}", report.title) };
            let top = krilla::destination::XyzDestination::new(sheet, Point::from_xy(0.0, 0.0));
            outline.push_child(krilla::outline::OutlineNode::new(entry, top));
        }
    }
    let tree = writer.draw(&mut document)?;
    document.set_outline(outline);
    document.set_tag_tree(tree);
    document.finish().map_err(|error| ReportError(format!("{error:?}")))
}

impl Report {
    fn write(&self, writer: &mut Writer, number: usize, page: &Page, title: &str) {
        let words = writer.words;
        let (check, assessment) = (&page.check, &page.check.assessment);
        writer.heading(1, title, 17.0);
        let mut facts = vec![day_of(self.language, check), self.region.clone()];
        facts.push(
            words.text("report-page", &[("page", (number + 1).into()), ("pages", self.pages.len().into())]),
        );
        writer.paragraph(&facts.join(" · "), 10.0, SOFT);
        if let Some(patient) = &self.patient {
            writer.paragraph(&known_of(patient, words), 10.0, INK);
        }
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
        self.sized(writer, check);
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
        if number == 0 && !self.findings.is_empty() {
            writer.heading(2, &words.say("finding-title"), 11.0);
            for finding in &self.findings {
                writer.paragraph(&format!("{}. {}", seen(words, finding), said(words, finding)), 10.0, INK);
            }
        }
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
    }

    /// How large it is, or why nobody knows.
    fn sized(&self, writer: &mut Writer, check: &Check) {
        let words = writer.words;
        match &check.size {
            Some(size) => {
                writer.heading(2, &words.say("size-title"), 11.0);
                writer.paragraph(
                    &format!("{}. {}", in_words(words, size), measured_by(words, size)),
                    10.0,
                    INK,
                );
            }
            None => writer.paragraph(&words.say("measure-no-size"), 8.5, SOFT),
        }
    }
}

/// Who the patient is, in a line.
fn known_of(patient: &Patient, words: &Wording) -> String {
    let year =
        patient.birth_year.map(|year| words.text("report-birth-year", &[("year", year.to_string().into())]));
    let skin_type = patient
        .skin_type
        .map(|skin_type| words.text("report-skin-type", &[("type", skin_type.number().to_string().into())]));
    let facts = [Some(patient.name.clone()), year, patient.sex.map(|sex| words.sex(sex)), skin_type];
    facts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
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
