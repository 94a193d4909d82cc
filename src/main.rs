//! Opens the app or, with arguments, works in the terminal.

use std::process::ExitCode;

use clap::Parser;
use spotcheck::cli::{self, Arguments, Command};

fn main() -> ExitCode {
    // A phone starts an app without arguments, and Android with none that may even be looked at.
    if cfg!(feature = "mobile") {
        return open_app();
    }
    match Arguments::parse().command {
        Some(Command::Assess(arguments)) => cli::assess(&arguments).unwrap_or_else(|error| {
            eprintln!("{error}");
            ExitCode::FAILURE
        }),
        None => open_app(),
    }
}

#[cfg(feature = "ui")]
fn open_app() -> ExitCode {
    spotcheck::ui::launch();
    ExitCode::SUCCESS
}

#[cfg(not(feature = "ui"))]
fn open_app() -> ExitCode {
    eprintln!(
        "This build has no window; build it with the feature desktop, or name photos: spotcheck assess PHOTO…"
    );
    ExitCode::FAILURE
}
