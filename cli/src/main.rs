//! The `bits` command.
fn main() {}
