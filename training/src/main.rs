//! Trains, evaluates, calibrates and exports the network that Spotcheck ships.

use std::path::PathBuf;
use std::process::ExitCode;

use burn::tensor::Device;
use clap::{Args, Parser, Subcommand};

mod augment;
mod batches;
mod checkpoint;
mod config;
mod data;
mod ema;
mod fast;
mod kernels;
mod metrics;
mod predict;
mod train;

/// Activations come and go by the gigabyte; the system's allocator gives each back to the kernel.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[derive(Parser)]
#[command(about, version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Learn weights from pictures.
    Train(Train),
}

#[derive(Args)]
struct Train {
    /// Folder with pictures: HAM10000, PAD-UFES-20, or one folder a class. May be given several times.
    #[arg(long, required = true)]
    data: Vec<PathBuf>,
    /// ImageNet weights to start from (safetensors); random ones without.
    #[arg(long)]
    start: Option<PathBuf>,
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
}

fn parse_phase(text: &str) -> Result<config::Phase, String> {
    let wrong = || format!("{text:?} is not EPOCHSxSIDE[:FROZEN_BLOCKS], such as 8x128 or 1x128:6");
    let (main, frozen) = text.split_once(':').unwrap_or((text, "0"));
    let (epochs, side) = main.split_once('x').ok_or_else(wrong)?;
    Ok(config::Phase {
        epochs: epochs.parse().map_err(|_| wrong())?,
        side_px: side.parse().map_err(|_| wrong())?,
        frozen_blocks: frozen.parse().map_err(|_| wrong())?,
    })
}

fn main() -> ExitCode {
    let result = match Arguments::parse().command {
        Command::Train(arguments) => train(arguments),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn train(arguments: Train) -> Result<(), Box<dyn std::error::Error>> {
    let Train { data, start, run, seed, quick, phases } = arguments;
    let mut config = match quick {
        true => config::Config::quick(data, start, seed),
        false => config::Config::full(data, start, seed),
    };
    if let Some(phases) = phases {
        config.phases = phases;
    }
    Ok(train::train(&config, &train::Run::new(run), &Device::flex().autodiff())?)
}
