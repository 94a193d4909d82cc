//! How far age, sex and place change the risk that a photo shows: logistic terms, shrunken, and held to what the lines can bear.

use std::collections::BTreeMap;

use assess::assessment::{risk, triage};
use nalgebra::{DMatrix, DVector};
use net::diagnosis::Diagnosis;
use net::network::calibration::{TriageThresholds, shifted};
use net::person::{AgeTerm, Person, Sex, Site, Terms};

use crate::fit::case::{Case, LEAST_IN_SOURCE, MALIGNANT_SENSITIVITY, MELANOMA_SENSITIVITY, melanoma};

/// Where age groups begin, in years, after the first.
const AGES: [u8; 6] = [30, 40, 50, 60, 70, 80];
/// How strongly a term is drawn to zero: as if it had been seen to be zero with a standard deviation of 0.5.
const PENALTY: f64 = 4.0;
/// Fewer cases of which something is known get no terms.
const LEAST_CASES: usize = 200;
/// Limits of what all terms together add to the logarithm of the odds: three times the odds, or half of them.
const MOST_UP: f32 = 1.1;
const MOST_DOWN: [f32; 5] = [0.7, 0.5, 0.3, 0.15, 0.0];
/// What lowers a risk is taken at the end of its interval that lies nearer to nothing: of 90 %, in standard errors.
const CAUTION: f64 = 1.645;

/// Columns of the regression: one for each step of age, one for each sex, one for each place; then one a source.
const STEPS: usize = AGES.len();
const SEXES: usize = STEPS + Sex::ALL.len();
const COLUMNS: usize = SEXES + Site::ALL.len();

/// Which columns speak of a person.
fn row(person: &Person) -> [f64; COLUMNS] {
    let mut row = [0.0; COLUMNS];
    if let Some(age) = person.age {
        AGES.iter().enumerate().filter(|(_, from)| **from <= age).for_each(|(at, _)| row[at] = 1.0);
    }
    if let Some(at) = Sex::ALL.iter().position(|sex| person.sex == Some(*sex)) {
        row[STEPS + at] = 1.0;
    }
    if let Some(at) = Site::ALL.iter().position(|site| person.site == Some(*site)) {
        row[SEXES + at] = 1.0;
    }
    row
}

/// A case for the regression.
struct Observed {
    /// Columns of what is known, less their mean among the cases of which it is.
    row: Vec<f64>,
    /// The logarithm of the odds by the photo.
    offset: f64,
    malignant: f64,
    weight: f64,
    source: usize,
}

/// The terms of these cases, whose `probabilities` are by the photo alone; none where too little is known.
///
/// Logistic regression on top of the photo's own odds, with an intercept for each source: what is common in a clinic says nothing of a
/// person. Pictures of one lesion count as one. Steps of age can't be negative. What lowers the risk is taken with caution, and limited
/// as far as the lines of triage still hold in every source.
pub fn fit(
    cases: &[Case],
    probabilities: &[Vec<f32>],
    classes: &[Diagnosis],
    lines: &TriageThresholds,
) -> Option<Terms> {
    let known: Vec<usize> = (0..cases.len())
        .filter(|&at| !cases[at].person.is_unknown() && cases[at].truth.malignant.is_some())
        .collect();
    if known.len() < LEAST_CASES {
        return None;
    }
    let means = means(known.iter().map(|&at| &cases[at].person));
    let mut sources: Vec<&str> = known.iter().map(|&at| &*cases[at].source).collect();
    sources.sort_unstable();
    sources.dedup();
    let mut pictures: BTreeMap<&str, usize> = BTreeMap::new();
    known.iter().for_each(|&at| *pictures.entry(&cases[at].group).or_default() += 1);
    let observed: Vec<Observed> = known
        .iter()
        .map(|&at| {
            let risk = f64::from(risk(&probabilities[at], classes)).clamp(1e-4, 1.0 - 1e-4);
            Observed {
                row: centred(&cases[at].person, &means),
                offset: (risk / (1.0 - risk)).ln(),
                malignant: f64::from(u8::from(cases[at].truth.malignant == Some(true))),
                weight: 1.0 / pictures[&*cases[at].group] as f64,
                source: sources.binary_search(&&*cases[at].source).unwrap_or(0),
            }
        })
        .collect();
    let (found, covariance) = regress(&observed, sources.len());
    // A term and how unsure it is, for somebody of whom only this is known.
    let term = |person: Person| {
        let row = DVector::from_vec(centred(&person, &means)).resize_vertically(found.len(), 0.0);
        let (value, error) =
            (row.dot(&found), (row.transpose() * &covariance * &row)[(0, 0)].max(0.0).sqrt());
        let careful = if value < 0.0 { (value + CAUTION * error).min(0.0) } else { value };
        careful as f32
    };
    let mut age: Vec<AgeTerm> = [0]
        .into_iter()
        .chain(AGES)
        .map(|from| AgeTerm { from, term: term(Person { age: Some(from), ..Person::default() }) })
        .collect();
    // Of the younger less may be known, but no more speaks against them than against the older.
    for at in (1..age.len()).rev() {
        age[at - 1].term = age[at - 1].term.min(age[at].term);
    }
    let told = |wanted: &dyn Fn(&Person) -> bool| known.iter().any(|&at| wanted(&cases[at].person));
    let sexes = Sex::ALL.into_iter().filter(|sex| told(&|person| person.sex == Some(*sex)));
    let sites = Site::ALL.into_iter().filter(|site| told(&|person| person.site == Some(*site)));
    let terms = |most_down: f32| Terms {
        age: if told(&|person| person.age.is_some()) { age.clone() } else { Vec::new() },
        sex: sexes.clone().map(|sex| (sex, term(Person { sex: Some(sex), ..Person::default() }))).collect(),
        site: sites
            .clone()
            .map(|site| (site, term(Person { site: Some(site), ..Person::default() })))
            .collect(),
        most_down,
        most_up: MOST_UP,
    };
    MOST_DOWN.into_iter().map(terms).find(|terms| bearable(terms, cases, probabilities, classes, lines))
}

