//! Trains, evaluates, calibrates and exports the network that Spotcheck ships.

use std::error::Error;
use std::fs;
use std::io::stdin;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use burn::store::{ModuleSnapshot, SafetensorsStore};
use clap::{Args, Parser, Subcommand};
use net::modality::Modality;
use net::network::architecture::Architecture;
use net::network::model::Model;

use crate::data::load::load;
use crate::data::split::Split;
use crate::data::survey;
use crate::fit::calibrate;
use crate::report::measure::{check_classes, plot};
use crate::report::{evaluate, measure};
use crate::train::exported::{CALIBRATION, CONFIG, EVALUATION, LOG, MODEL_CARD, QUALITY};
use crate::train::run::{self, Run};
use crate::train::{average, checkpoint, config, speed, trainer};

mod data;
mod device;
mod fit;
mod metrics;
mod report;
#[cfg(test)]
#[path = "../../tests/support/shared.rs"]
mod shared;
mod train;

/// Activations come and go by the gigabyte; the system's allocator gives each back to the kernel.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Trains, evaluates, calibrates and exports the network that Spotcheck ships.
#[derive(Parser)]
#[command(about, version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Print which pictures there are, and find those that are nearly the same.
    Survey(Survey),
    /// Learn weights from pictures.
    Train(Train),
    /// Fit temperature, thresholds and probes to the best weights of a run.
    Calibrate(Calibrate),
    /// Make a run of the mean of several models' weights, and print how it does on held-back pictures.
    Average(Average),
    /// Put a calibrated run's model where the app is built with it.
    Export(Export),
    /// Turn an exported model back into a run, to calibrate it again.
    Reopen(Export),
    /// Measure a model on held-back pictures; writes its card and plots.
    Evaluate(Measure),
    /// Measure how the photo's quality matters; the next `evaluate` puts it into the card.
    Quality(Measure),
    /// Write a model's weights as safetensors, for other engines.
    Weights(WeightsTo),
    /// For each line `run COUNT` of the input, take so many steps on drawn pictures, and write the nanoseconds of each.
    Steps(Steps),
}

/// Pictures, and where to compute.
#[derive(Args)]
struct Source {
    /// Folder with pictures: HAM10000, MILK10k, PAD-UFES-20, the ISIC archive, what Spotcheck exports for it, or one folder a class. May
    /// be given several times.
    #[arg(long, required = true)]
    data: Vec<PathBuf>,
    /// Where to compute.
    #[arg(long, value_enum, default_value = "flex")]
    device: device::Backend,
}

#[derive(Args)]
struct Survey {
    /// Folder with pictures. May be given several times.
    #[arg(long, required = true)]
    data: Vec<PathBuf>,
    /// Also look for pictures that are nearly the same, and write the pairs into this file; as near-duplicates.csv beside a
    /// source's table, they stay on one side from then on.
    #[arg(long)]
    pairs: Option<PathBuf>,
}

#[derive(Args)]
struct Train {
    #[command(flatten)]
    source: Source,
    /// ImageNet weights to start from (safetensors), or the folder of a model; random ones without.
    #[arg(long)]
    start: Option<PathBuf>,
    /// The network: lite0 to lite4, each larger and slower than the one before.
    #[arg(long, value_name = "NAME", default_value = "lite0")]
    architecture: Architecture,
    /// Folder of the run. An interrupted run in it goes on.
    #[arg(long)]
    run: PathBuf,
    /// Fixes everything that is drawn.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// A minute or two on few small pictures, to see that everything works.
    #[arg(long)]
    quick: bool,
    /// Phases as EPOCHSxSIDE[:FROZEN_BLOCKS], separated by commas.
    #[arg(long, value_delimiter = ',', value_parser = parse_phase)]
    phases: Option<Vec<config::Phase>>,
    /// Seconds between the checkpoints that an interrupted run goes on from.
    #[arg(long, default_value_t = 180)]
    checkpoint_every: u64,
    /// Change a setting of the run, such as body_rate=2e-4; all are in training-config.json. May be given several times.
    #[arg(long, value_name = "SETTING=VALUE")]
    set: Vec<String>,
}

