//! Stores of Amazon Web Services.

pub mod rds;
#[cfg(test)]
mod rds_tests;
pub mod s3;
pub mod snapshots;
