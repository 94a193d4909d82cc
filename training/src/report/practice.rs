//! What the figures mean in practice, as reviewers ask: does a second photo get the same answer, what is gained over sending
//! everybody to a doctor, what is an answer worth where cancer is rarer, and which melanomas were missed.

use std::collections::BTreeMap;

use net::diagnosis::{Diagnosis, MELANOMA};
use net::modality::Modality;
use serde::Serialize;

use crate::report::judgements::{Judgements, Row};

/// Shares of malignant lesions among those who ask, for which predictive values are told.
pub const SHARES: [f64; 3] = [0.2, 0.02, 0.005];
/// Risks at which somebody might want a lesion examined, for the net benefit.
pub const THRESHOLDS: [f64; 4] = [0.02, 0.05, 0.1, 0.2];
/// Missed melanomas that are described.
const MOST_MISSED: usize = 40;

/// For one kind of picture.
#[derive(Debug, Clone, Serialize)]
pub struct Practice {
    /// How the pictures were taken.
    #[serde(rename = "domain")]
    pub modality: Modality,
    /// Whether other pictures of the same lesion get the same answer; none where no lesion has several.
    pub retest: Option<Retest>,
    /// At the lines as they are, for each of [`SHARES`].
    pub predictive: Vec<Predictive>,
    /// For each of [`THRESHOLDS`].
    pub benefit: Vec<Benefit>,
    /// Melanomas that were called not suspicious.
    pub missed: Vec<Missed>,
    /// How many melanomas there are.
    pub melanomas: usize,
}

/// Pairs of pictures of one lesion.
#[derive(Debug, Clone, Serialize)]
pub struct Retest {
    /// Lesions with several pictures.
    pub lesions: usize,
    /// Pairs of their pictures.
    pub pairs: usize,
    /// Share of pairs of which both or neither are warned of, 0 to 1.
    pub agree: f64,
    /// Median difference of the risk within a pair, 0 to 1.
    pub median_difference: f64,
}

/// Predictive values where this share of lesions is malignant (Bayes' rule from sensitivity and specificity).
#[derive(Debug, Clone, Serialize)]
pub struct Predictive {
    /// Share of malignant lesions, 0 to 1.
    pub share: f64,
    /// Share of warnings that are right, 0 to 1.
    pub positive: f64,
    /// Share of calm answers that are right, 0 to 1.
    pub negative: f64,
}

/// Net benefit (Vickers & Elkin 2006): right warnings less false ones, these weighed by the odds of the threshold, per lesion.
#[derive(Debug, Clone, Serialize)]
pub struct Benefit {
    /// The risk from which somebody would want an examination, 0 to 1.
    pub threshold: f64,
    /// Following the model's risk at this threshold.
    pub model: f64,
    /// Examining every lesion.
    pub everybody: f64,
}

/// A melanoma that was called not suspicious.
#[derive(Debug, Clone, Serialize)]
pub struct Missed {
    /// What is known of it, in words.
    pub what: String,
    /// What it was taken for.
    pub taken_for: String,
    /// The risk that was told, 0 to 1.
    pub risk: f32,
}

/// The figures of each kind of picture, from rows that were judged with parameters fitted on others.
pub fn practice(judgements: &[Judgements], classes: &[Diagnosis]) -> Vec<Practice> {
    let melanoma = classes.iter().position(|class| class.key == MELANOMA);
    judgements
        .iter()
        .map(|(modality, rows)| {
            let melanomas = || rows.iter().filter(|row| row.class.is_some() && row.class == melanoma);
            let mut missed: Vec<Missed> = melanomas()
                .filter(|row| row.judged.calm)
                .map(|row| Missed {
                    what: described(row),
                    taken_for: classes[row.judged.alike()].key.to_string(),
                    risk: row.judged.risk,
                })
                .collect();
            missed.sort_by(|a, b| a.risk.total_cmp(&b.risk));
            missed.truncate(MOST_MISSED);
            Practice {
                modality: *modality,
                retest: retest(rows),
                predictive: predictive(rows),
                benefit: THRESHOLDS.map(|threshold| benefit(rows, threshold)).to_vec(),
                missed,
                melanomas: melanomas().count(),
            }
        })
        .collect()
}

fn described(row: &Row) -> String {
    let named = ["source", "age", "sex", "site", "skin", "reference"];
    let parts = named.into_iter().filter_map(|name| Some(format!("{name} {}", row.traits.get(name)?)));
    parts.filter(|part| !part.ends_with("unknown")).collect::<Vec<_>>().join(", ")
}