#[derive(Args)]
struct Calibrate {
    #[command(flatten)]
    source: Source,
    /// Folder of the run.
    #[arg(long)]
    run: PathBuf,
    /// Folder with pictures of other things, one folder a kind: see training/negatives.py.
    #[arg(long)]
    negatives: Option<PathBuf>,
    /// Keep the network's answers to the pictures in this folder, and take them from there the next time.
    #[arg(long)]
    answers: Option<PathBuf>,
    /// Side of the pictures that the model will read, in pixels; that of the epoch whose weights are kept without.
    #[arg(long, value_parser = clap::value_parser!(u32).range(32..=1024))]
    side: Option<u32>,
}

#[derive(Args)]
struct Average {
    #[command(flatten)]
    source: Source,
    /// Folder of a model. One that counts twice is named twice; the first one's configuration and log go into the run.
    #[arg(long = "model", required = true)]
    models: Vec<PathBuf>,
    /// Folder of the run.
    #[arg(long)]
    run: PathBuf,
}

#[derive(Args)]
struct Export {
    /// Folder of the run.
    #[arg(long)]
    run: PathBuf,
    /// Folder of the model, `models` for the app's own.
    #[arg(long, default_value = "models")]
    model: PathBuf,
}

/// A model and the pictures to measure it on.
#[derive(Args)]
struct Measure {
    #[command(flatten)]
    source: Source,
    /// Keep the network's answers to the pictures in this folder, and take them from there the next time.
    #[arg(long)]
    answers: Option<PathBuf>,
    /// Folder of the model.
    #[arg(long, default_value = "models")]
    model: PathBuf,
}

#[derive(Args)]
struct WeightsTo {
    /// Folder of the model.
    #[arg(long, default_value = "models")]
    model: PathBuf,
    /// File to write.
    #[arg(long)]
    to: PathBuf,
}

#[derive(Args)]
struct Steps {
    /// Where to compute.
    #[arg(long, value_enum, default_value = "flex")]
    device: device::Backend,
    /// ImageNet weights to start from (safetensors); random ones without.
    #[arg(long)]
    start: Option<PathBuf>,
    /// Side of the pictures, in pixels.
    #[arg(long, default_value_t = 128, value_parser = clap::value_parser!(u32).range(32..=1024))]
    side: u32,
    /// Change a setting of the run, such as precision="f32". May be given several times.
    #[arg(long, value_name = "SETTING=VALUE")]
    set: Vec<String>,
}

type Outcome = Result<(), Box<dyn Error>>;

/// Tells the allocator to keep what is freed: a step of training asks for the same again, and fresh pages cost an eighth of its time.
fn keep_freed_memory() {
    // `mi_option_purge_delay`; the crate names no experimental options, and is pinned to the version whose number this is.
    const PURGE_DELAY: i32 = 15;
    // SAFETY: stores a number; called before there are other threads.
    unsafe { libmimalloc_sys::mi_option_set(PURGE_DELAY, -1) };
}

