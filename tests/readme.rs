//! The README says what is so.

use bits_emulator::state_diagram;

const README: &str = include_str!("../README.md");

#[test]
fn the_picture_is_that_of_the_transition_table() {
    let (_, rest) = README.split_once("<!-- state diagram -->\n```mermaid\n").unwrap();
    let (picture, _) = rest.split_once("```\n<!-- end of state diagram -->").unwrap();
    assert_eq!(picture, state_diagram(), "the README should show\n{}", state_diagram());
}
