//! What every format is made from.
