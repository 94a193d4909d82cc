//! Pictures of a training run and of a model's figures, as SVG.

use std::path::Path;

use net::diagnosis::Diagnosis;
use plotters::prelude::*;

use crate::metrics;
use crate::report::figures::BINS;
use crate::report::judgements::Row;
use crate::train::run::EpochLog;

type Drawn = Result<(), Box<dyn std::error::Error>>;

/// Reads one figure from an epoch.
type Value = fn(&EpochLog) -> Option<f64>;

const SIZE: (u32, u32) = (560, 420);
const TEXT: (&str, i32) = ("sans-serif", 13);

/// Loss and validation figures over the epochs.
///
/// # Errors
/// When the file can't be written.
pub fn learning_curves(log: &[EpochLog], path: &Path) -> Drawn {
    let root = SVGBackend::new(path, SIZE).into_drawing_area();
    root.fill(&WHITE)?;
    let last = log.len().max(2) as f64;
    let mut chart = ChartBuilder::on(&root)
        .caption("Learning curves", ("sans-serif", 16))
        .margin(10)
        .x_label_area_size(34)
        .y_label_area_size(44)
        .build_cartesian_2d(1.0..last, 0.0..1.6f64)?;
    chart.configure_mesh().x_desc("epoch").label_style(TEXT).draw()?;
    let lines: [(&str, RGBColor, Value); 4] = [
        ("loss", BLACK, |epoch| Some(epoch.loss)),
        ("balanced accuracy", RED, |epoch| Some(epoch.balanced_accuracy)),
        ("mean AUROC", BLUE, |epoch| Some(epoch.auroc)),
        ("balanced accuracy, phone", MAGENTA, |epoch| epoch.phone_balanced_accuracy),
    ];
    for (name, colour, value) in lines {
        let points = log.iter().filter_map(|epoch| Some((epoch.epoch as f64, value(epoch)?)));
        chart
            .draw_series(LineSeries::new(points, colour.stroke_width(2)))?
            .label(name)
            .legend(move |(x, y)| PathElement::new([(x, y), (x + 16, y)], colour.stroke_width(2)));
    }
    chart
        .configure_series_labels()
        .label_font(TEXT)
        .background_style(WHITE.mix(0.8))
        .border_style(BLACK)
        .draw()?;
    root.present()?;
    Ok(())
}

/// How often each class (row) was taken for each (column); darker is a larger share of the row.
///
/// # Errors
/// When the file can't be written.
pub fn confusion_matrix(confusion: &[Vec<usize>], classes: &[Diagnosis], path: &Path) -> Drawn {
    let root = SVGBackend::new(path, SIZE).into_drawing_area();
    root.fill(&WHITE)?;
    let count = classes.len() as i32;
    let mut chart = ChartBuilder::on(&root)
        .caption("Truth (rows) and answer if all were equally common", ("sans-serif", 16))
        .margin(10)
        .build_cartesian_2d(-1..count, count..-1)?;
    for (row, line) in confusion.iter().enumerate() {
        let sum = line.iter().sum::<usize>().max(1);
        for (column, &number) in line.iter().enumerate() {
            let (x, y) = (column as i32, row as i32);
            let share = number as f64 / sum as f64;
            let ink = if share > 0.5 { WHITE } else { BLACK };
            chart.draw_series([Rectangle::new(
                [(x, y), (x + 1, y + 1)],
                RGBColor(20, 80, 140).mix(share).filled(),
            )])?;
            let label = EmptyElement::at((x, y))
                + Text::new(number.to_string(), (18, 16), TEXT.into_font().color(&ink));
            chart.draw_series([label])?;
        }
        let name = classes[row].key.to_string();
        let at = row as i32;
        chart.draw_series([EmptyElement::at((-1, at)) + Text::new(name.clone(), (18, 16), TEXT)])?;
        chart.draw_series([EmptyElement::at((at, -1)) + Text::new(name, (18, 22), TEXT)])?;
    }
    root.present()?;
    Ok(())
}