fn main() -> ExitCode {
    keep_freed_memory();
    let result = match Arguments::parse().command {
        Command::Survey(arguments) => survey(&arguments),
        Command::Train(arguments) => train(arguments),
        Command::Average(arguments) => average(&arguments),
        Command::Calibrate(arguments) => calibrate(&arguments),
        Command::Export(arguments) => export(&arguments),
        Command::Reopen(arguments) => reopen(&arguments),
        Command::Evaluate(arguments) => evaluate(&arguments),
        Command::Quality(arguments) => quality(&arguments),
        Command::Weights(arguments) => weights(&arguments),
        Command::Steps(arguments) => steps(arguments),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn parse_phase(text: &str) -> Result<config::Phase, String> {
    let wrong = || format!("{text:?} is not EPOCHSxSIDE[:FROZEN_BLOCKS], such as 8x128 or 1x128:6");
    let (main, frozen) = text.split_once(':').unwrap_or((text, "0"));
    let (epochs, side) = main.split_once('x').ok_or_else(wrong)?;
    let number = |text: &str| text.parse::<u32>().map_err(|_| wrong());
    let (epochs, side_px, frozen_blocks) = (number(epochs)?, number(side)?, number(frozen)?);
    if !(32..=1024).contains(&side_px) {
        return Err(format!("{text:?}: a side has 32 to 1024 pixels"));
    }
    Ok(config::Phase { epochs: epochs as usize, side_px, frozen_blocks: frozen_blocks as usize })
}

fn survey(arguments: &Survey) -> Outcome {
    let dataset = load(&arguments.data)?;
    println!("{}", survey::table(&dataset));
    let Some(path) = &arguments.pairs else { return Ok(()) };
    let pairs = survey::pairs(&dataset)?;
    let mut table = String::from("image_id,other_id\n");
    for [one, other] in &pairs {
        table += &format!("{},{}\n", one.id, other.id);
    }
    fs::write(path, table)?;
    let apart = pairs.iter().filter(|[one, other]| one.split != other.split).count();
    println!("{} pairs are nearly the same, {apart} of them on different sides.", pairs.len());
    Ok(())
}

fn train(arguments: Train) -> Outcome {
    let Train { source, start, architecture, run, seed, quick, phases, checkpoint_every, set } = arguments;
    let device = source.device.open();
    let mut config = match quick {
        true => config::Config::quick(source.data, start, seed),
        false => config::Config::full(source.data, start, seed),
    };
    config.architecture = architecture;
    config.phases = phases.unwrap_or(config.phases);
    for change in &set {
        config = config.with(change)?;
    }
    config.check()?;
    let run = Run::new(run);
    trainer::train(&config, &run, Duration::from_secs(checkpoint_every), &device.clone().autodiff())?;

    // Plots of the best weights, with parameters fitted on the other half of the pictures.
    let dataset = trainer::dataset(&config)?;
    let model = calibrate::provisional(&run, &dataset, run.best_side_px()?, &device)?;
    let rows = evaluate::evaluate(&model, &dataset, None, &device)?.judgements;
    plot(&run.plots(), &run.epochs()?, &model, &rows)
}

fn calibrate(arguments: &Calibrate) -> Outcome {
    let device = arguments.source.device.open();
    let run = Run::new(arguments.run.clone());
    let side = arguments.side.map_or_else(|| run.best_side_px(), Ok)?;
    let Calibrate { negatives, answers, .. } = arguments;
    let data = &arguments.source.data;
    let report = calibrate::calibrate(&run, data, negatives.as_deref(), answers.as_deref(), side, &device)?;
    println!("{}", serde_json::to_string_pretty(&report)?);
    Ok(())
}

fn export(arguments: &Export) -> Outcome {
    let run = Run::new(arguments.run.clone());
    let calibrated = run.model();
    // Loading proves that the files fit together before anything is replaced.
    Model::load(&calibrated, &device::Backend::Flex.open())?;
    fs::create_dir_all(&arguments.model)?;
    // What was measured of the model before says nothing about this one.
    let _ = fs::remove_file(arguments.model.join(QUALITY));
    // The app is built with these two.
    fs::write(arguments.model.join(EVALUATION), "{}\n")?;
    fs::write(arguments.model.join(MODEL_CARD), "Not measured yet: run `training evaluate`.\n")?;
    run::replace_model(&calibrated, &arguments.model)?;
    for (from, to) in [(run.config(), CONFIG), (run.log(), LOG), (run.calibration(), CALIBRATION)] {
        fs::copy(from, arguments.model.join(to))?;
    }
    println!("{} holds the model of {}.", arguments.model.display(), arguments.run.display());
    Ok(())
}

fn average(arguments: &Average) -> Outcome {
    let device = arguments.source.device.open();
    let dataset = load(&arguments.source.data)?;
    let mut models = Vec::new();
    for folder in &arguments.models {
        let model = Model::load(folder, &device)?;
        check_classes(&model, &dataset)?;
        models.push(model);
    }
    let [first, ..] = models.as_slice() else { return Err("no model was named".into()) };
    if models.iter().any(|model| model.card().architecture != first.card().architecture) {
        return Err("the models are not of one network, such as EfficientNet-Lite0".into());
    }
    let nets = models.iter().map(|model| model.weights().network.clone()).collect();
    let Some(net) = average::mean(nets) else { return Err("no model was named".into()) };
    if models.iter().any(|model| model.card().classes != first.card().classes) {
        return Err("the models tell other classes apart, or in another order".into());
    }
    let run = Run::new(arguments.run.clone());
    fs::create_dir_all(&arguments.run)?;
    if run.best().exists() {
        return Err(format!("{} holds a run already", arguments.run.display()).into());
    }
    // Of the run that made the first one: the others are its relatives.
    for (from, to) in [(CONFIG, run.config()), (LOG, run.log())] {
        fs::copy(arguments.models[0].join(from), to)?;
    }
    run.write_classes(&first.card().classes)?;
    checkpoint::save_weights(&net, &run.best())?;
    let card = first.card();
    for modality in [Modality::Dermatoscope, Modality::PlainPhoto] {
        let mut samples = dataset.of(Split::Validation);
        samples.retain(|sample| sample.modality == modality);
        if !samples.is_empty() {
            let figures =
                train::figures::figures(&net, &samples, &card.classes, card.input_side_px, &device)?;
            println!("{modality:?}, one view: {figures:.3?}");
        }
    }
    Ok(())
}

/// What [`export`] does, the other way round.
fn reopen(arguments: &Export) -> Outcome {
    let run = Run::new(arguments.run.clone());
    let model = Model::load(&arguments.model, &device::Backend::Flex.open())?;
    fs::create_dir_all(&arguments.run)?;
    if run.best().exists() {
        return Err(format!("{} holds a run already", arguments.run.display()).into());
    }
    for (from, to) in [(CONFIG, run.config()), (LOG, run.log())] {
        fs::copy(arguments.model.join(from), to)?;
    }
    run.write_classes(&model.card().classes)?;
    checkpoint::save_weights(&model.weights().network, &run.best())?;
    println!("{} holds the run of {}.", arguments.run.display(), arguments.model.display());
    Ok(())
}

fn weights(arguments: &WeightsTo) -> Outcome {
    let model = Model::load(&arguments.model, &device::Backend::Flex.open())?;
    model.weights().save_into(&mut SafetensorsStore::from_file(&arguments.to).overwrite(true))?;
    Ok(())
}

fn evaluate(arguments: &Measure) -> Outcome {
    let device = arguments.source.device.open();
    measure::evaluate(&arguments.model, &arguments.source.data, arguments.answers.as_deref(), &device)
}

fn quality(arguments: &Measure) -> Outcome {
    let device = arguments.source.device.open();
    measure::quality(&arguments.model, &arguments.source.data, &device)
}

fn steps(arguments: Steps) -> Outcome {
    let device = arguments.device.open().autodiff();
    // So many that the rate at the first step is not zero yet.
    let phase = config::Phase { epochs: 100, side_px: arguments.side, frozen_blocks: 0 };
    let mut config =
        config::Config { phases: vec![phase], ..config::Config::full(Vec::new(), arguments.start, 1) };
    for change in &arguments.set {
        config = config.with(change)?;
    }
    config.check()?;
    let counts = stdin()
        .lines()
        .map_while(Result::ok)
        .map(|line| line.strip_prefix("run ").and_then(|count| count.parse().ok()).unwrap_or(0));
    let tell = |times: &[Duration]| {
        let times: Vec<_> = times.iter().map(|time| time.as_nanos().to_string()).collect();
        println!("{}", times.join(" "));
    };
    Ok(speed::time_steps(&config, &device, counts, tell)?)
}
