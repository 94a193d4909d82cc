//! Places on the body under one name each, whatever a source calls them.

/// The place's common name; `unknown` for one that no source of ours uses.
pub fn site(name: &str) -> &'static str {
    match name.to_lowercase().as_str() {
        "trunk" | "back" | "chest" | "abdomen" => "trunk",
        "head_neck_face" | "face" | "nose" | "ear" | "neck" | "lip" | "scalp" => "head or neck",
        "upper_extremity" | "upper extremity" | "arm" | "forearm" => "arm",
        "lower_extremity" | "lower extremity" | "thigh" => "leg",
        "hand" => "hand",
        "foot" => "foot",
        "acral" => "palm or sole",
        "genital" => "genital",
        _ => "unknown",
    }
}
