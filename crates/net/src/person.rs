//! Who has it: what somebody may tell about a lesion and its owner besides the photo, and how far that changes the risk.
//!
//! [`Terms`] are fitted by `training calibrate` on sources that know age, sex and place. None of them knows what was noticed: that has no
//! figure, and so changes no risk; but whoever noticed a change is never told that nothing is suspicious.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// What is known besides the photo; nothing of it has to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Person {
    /// In years.
    pub age: Option<u8>,
    /// Of the body.
    pub sex: Option<Sex>,
    /// Where the lesion is.
    pub site: Option<Site>,
    /// What was noticed about it.
    pub noticed: Remarks,
}

/// A person's sex, as the sources of the figures have it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sex {
    /// Female.
    Female,
    /// Male.
    Male,
}

/// A part of the body, as coarse as the sources of the figures have it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Site {
    /// Head, face or neck.
    HeadOrNeck,
    /// Chest, belly or back.
    Trunk,
    /// Arm.
    Arm,
    /// Leg.
    Leg,
    /// Hand.
    Hand,
    /// Foot.
    Foot,
}

impl Sex {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Female, Self::Male];

    /// How it is spelled in files.
    pub fn key(self) -> &'static str {
        match self {
            Self::Female => "female",
            Self::Male => "male",
        }
    }
}

impl Site {
    /// All.
    pub const ALL: [Self; 6] = [Self::HeadOrNeck, Self::Trunk, Self::Arm, Self::Leg, Self::Hand, Self::Foot];

    /// How it is spelled in files.
    pub fn key(self) -> &'static str {
        match self {
            Self::HeadOrNeck => "head_or_neck",
            Self::Trunk => "trunk",
            Self::Arm => "arm",
            Self::Leg => "leg",
            Self::Hand => "hand",
            Self::Foot => "foot",
        }
    }
}

/// What was noticed about a lesion.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Remarks {
    /// It itches.
    pub itches: bool,
    /// It bleeds.
    pub bleeds: bool,
    /// It grows.
    pub grows: bool,
    /// It is new. Checks that were kept before this was asked do not hold it.
    #[serde(default)]
    pub new: bool,
}

impl Remarks {
    /// Each by its key, and whether it was noticed.
    pub fn all(self) -> [(&'static str, bool); 4] {
        [("itches", self.itches), ("bleeds", self.bleeds), ("grows", self.grows), ("new", self.new)]
    }

    /// The keys of what was noticed.
    pub fn keys(self) -> impl Iterator<Item = &'static str> {
        self.all().into_iter().filter_map(|(key, noticed)| noticed.then_some(key))
    }

    /// The same with the one of this key turned round.
    pub fn toggled(self, key: &str) -> Self {
        let Self { itches, bleeds, grows, new } = self;
        Self {
            itches: itches ^ (key == "itches"),
            bleeds: bleeds ^ (key == "bleeds"),
            grows: grows ^ (key == "grows"),
            new: new ^ (key == "new"),
        }
    }

    /// Whether anything was noticed: each is a reason to see a doctor, whatever a photo shows.
    pub fn any(self) -> bool {
        self.itches || self.bleeds || self.grows || self.new
    }
}

impl Person {
    /// Whether nothing is known.
    pub fn is_unknown(&self) -> bool {
        *self == Self::default()
    }
}

/// How far what is known of a person changes the risk: what is added to the logarithm of its odds. Zero is the average of those whom the
/// terms were fitted on, and the answer where nothing is known.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Terms {
    /// By age, in order: never falling.
    pub age: Vec<AgeTerm>,
    /// By sex.
    pub sex: BTreeMap<Sex, f32>,
    /// By place on the body.
    pub site: BTreeMap<Site, f32>,
    /// Terms never lower the logarithm of the odds by more than this, together: as far as lines that were set without them still hold.
    pub most_down: f32,
    /// Nor raise it by more than this.
    pub most_up: f32,
}

/// The term of an age group.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct AgeTerm {
    /// From this age on, in years, up to the next group's.
    pub from: u8,
    /// Added to the logarithm of the odds.
    pub term: f32,
}

/// Why a risk is another than that of the photo alone.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Reason {
    /// What of the person it is.
    pub factor: Factor,
    /// What it multiplies the odds by: above one it raises the risk.
    pub odds: f32,
}

