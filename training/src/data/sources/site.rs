//! Places on the body under one name each, whatever a source calls them.

/// The place's common name; `unknown` for one that no source of ours uses.
pub fn site(name: &str) -> &'static str {
    match name.to_lowercase().as_str() {
        "trunk" | "back" | "chest" | "abdomen" | "anterior torso" | "posterior torso" | "lateral torso" => {
            "trunk"
        }
        "head_neck_face" | "head/neck" | "face" | "nose" | "ear" | "neck" | "lip" | "scalp" => "head or neck",
        "upper_extremity" | "upper extremity" | "arm" | "forearm" => "arm",
        "lower_extremity" | "lower extremity" | "thigh" => "leg",
        "hand" => "hand",
        "foot" => "foot",
        "acral" | "palms/soles" => "palm or sole",
        "genital" => "genital",
        _ => "unknown",
    }
}
