//! The tests on the first page of the guide pass.

#[path = "../../examples/first_tests.rs"]
mod example;

#[test]
fn the_downloader_of_the_guide_passes_its_first_tests() {
    example::main().unwrap();
}