fn retest(rows: &[Row]) -> Option<Retest> {
    let mut by_lesion: BTreeMap<&str, Vec<&Row>> = BTreeMap::new();
    // A group of PAD-UFES-20 is a patient, who has several lesions.
    let of_lesions =
        rows.iter().filter(|row| row.traits.get("source").is_none_or(|source| source != "PAD-UFES-20"));
    of_lesions.for_each(|row| by_lesion.entry(&row.group).or_default().push(row));
    by_lesion.retain(|_, rows| rows.len() > 1);
    let pairs = by_lesion.values().flat_map(|rows| {
        (0..rows.len()).flat_map(move |one| (one + 1..rows.len()).map(move |other| [rows[one], rows[other]]))
    });
    let pairs: Vec<[&Row; 2]> = pairs.collect();
    let mut differences: Vec<f32> =
        pairs.iter().map(|[one, other]| (one.judged.risk - other.judged.risk).abs()).collect();
    differences.sort_by(f32::total_cmp);
    let agreed = pairs.iter().filter(|[one, other]| one.judged.calm == other.judged.calm).count();
    let median = *differences.get(differences.len() / 2)?;
    Some(Retest {
        lesions: by_lesion.len(),
        pairs: pairs.len(),
        agree: agreed as f64 / pairs.len() as f64,
        median_difference: f64::from(median),
    })
}

/// Rows of which the truth about malignancy is known.
fn judged(rows: &[Row]) -> impl Iterator<Item = (&Row, bool)> {
    rows.iter().filter_map(|row| Some((row, row.malignant?)))
}

fn predictive(rows: &[Row]) -> Vec<Predictive> {
    let share = |malignant: bool, calm: bool| {
        let of_kind = judged(rows).filter(|(_, truth)| *truth == malignant);
        let (all, such) = of_kind
            .fold((0, 0), |(all, such), (row, _)| (all + 1, such + usize::from(row.judged.calm == calm)));
        such as f64 / all as f64
    };
    let (sensitivity, specificity) = (share(true, false), share(false, true));
    SHARES
        .map(|share| {
            let (hit, false_alarm) = (share * sensitivity, (1.0 - share) * (1.0 - specificity));
            let (calm, missed) = ((1.0 - share) * specificity, share * (1.0 - sensitivity));
            Predictive { share, positive: hit / (hit + false_alarm), negative: calm / (calm + missed) }
        })
        .to_vec()
}

fn benefit(rows: &[Row], threshold: f64) -> Benefit {
    let odds = threshold / (1.0 - threshold);
    let (mut count, mut malignant, mut model) = (0.0, 0.0, 0.0);
    for (row, truth) in judged(rows) {
        count += 1.0;
        malignant += f64::from(u8::from(truth));
        if f64::from(row.judged.risk) >= threshold {
            model += if truth { 1.0 } else { -odds };
        }
    }
    Benefit { threshold, model: model / count, everybody: (malignant - (count - malignant) * odds) / count }
}

#[cfg(test)]
mod tests {
    use net::diagnosis::HAM10000;

    use super::*;
    use crate::fit::judge::Judged;

    fn row(group: &str, class: usize, risk: f32) -> Row {
        let likeness: Vec<f32> = (0..7).map(|at| if at == class { 0.9 } else { 0.1 / 6.0 }).collect();
        let judged = Judged {
            probabilities: likeness.clone(),
            likeness,
            risk,
            look: risk >= 0.1,
            soon: false,
            calm: risk < 0.1,
            covered: true,
            set_size: 1,
        };
        Row {
            told: judged.clone(),
            judged,
            elsewhere: None,
            class: Some(class),
            malignant: Some(HAM10000[class].malignant),
            knows_person: false,
            group: group.into(),
            traits: BTreeMap::from([("age", "under 30".into()), ("sex", "unknown".into())]),
        }
    }

    #[test]
    fn pairs_of_one_lesion_are_compared_and_missed_melanomas_described() {
        let class = |key: &str| HAM10000.iter().position(|known| known.key == key).expect("known");
        let (mel, nv) = (class("mel"), class("nv"));
        let rows = vec![
            row("a", mel, 0.5),
            row("a", mel, 0.05),
            row("b", nv, 0.02),
            row("b", nv, 0.03),
            row("c", nv, 0.4),
        ];
        let found = practice(&[(Modality::Dermatoscope, rows)], &HAM10000).remove(0);
        let retest = found.retest.expect("pairs");
        assert_eq!((retest.lesions, retest.pairs, retest.agree), (2, 2, 0.5));
        assert_eq!((found.melanomas, found.missed.len()), (2, 1));
        assert_eq!(
            (found.missed[0].what.as_str(), found.missed[0].taken_for.as_str()),
            ("age under 30", "mel")
        );
        // One of two melanomas warned of, one of three moles: at 20 %, 0.1 of 0.1 + 0.8 / 3.
        assert!((found.predictive[0].positive - 0.1 / (0.1 + 0.8 / 3.0)).abs() < 1e-9);
        // At 10 %: one right warning less one false at odds of 1 to 9, of five lesions.
        assert!((found.benefit[2].model - (1.0 - 1.0 / 9.0) / 5.0).abs() < 1e-9);
        assert!((found.benefit[2].everybody - (2.0 - 3.0 / 9.0) / 5.0).abs() < 1e-9);
    }
}
