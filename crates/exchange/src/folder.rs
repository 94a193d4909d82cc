//! A folder of files as one file: phones hand over one.

use std::io::{Seek, Write};

use zip::result::ZipResult;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

/// A zip file. What is in it is stored as it is, since pictures do not shrink, and without a time, since that would tell when it was written.
pub struct Folder<W: Write + Seek>(ZipWriter<W>);

impl<W: Write + Seek> Folder<W> {
    pub fn new(output: W) -> Self {
        Self(ZipWriter::new(output))
    }

    /// Adds a file under a name that no other has.
    pub fn add(&mut self, name: &str, bytes: &[u8]) -> ZipResult<()> {
        let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
        self.0.start_file(name, options)?;
        Ok(self.0.write_all(bytes)?)
    }

    /// Writes the end.
    pub fn finish(self) -> ZipResult<()> {
        self.0.finish().map(drop)
    }
}
