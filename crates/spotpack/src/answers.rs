//! The answers that a model must give to the pictures in its pack, on the very processor that is to use it.

use serde::{Deserialize, Serialize};

use crate::error::PackError;
use crate::text;

/// How far an answer may be from the known one at most, so that no pack can make the comparison void.
const MOST_TOLERANCE: f32 = 0.1;
/// No logit of a network that works is greater.
const MOST_LOGIT: f32 = 1e4;

/// What the network answers to each picture of its pack.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KnownAnswers {
    /// How far a logit may be from the known one: processors round differently.
    pub tolerance: f32,
    /// The network's logits, one a class, for every picture.
    pub logits: Vec<Vec<f32>>,
}

/// A network that answers otherwise than it should.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
#[error(
    "on this device the model does not answer picture {picture} of its pack as it should (class {class}: {found}, not \
     {expected}); the model in use stays"
)]
pub struct Disagreement {
    /// Which picture, counted from 1.
    pub picture: usize,
    /// Which class, counted from 1.
    pub class: usize,
    /// The known logit.
    pub expected: f32,
    /// What the network said; not a number where it said nothing for this class.
    pub found: f32,
}

impl KnownAnswers {
    /// Parses and checks the known answers of a pack with so many classes and pictures.
    pub fn parse(raw: &[u8], classes: usize, pictures: usize) -> Result<Self, PackError> {
        let answers: Self =
            serde_json::from_slice(raw).map_err(|error| PackError::Answers(text::tame(&error)))?;
        let fits = answers.logits.len() == pictures && answers.logits.iter().all(|row| row.len() == classes);
        let finite = |logit: &f32| logit.abs() <= MOST_LOGIT;
        if !fits {
            return Err(PackError::Answers(format!(
                "there must be {classes} logits for each of {pictures} pictures"
            )));
        }
        if !(answers.tolerance > 0.0 && answers.tolerance <= MOST_TOLERANCE) {
            return Err(PackError::Answers(format!(
                "the tolerance must be above 0 and at most {MOST_TOLERANCE}"
            )));
        }
        if !answers.logits.iter().flatten().all(finite) {
            return Err(PackError::Answers(format!("logits must be within {MOST_LOGIT} of 0")));
        }
        Ok(answers)
    }

    /// Whether these are the known logits for the picture with this index. What is not a number never is.
    ///
    /// # Panics
    /// Where there is no such picture.
    pub fn agree(&self, picture: usize, logits: &[f32]) -> Result<(), Disagreement> {
        for (class, expected) in self.logits[picture].iter().copied().enumerate() {
            let found = logits.get(class).copied().unwrap_or(f32::NAN);
            let near = (found - expected).abs() <= self.tolerance;
            if !near {
                return Err(Disagreement { picture: picture + 1, class: class + 1, expected, found });
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_agree_within_the_tolerance() {
        let answers = KnownAnswers::parse(br#"{"tolerance": 0.01, "logits": [[1, 2], [3, 4]]}"#, 2, 2);
        let answers = answers.expect("valid");
        assert_eq!(answers.agree(1, &[3.005, 3.995]), Ok(()));
        let wrong = answers.agree(1, &[3.0, 4.5]).expect_err("too far");
        assert_eq!((wrong.picture, wrong.class, wrong.expected, wrong.found), (2, 2, 4.0, 4.5));
        for bad in [&[f32::NAN, 4.0][..], &[f32::INFINITY, 4.0], &[3.0], &[]] {
            assert!(answers.agree(1, bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn answers_that_would_pass_anything_are_refused() {
        for bad in [
            "",
            "[]",
            "{}",
            "null",
            r#"{"tolerance": 0.01, "logits": []}"#,
            r#"{"tolerance": 0.01, "logits": [[1]]}"#,
            r#"{"tolerance": 0.01, "logits": [[1, 2], [1, 2]]}"#,
            r#"{"tolerance": 0, "logits": [[1, 2]]}"#,
            r#"{"tolerance": 0.2, "logits": [[1, 2]]}"#,
            r#"{"tolerance": 1e39, "logits": [[1, 2]]}"#,
            r#"{"tolerance": -1, "logits": [[1, 2]]}"#,
            r#"{"tolerance": NaN, "logits": [[1, 2]]}"#,
            r#"{"tolerance": null, "logits": [[1, 2]]}"#,
            r#"{"tolerance": 0.01, "logits": [[1, 1e39]]}"#,
            r#"{"tolerance": 0.01, "logits": [[1, null]]}"#,
            r#"{"tolerance": 0.01, "logits": [[1, 2]], "more": 1}"#,
            r#"{"tolerance": 0.01, "tolerance": 0.01, "logits": [[1, 2]]}"#,
        ] {
            assert!(matches!(KnownAnswers::parse(bad.as_bytes(), 2, 1), Err(PackError::Answers(_))), "{bad}");
        }
    }
}
