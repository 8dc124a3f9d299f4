//! Stores of Amazon Web Services.
