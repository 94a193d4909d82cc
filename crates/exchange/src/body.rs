//! Where on the body a spot is, as clinics and researchers code it.

use archive::region::{Laterality, Region};

/// A code with its meaning, of SNOMED CT.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Coded {
    pub code: &'static str,
    pub meaning: &'static str,
}

const fn coded(code: &'static str, meaning: &'static str) -> Coded {
    Coded { code, meaning }
}

/// The skin of a region, from DICOM's list of anatomic sites for dermatology (CID 4029). The map is too coarse for more: it tells a leg,
/// and neither thigh nor calf.
pub fn site(region: Option<Region>) -> Coded {
    match region {
        None => coded("39937001", "Skin"),
        Some(Region::Face) => coded("73897004", "Skin of face"),
        Some(Region::Head) => coded("70762009", "Skin of head"),
        Some(Region::Neck) => coded("43081002", "Skin of neck"),
        Some(Region::Chest) => coded("244106003", "Skin of anterior surface of thorax"),
        Some(Region::Belly) => coded("75093004", "Skin of abdomen"),
        Some(Region::UpperBack | Region::LowerBack) => coded("66643007", "Skin of back"),
        Some(Region::Buttocks) => coded("22180002", "Skin of buttock"),
        Some(Region::Groin) => coded("39687006", "Skin of inguinal region"),
        Some(Region::Arm(_)) => coded("371311000", "Skin of upper extremity"),
        Some(Region::Hand(_)) => coded("33712006", "Skin of hand"),
        Some(Region::Leg(_)) => coded("371304004", "Skin of lower extremity"),
        Some(Region::Foot(_)) => coded("60496002", "Skin of foot"),
    }
}

/// Left or right (CID 244).
pub fn laterality(of: Laterality) -> Coded {
    match of {
        Laterality::Left => coded("7771000", "Left"),
        Laterality::Right => coded("24028007", "Right"),
    }
}

/// The same in the vocabulary of the ISIC archive. Its "palms/soles" is narrower than a hand or foot, which the map tells, and its
/// "oral/genital" than the groin.
pub fn general(region: Region) -> &'static str {
    match region {
        Region::Face | Region::Head | Region::Neck => "head/neck",
        Region::Chest | Region::Belly | Region::Groin => "anterior torso",
        Region::UpperBack | Region::LowerBack | Region::Buttocks => "posterior torso",
        Region::Arm(_) | Region::Hand(_) => "upper extremity",
        Region::Leg(_) | Region::Foot(_) => "lower extremity",
    }
}
