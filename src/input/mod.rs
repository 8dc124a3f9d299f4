//! What to check, and with which settings.

pub mod variables;