/// Something that is known of a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Factor {
    /// The age, in years.
    Age(u8),
    /// The sex.
    Sex(Sex),
    /// The place on the body.
    Site(Site),
}

impl Terms {
    /// What of this person changes the risk, by how much.
    pub fn reasons(&self, person: &Person) -> Vec<Reason> {
        let age = person.age.and_then(|age| {
            let group = self.age.iter().rev().find(|group| group.from <= age)?;
            Some((Factor::Age(age), group.term))
        });
        let sex = person.sex.and_then(|sex| Some((Factor::Sex(sex), *self.sex.get(&sex)?)));
        let site = person.site.and_then(|site| Some((Factor::Site(site), *self.site.get(&site)?)));
        let known = [age, sex, site].into_iter().flatten().filter(|(_, term)| *term != 0.0);
        known.map(|(factor, term)| Reason { factor, odds: term.exp() }).collect()
    }

    /// What all of them together add to the logarithm of the odds.
    pub fn shift(&self, person: &Person) -> f32 {
        let sum: f32 = self.reasons(person).iter().map(|reason| reason.odds.ln()).sum();
        sum.clamp(-self.most_down, self.most_up)
    }

    /// What can't be, where something can't.
    pub fn fault(&self) -> Option<&'static str> {
        let terms = self.age.iter().map(|group| group.term).chain(self.sex.values().copied());
        let mut terms = terms.chain(self.site.values().copied()).chain([self.most_down, self.most_up]);
        if !terms.all(f32::is_finite) || self.most_down < 0.0 || self.most_up < 0.0 {
            return Some("holds a term that can't be");
        }
        let in_order =
            self.age.windows(2).all(|pair| pair[0].from < pair[1].from && pair[0].term <= pair[1].term);
        (!in_order).then_some("has ages out of order, or a risk that falls with age")
    }
}

/// Terms for tests, here and in crates above.
#[cfg(any(test, feature = "test-util"))]
pub fn made_up_terms() -> Terms {
    let age = [(0, -1.0), (50, 0.0), (70, 0.5)].map(|(from, term)| AgeTerm { from, term });
    Terms {
        age: age.into(),
        sex: [(Sex::Female, -0.1), (Sex::Male, 0.1)].into(),
        site: [(Site::HeadOrNeck, 0.4), (Site::Trunk, 0.0)].into(),
        most_down: 0.5,
        most_up: 0.9,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_known_is_added_up_within_limits_and_named() {
        let old =
            Person { age: Some(84), sex: Some(Sex::Male), site: Some(Site::HeadOrNeck), ..Person::default() };
        assert_eq!(made_up_terms().reasons(&old).len(), 3);
        assert!((made_up_terms().shift(&old) - 0.9).abs() < 1e-6, "not more than the most");
        let young = Person { age: Some(20), ..Person::default() };
        assert!((made_up_terms().shift(&young) + 0.5).abs() < 1e-6, "not less than the least");
        // What makes no difference is no reason, and neither is what no term is known for.
        let average = Person { age: Some(50), site: Some(Site::Foot), ..Person::default() };
        assert_eq!(made_up_terms().reasons(&average), []);
        assert_eq!(made_up_terms().shift(&Person::default()), 0.0);
    }

    #[test]
    fn a_risk_that_falls_with_age_is_refused() {
        assert_eq!(made_up_terms().fault(), None);
        let mut wrong = made_up_terms();
        wrong.age[1].term = -2.0;
        assert!(wrong.fault().is_some());
        wrong = made_up_terms();
        wrong.most_down = f32::NAN;
        assert!(wrong.fault().is_some());
    }

    #[test]
    fn every_key_is_what_files_hold() {
        for site in Site::ALL {
            assert_eq!(serde_json::to_value(site).expect("JSON"), site.key());
        }
        for sex in Sex::ALL {
            assert_eq!(serde_json::to_value(sex).expect("JSON"), sex.key());
        }
        let kept: Remarks =
            serde_json::from_str(r#"{"itches":true,"bleeds":false,"grows":false}"#).expect("kept before");
        assert!(kept.any() && !kept.new);
    }
}
