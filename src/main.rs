//! Opens the app or, with arguments, works in the terminal.

use std::panic::{self, AssertUnwindSafe};
use std::process::ExitCode;

use clap::Parser;
use spotcheck::cli::{self, Arguments, CliError, Command};

fn main() -> ExitCode {
    // A phone starts an app without arguments, and Android with none that may even be looked at.
    if cfg!(feature = "mobile") {
        // tests/phones has the very library that is shipped look at photos, in an emulator. On a phone nobody sets this.
        return match std::env::var_os("SPOTCHECK_ASSESS") {
            Some(photos) => ended(cli::assess_plainly(std::env::split_paths(&photos))),
            None => open_app(),
        };
    }
    match Arguments::parse().command {
        Some(Command::Assess(arguments)) => in_plain_words(|| ended(cli::assess(&arguments))),
        #[cfg(feature = "export")]
        Some(Command::Export(arguments)) => in_plain_words(|| ended(cli::export(&arguments))),
        Some(Command::Pack(command)) => in_plain_words(|| ended(cli::pack(&command))),
        None => open_app(),
    }
}

/// Does `work` without the lines that a panic prints: one of a library is caught where the library is called, and told in words there.
/// Whoever wants to see them sets `RUST_BACKTRACE`.
fn in_plain_words(work: impl FnOnce() -> ExitCode) -> ExitCode {
    if std::env::var_os("RUST_BACKTRACE").is_none() {
        panic::set_hook(Box::new(|_| {}));
    }
    panic::catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| {
        cli::remark("Spotcheck failed over something it did not expect; set RUST_BACKTRACE=1 to see where, and report it");
        ExitCode::FAILURE
    })
}

fn ended(result: Result<ExitCode, CliError>) -> ExitCode {
    result.unwrap_or_else(|error| {
        cli::remark(&error.to_string());
        ExitCode::FAILURE
    })
}

#[cfg(feature = "ui")]
fn open_app() -> ExitCode {
    spotcheck::ui::launch();
    ExitCode::SUCCESS
}

#[cfg(not(feature = "ui"))]
fn open_app() -> ExitCode {
    cli::remark(
        "This build has no window; build it with the feature desktop, or name photos: spotcheck assess PHOTO…",
    );
    ExitCode::FAILURE
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_ends_in_plain_words_and_a_status_that_scripts_see() {
        let ended = in_plain_words(|| panic!("something unexpected"));
        assert_eq!(format!("{ended:?}"), format!("{:?}", ExitCode::FAILURE));
    }
}