/// One ROC curve a class, and malignant against benign.
///
/// # Errors
/// When the file can't be written.
pub fn roc_curves(rows: &[Row], classes: &[Diagnosis], path: &Path) -> Drawn {
    let root = SVGBackend::new(path, SIZE).into_drawing_area();
    root.fill(&WHITE)?;
    let mut chart = ChartBuilder::on(&root)
        .caption("ROC curves", ("sans-serif", 16))
        .margin(10)
        .x_label_area_size(34)
        .y_label_area_size(44)
        .build_cartesian_2d(0.0..1.0f64, 0.0..1.0f64)?;
    chart.configure_mesh().x_desc("1 - specificity").y_desc("sensitivity").label_style(TEXT).draw()?;
    let inside: Vec<&Row> = rows.iter().filter(|row| row.class.is_some()).collect();
    let mut curves: Vec<(String, Vec<(f32, bool)>)> = classes
        .iter()
        .enumerate()
        .map(|(class, diagnosis)| {
            let points = inside.iter().map(|row| (row.judged.probabilities[class], row.class == Some(class)));
            (diagnosis.key.to_string(), points.collect())
        })
        .collect();
    curves.push((
        "malignant".into(),
        rows.iter().filter_map(|row| Some((row.judged.risk, row.malignant?))).collect(),
    ));
    let last = curves.len() - 1;
    for (number, (name, mut scores)) in curves.into_iter().enumerate() {
        scores.sort_by(|a, b| b.0.total_cmp(&a.0));
        let positives = scores.iter().filter(|(_, positive)| *positive).count();
        let negatives = scores.len() - positives;
        if positives == 0 || negatives == 0 {
            continue;
        }
        let (mut hits, mut alarms) = (0, 0);
        let points: Vec<(f64, f64)> = std::iter::once((0.0, 0.0))
            .chain(scores.into_iter().map(|(_, positive)| {
                if positive {
                    hits += 1
                } else {
                    alarms += 1
                }
                (alarms as f64 / negatives as f64, hits as f64 / positives as f64)
            }))
            .collect();
        let colour = if number == last { BLACK.to_rgba() } else { Palette99::pick(number).to_rgba() };
        let width = if number == last { 3 } else { 1 };
        chart
            .draw_series(LineSeries::new(points, colour.stroke_width(width)))?
            .label(name)
            .legend(move |(x, y)| PathElement::new([(x, y), (x + 16, y)], colour.stroke_width(width)));
    }
    chart
        .configure_series_labels()
        .position(SeriesLabelPosition::LowerRight)
        .label_font(TEXT)
        .background_style(WHITE.mix(0.8))
        .border_style(BLACK)
        .draw()?;
    root.present()?;
    Ok(())
}

/// Accuracy over stated confidence, and the share of malignant lesions over stated risk.
///
/// # Errors
/// When the file can't be written.
pub fn reliability_diagram(rows: &[Row], path: &Path) -> Drawn {
    let root = SVGBackend::new(path, SIZE).into_drawing_area();
    root.fill(&WHITE)?;
    let mut chart = ChartBuilder::on(&root)
        .caption("Reliability", ("sans-serif", 16))
        .margin(10)
        .x_label_area_size(34)
        .y_label_area_size(44)
        .build_cartesian_2d(0.0..1.0f64, 0.0..1.0f64)?;
    chart.configure_mesh().x_desc("stated").y_desc("found").label_style(TEXT).draw()?;
    chart.draw_series(LineSeries::new([(0.0, 0.0), (1.0, 1.0)], BLACK.mix(0.3)))?;
    let inside: Vec<&Row> = rows.iter().filter(|row| row.class.is_some()).collect();
    let probabilities: Vec<Vec<f32>> = inside.iter().map(|row| row.judged.probabilities.clone()).collect();
    let stated = metrics::stated(&probabilities);
    let confidences: Vec<f32> = probabilities.iter().zip(&stated).map(|(row, &class)| row[class]).collect();
    let right: Vec<bool> = inside.iter().zip(&stated).map(|(row, &class)| row.class == Some(class)).collect();
    let (risks, malignant): (Vec<f32>, Vec<bool>) =
        rows.iter().filter_map(|row| Some((row.judged.risk, row.malignant?))).unzip();
    let lines =
        [("confidence in the stated diagnosis", BLUE, confidences, right), ("risk", RED, risks, malignant)];
    for (name, colour, scores, truth) in lines {
        let bins = metrics::reliability(&scores, &truth, BINS);
        let points: Vec<(f64, f64)> = bins.iter().map(|bin| (bin.confidence, bin.accuracy)).collect();
        chart
            .draw_series(LineSeries::new(points.clone(), colour.stroke_width(2)))?
            .label(name)
            .legend(move |(x, y)| PathElement::new([(x, y), (x + 16, y)], colour.stroke_width(2)));
        chart.draw_series(points.into_iter().map(|point| Circle::new(point, 3, colour.filled())))?;
    }
    chart
        .configure_series_labels()
        .position(SeriesLabelPosition::UpperLeft)
        .label_font(TEXT)
        .background_style(WHITE.mix(0.8))
        .border_style(BLACK)
        .draw()?;
    root.present()?;
    Ok(())
}
