//! One loader for each source of pictures; all of them make samples of the same form.

pub mod folder;
pub mod ham10000;
pub mod isic_archive;
pub mod isic_metadata;
pub mod milk10k;
pub mod pad;
mod site;
