//! Opens the app or, with arguments, works in the terminal.

use std::process::ExitCode;

use clap::Parser;
use spotcheck::cli::{self, Arguments, Command};
use spotcheck::wording::Wording;

fn main() -> ExitCode {
    match Arguments::parse().command {
        Some(Command::Assess(arguments)) => cli::assess(&arguments).unwrap_or_else(|error| {
            eprintln!("{error}");
            ExitCode::FAILURE
        }),
        None => {
            eprintln!("{}", Wording::english().text("app-to-come", &[]));
            ExitCode::FAILURE
        }
    }
}
