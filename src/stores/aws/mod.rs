//! Stores of Amazon Web Services.

pub mod s3;
