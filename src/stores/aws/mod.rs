//! Stores of Amazon Web Services.

pub mod s3;
pub mod rds;
pub mod snapshots;