/// For each column, its mean among the cases of which the age, the sex or the place is known.
fn means<'a>(persons: impl Iterator<Item = &'a Person>) -> [f64; COLUMNS] {
    let (mut sums, mut counts) = ([0.0; COLUMNS], [0.0; COLUMNS]);
    for person in persons {
        for (at, value) in row(person).into_iter().enumerate() {
            if is_known(person, at) {
                sums[at] += value;
                counts[at] += 1.0;
            }
        }
    }
    std::array::from_fn(|at| if counts[at] > 0.0 { sums[at] / counts[at] } else { 0.0 })
}

/// Whether what a column speaks of is known of this person.
fn is_known(person: &Person, column: usize) -> bool {
    match column {
        at if at < STEPS => person.age.is_some(),
        at if at < SEXES => person.sex.is_some(),
        _ => person.site.is_some(),
    }
}

/// A person's columns less their means; zero where nothing is known.
fn centred(person: &Person, means: &[f64; COLUMNS]) -> Vec<f64> {
    let row = row(person);
    (0..COLUMNS).map(|at| if is_known(person, at) { row[at] - means[at] } else { 0.0 }).collect()
}

/// The coefficients of the columns and of the sources, and their covariance: Newton's method, with what a step of age can't be cut off
/// after each round (Bertsekas 1982).
fn regress(observed: &[Observed], sources: usize) -> (DVector<f64>, DMatrix<f64>) {
    const ROUNDS: usize = 30;
    let count = COLUMNS + sources;
    let mut found = DVector::<f64>::zeros(count);
    let penalty = DMatrix::from_fn(count, count, |row, column| match row == column {
        true if row < COLUMNS => PENALTY,
        // A source's own level is free; a trace keeps an empty one defined.
        true => 1e-3,
        false => 0.0,
    });
    let mut covariance = DMatrix::identity(count, count);
    let mut held = vec![false; count];
    for _ in 0..ROUNDS {
        let (mut slope, mut bend) = (-(&penalty * &found), penalty.clone());
        for one in observed {
            let mut row = DVector::from_vec(one.row.clone()).resize_vertically(count, 0.0);
            row[COLUMNS + one.source] = 1.0;
            let p = 1.0 / (1.0 + (-(one.offset + row.dot(&found))).exp());
            slope.axpy(one.weight * (one.malignant - p), &row, 1.0);
            bend.ger(one.weight * p * (1.0 - p), &row, &row, 1.0);
        }
        // A step that lies at zero and would become negative takes no part.
        for at in 0..STEPS {
            held[at] = found[at] <= 0.0 && slope[at] < 0.0;
        }
        for at in (0..count).filter(|&at| held[at]) {
            slope[at] = 0.0;
            bend.row_mut(at).fill(0.0);
            bend.column_mut(at).fill(0.0);
            bend[(at, at)] = PENALTY;
        }
        let Some(inverse) = bend.cholesky().map(|cholesky| cholesky.inverse()) else { break };
        let step = &inverse * slope;
        covariance = inverse;
        found += &step;
        for at in 0..STEPS {
            found[at] = found[at].max(0.0);
        }
        if step.amax() < 1e-6 {
            break;
        }
    }
    (found, covariance)
}

