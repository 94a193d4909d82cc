//! What is printed: each answer as it comes, and never into the void without a word.

use std::io::{self, Write};

use serde::Serialize;

use super::CliError;
use super::read::plain;

/// Prints a line. That nobody reads on is no reason to stop; that it can't be written is.
///
/// # Errors
/// When standard output can't be written to, as on a full disk.
pub(super) fn say(line: &str) -> Result<(), CliError> {
    told(writeln!(io::stdout(), "{line}"))
}

fn told(written: io::Result<()>) -> Result<(), CliError> {
    match written {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(CliError::write("standard output".as_ref(), &error))
        }
        _ => Ok(()),
    }
}

/// Says something beside the answers, on standard error. That nobody can hear it is no reason to stop.
pub fn remark(text: &str) {
    let mut out = io::stderr().lock();
    for line in text.lines() {
        let _ = writeln!(out, "{}", plain(line));
    }
}

/// Why something could not be written, and what to do.
pub(super) fn advice_on_writing(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::StorageFull => "the disk is full; make room, or write to another".into(),
        io::ErrorKind::AlreadyExists => {
            "it exists, and may hold the rows of a run that was interrupted; move it away, or choose another name".into()
        }
        io::ErrorKind::NotFound => "there is no such folder; make it first".into(),
        io::ErrorKind::PermissionDenied => "you may not write there; choose another place".into(),
        io::ErrorKind::IsADirectory => "it is a folder; name a file in it".into(),
        io::ErrorKind::ReadOnlyFilesystem => "that disk can only be read; choose another".into(),
        _ => error.to_string(),
    }
}

/// A JSON array, printed element by element.
#[derive(Default)]
pub(super) struct Json {
    begun: bool,
}

impl Json {
    /// Prints one more element.
    ///
    /// # Errors
    /// As [`say`].
    pub(super) fn add(&mut self, element: &impl Serialize) -> Result<(), CliError> {
        let array = serde_json::to_string_pretty(&[element])
            .map_err(|error| CliError::Write("standard output".into(), error.to_string()))?;
        // What stands between the brackets.
        let text = array.trim_start_matches("[").trim_end_matches("]").trim_end();
        let before = if self.begun { "," } else { "[" };
        self.begun = true;
        let mut out = io::stdout().lock();
        told(write!(out, "{before}{text}").and_then(|()| out.flush()))
    }

    /// Prints the end.
    ///
    /// # Errors
    /// As [`say`].
    pub(super) fn finish(self) -> Result<(), CliError> {
        say(if self.begun { "\n]" } else { "[]" })
    }
}
