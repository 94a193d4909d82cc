//! The measured size of a lesion. There is none without what it was measured by.

use serde::{Deserialize, Serialize};

use super::plane::Estimate;
use super::reference::Reference;

/// How large a lesion is. Only [`super::measure()`] makes one, and reading it from where one was kept; neither does without a [`Reference`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Kept")]
pub struct Size {
    reference: Reference,
    longest_mm: f32,
    longest_interval_mm: [f32; 2],
    area_mm2: f32,
    area_interval_mm2: [f32; 2],
}

impl Size {
    /// `None` where these are not a size.
    pub(super) fn new(reference: Reference, longest: Estimate, area: Estimate) -> Option<Self> {
        let is_sound = |estimate: &Estimate| {
            let [low, high] = estimate.interval;
            low > 0.0 && low <= estimate.value && estimate.value <= high && high.is_finite()
        };
        (is_sound(&longest) && is_sound(&area)).then_some(Self {
            reference,
            longest_mm: longest.value,
            longest_interval_mm: longest.interval,
            area_mm2: area.value,
            area_interval_mm2: area.interval,
        })
    }

    /// What it was measured by.
    pub fn reference(&self) -> &Reference {
        &self.reference
    }

    /// The longest diameter, in mm.
    pub fn longest(&self) -> Estimate {
        Estimate { value: self.longest_mm, interval: self.longest_interval_mm }
    }

    /// The area, in mm².
    pub fn area(&self) -> Estimate {
        Estimate { value: self.area_mm2, interval: self.area_interval_mm2 }
    }
}

/// A size as it was written down, before it is believed.
#[derive(Deserialize)]
struct Kept {
    reference: Reference,
    longest_mm: f32,
    longest_interval_mm: [f32; 2],
    area_mm2: f32,
    area_interval_mm2: [f32; 2],
}

impl TryFrom<Kept> for Size {
    type Error = &'static str;

    fn try_from(kept: Kept) -> Result<Self, Self::Error> {
        let longest = Estimate { value: kept.longest_mm, interval: kept.longest_interval_mm };
        let area = Estimate { value: kept.area_mm2, interval: kept.area_interval_mm2 };
        Self::new(kept.reference, longest, area).ok_or("a size outside its own interval")
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::scale::ellipse::Ellipse;
    use crate::scale::reference::Marked;

    fn size() -> Size {
        let ellipse = Ellipse { centre_px: [400.5, 300.0], semi_axes_px: [90.0, 75.25], angle_rad: 0.5 };
        let reference =
            Reference::Coin { key: "eur-1".into(), diameter_mm: 23.25, ellipse, marked: Marked::Found };
        let longest = Estimate { value: 6.5, interval: [6.0, 7.0] };
        Size::new(reference, longest, Estimate { value: 28.0, interval: [24.5, 32.0] }).expect("a size")
    }

    #[test]
    fn its_form_keeps_its_keys() {
        let written = serde_json::to_value(size()).expect("JSON");
        let wanted = json!({
            "reference": {
                "kind": "coin",
                "key": "eur-1",
                "diameter_mm": 23.25,
                "ellipse": { "centre_px": [400.5, 300.0], "semi_axes_px": [90.0, 75.25], "angle_rad": 0.5 },
                "marked": "found",
            },
            "longest_mm": 6.5,
            "longest_interval_mm": [6.0, 7.0],
            "area_mm2": 28.0,
            "area_interval_mm2": [24.5, 32.0],
        });
        assert_eq!(written, wanted);
        assert_eq!(serde_json::from_value::<Size>(written).expect("a size"), size());
        let ruler = Reference::Ruler { ends_px: [[1.0, 2.0], [3.0, 4.5]], length_mm: 10.0 };
        let wanted = json!({ "kind": "ruler", "ends_px": [[1.0, 2.0], [3.0, 4.5]], "length_mm": 10.0 });
        assert_eq!(serde_json::to_value(ruler).expect("JSON"), wanted);
    }

    #[test]
    fn without_a_reference_or_outside_its_interval_it_is_not_read() {
        let without = |change: &dyn Fn(&mut serde_json::Value)| {
            let mut written = serde_json::to_value(size()).expect("JSON");
            change(&mut written);
            serde_json::from_value::<Size>(written)
        };
        assert!(without(&|_| {}).is_ok());
        assert!(without(&|size| drop(size.as_object_mut().expect("object").remove("reference"))).is_err());
        assert!(without(&|size| size["reference"] = json!({ "kind": "guess" })).is_err());
        assert!(without(&|size| size["longest_mm"] = json!(9.0)).is_err());
        assert!(without(&|size| size["area_interval_mm2"] = json!([-1.0, 30.0])).is_err());
    }
}
