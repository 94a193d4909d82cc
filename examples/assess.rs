//! Assesses the central square of a photo and prints what to do: `cargo run --release --example assess photo.jpg`.

use std::error::Error;

use burn::tensor::Device;
use spotcheck::assessment::{Assessor, Look};
use spotcheck::network::model::Model;
use spotcheck::photo::Photo;
use spotcheck::wording::{Language, Wording};

fn main() -> Result<(), Box<dyn Error>> {
    let path = std::env::args_os().nth(1).ok_or("name a photo")?;
    let photo = Photo::decode(&std::fs::read(path)?)?;
    let assessor = Assessor::new(&Model::embedded(&Device::flex())?);
    let (assessment, _saliency) = assessor.assess(&photo, Look::at(photo.central_square()));
    let words = Wording::new(Language::English);
    println!("{}", words.advice(assessment.triage));
    for &doubt in &assessment.cannot_tell {
        println!("{}", words.doubt(doubt));
    }
    println!("{}", words.say("no-medical-device"));
    Ok(())
}