/// Whether the sensitivities that the lines promise hold with these terms wherever they hold without: among all, and in each source that
/// has enough to tell.
fn bearable(
    terms: &Terms,
    cases: &[Case],
    probabilities: &[Vec<f32>],
    classes: &[Diagnosis],
    lines: &TriageThresholds,
) -> bool {
    let warned =
        |at: usize, shift: f32| triage(lines, &shifted(&probabilities[at], classes, shift), classes).warns();
    let holds = |wanted: &dyn Fn(&Case) -> bool, sensitivity: f64, source: Option<&str>| {
        let all: Vec<usize> = (0..cases.len())
            .filter(|&at| wanted(&cases[at]) && source.is_none_or(|source| cases[at].source == source))
            .collect();
        let share = |shift: &dyn Fn(usize) -> f32| {
            all.iter().filter(|&&at| warned(at, shift(at))).count() as f64 / all.len() as f64
        };
        let (alone, told) = (share(&|_| 0.0), share(&|at| terms.shift(&cases[at].person)));
        all.len() < LEAST_IN_SOURCE || told >= alone.min(sensitivity)
    };
    let mut sources: Vec<Option<&str>> = cases.iter().map(|case| Some(&*case.source)).collect();
    sources.sort_unstable();
    sources.dedup();
    let melanoma = melanoma(classes);
    sources.into_iter().chain([None]).all(|source| {
        holds(&|case| melanoma.is_some() && case.truth.class == melanoma, MELANOMA_SENSITIVITY, source)
            && holds(&|case| case.truth.malignant == Some(true), MALIGNANT_SENSITIVITY, source)
    })
}

#[cfg(test)]
mod tests {
    use net::diagnosis::HAM10000;
    use rand::{RngExt, SeedableRng};

    use super::*;
    use crate::fit::case::Truth;

    const LINES: TriageThresholds =
        TriageThresholds { look: 0.1, soon: 0.9, melanoma: 2.0, refer: 2.0, calms: true };

    /// Moles and melanomas whose odds are those of the photo, times `of_age` for those of 70 and over and divided by it for others.
    fn cases(count: usize, of_age: f64) -> (Vec<Case>, Vec<Vec<f32>>) {
        let mut random = rand_chacha::ChaCha8Rng::seed_from_u64(9);
        let case = |number: usize| {
            let by_photo: f64 = random.random_range(0.02..0.9);
            let old = random.random_bool(0.5);
            let odds = by_photo / (1.0 - by_photo) * if old { of_age } else { 1.0 / of_age };
            let malignant = random.random_bool(odds / (1.0 + odds));
            let mut probabilities = vec![0.0; HAM10000.len()];
            (probabilities[4], probabilities[5]) = (by_photo as f32, 1.0 - by_photo as f32);
            let case = Case {
                logits: Vec::new(),
                truth: Truth { class: Some(if malignant { 4 } else { 5 }), malignant: Some(malignant) },
                group: number.to_string(),
                source: "one".into(),
                person: Person { age: Some(if old { 75 } else { 45 }), ..Person::default() },
            };
            (case, probabilities)
        };
        (0..count).map(case).unzip()
    }

    fn shift(terms: &Terms, age: u8) -> f32 {
        terms.shift(&Person { age: Some(age), ..Person::default() })
    }

    #[test]
    fn what_age_tells_is_found_and_lowers_no_further_than_the_lines_bear() {
        let (cases, probabilities) = cases(4000, 2.0);
        let terms = fit(&cases, &probabilities, &HAM10000, &LINES).expect("terms");
        assert_eq!(terms.fault(), None);
        assert!((shift(&terms, 75) - 2f32.ln()).abs() < 0.2, "{terms:?}");
        // What lowers a risk is taken at the careful end of its interval.
        let younger = shift(&terms, 45);
        assert!(younger < -0.05 && younger >= -2f32.ln() && younger >= -terms.most_down, "{terms:?}");
        assert!(
            shift(&terms, 20) <= younger,
            "nobody of that age was seen, but none is at a higher risk than the older"
        );
        // A line at which one in ten is missed already bears no further miss.
        let strict = TriageThresholds { look: 0.35, ..LINES };
        let terms = fit(&cases, &probabilities, &HAM10000, &strict).expect("terms");
        let warned = |shift: &dyn Fn(&Case) -> f32| {
            let pairs = cases.iter().zip(&probabilities).filter(|(case, _)| case.truth.class == Some(4));
            pairs
                .filter(|(case, row)| {
                    triage(&strict, &shifted(row, &HAM10000, shift(case)), &HAM10000).warns()
                })
                .count()
        };
        assert!(warned(&|case| terms.shift(&case.person)) >= warned(&|_| 0.0));
    }

    #[test]
    fn what_tells_nothing_changes_little_and_what_falls_with_age_is_not_believed() {
        let (even, probabilities) = cases(4000, 1.0);
        let terms = fit(&even, &probabilities, &HAM10000, &LINES).expect("terms");
        assert!(shift(&terms, 75).abs() < 0.15 && shift(&terms, 45).abs() < 0.15, "{terms:?}");
        let (falling, probabilities) = cases(4000, 0.5);
        let terms = fit(&falling, &probabilities, &HAM10000, &LINES).expect("terms");
        assert!(shift(&terms, 75) >= shift(&terms, 45), "{terms:?}");
    }

    #[test]
    fn too_few_tell_nothing() {
        let (cases, probabilities) = cases(LEAST_CASES - 1, 2.0);
        assert_eq!(fit(&cases, &probabilities, &HAM10000, &LINES), None);
    }
}
