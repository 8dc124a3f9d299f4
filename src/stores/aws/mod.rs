//! Stores of Amazon Web Services.

pub mod rds;
pub mod snapshots;
