//! Stores of Amazon Web Services.

pub mod rds;
pub mod s3;
pub mod snapshots;
