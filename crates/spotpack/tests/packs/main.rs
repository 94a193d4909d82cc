//! Packs as they come from outside: those that are right, those that were changed, and those that lie.

mod format;
mod hostile;
mod memory;
mod support;
mod trust;
