//! What stands on paper, and that it is a PDF/A file that screen readers can read.

use image::RgbImage;
use image::codecs::jpeg::JpegEncoder;

use super::writer::{HEIGHT, MARGIN, Mark, WIDTH};
use super::*;
use archive::made_up::{self, assessment};
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
        patient: Some(made_up::patient()),
        note: "a long note ".repeat(60),
        findings: vec![made_up::finding()],
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
        let two = pdf(std::slice::from_ref(&report)).expect("made");
        report.pages.truncate(1);
        let one = pdf(std::slice::from_ref(&report)).expect("made");
        assert!(two.starts_with(b"%PDF-") && two.len() < 400_000, "{}", two.len());
        assert!(two.len() > one.len() + 2_000, "{language:?}: {} and {}", one.len(), two.len());
    }
    if let Some(folder) = std::env::var_os("SPOTCHECK_SCREENS") {
        std::fs::create_dir_all(&folder).expect("folder");
        let path = std::path::Path::new(&folder).join("report.pdf");
        std::fs::write(path, pdf(&[report(Language::English)]).expect("made")).expect("written");
    }
}

#[test]
fn the_reports_of_several_spots_are_one_file() {
    let one = report(Language::German);
    let other = Report { title: "Knie".into(), note: String::new(), ..one.clone() };
    let size = |reports: &[Report]| pdf(reports).expect("made").len();
    assert!(size(&[one.clone(), other]) > size(&[one]) + 4_000);
    assert!(pdf(&[]).is_err());
}

#[test]
fn names_in_any_script_and_damaged_pictures_make_no_report_fail() {
    let mut report = report(Language::English);
    report.title = "Моя родинка 我的痣 🙂\n\u{0}".into();
    report.note = "word".repeat(500);
    report.pages[0].crop = None;
    report.pages[1].photo = Some(b"no picture".to_vec());
    pdf(std::slice::from_ref(&report)).expect("made");
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
            let mut writer = Writer::new(&fonts, &words);
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
            let mut writer = Writer::new(&fonts, &words);
            writer.begin_sheet();
            report.write(&mut writer, 0, &report.pages[0], "title");
            let marks = writer.blocks.iter().flat_map(|block| &block.marks);
            let lines: Vec<&str> = marks
                .filter_map(|(_, mark)| match mark {
                    Mark::Line { text, .. } => Some(text.as_str()),
                    _ => None,
                })
                .collect();
            lines.join(" ").contains("0123 4567 89ab cdef · Skin lab · v3")
        };
        assert!(!told(&report));
        report.pages[0].check.assessment.foreign_model = Some("0123 4567 89ab cdef · Skin lab · v3".into());
        assert!(told(&report), "{language:?}");
    }
}

#[test]
fn a_report_of_no_check_is_an_empty_sheet() {
    let mut report = report(Language::English);
    report.pages.clear();
    assert!(pdf(std::slice::from_ref(&report)).expect("made").starts_with(b"%PDF-"));
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
        let mut writer = Writer::new(&fonts, &words);
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
        pdf(std::slice::from_ref(&report)).expect("made");
    }
}
