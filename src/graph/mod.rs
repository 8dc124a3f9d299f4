//! Stores and everything that acts on each.

pub mod declare;
