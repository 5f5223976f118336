//! The pictures that stand in documents are those that the library draws.
//!
//! `REFERENCE=accept cargo test --test reference pictures` writes them anew.

use std::fs;
use std::path::Path;

use bits_emulator::machine::{TRANSITIONS, TransitionAction};
use bits_emulator::reference::{Diagram, Timeline};
use bits_emulator::scenario::Scenario;

/// Files, and what they should hold.
fn pictures() -> Vec<(&'static str, String)> {
    vec![("docs/states.svg", Diagram::of_table().to_svg())]
}

#[test]
fn no_committed_picture_is_stale() {
    for (file, drawn) in pictures() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
        if std::env::var("REFERENCE").as_deref() == Ok("accept") {
            fs::write(&path, &drawn).unwrap();
        }
        let committed = fs::read_to_string(&path).unwrap();
        assert!(
            committed == drawn,
            "{file} is stale: REFERENCE=accept cargo test --test reference pictures"
        );
    }
}

#[test]
fn the_diagram_has_every_transition_of_the_table() {
    let (text, dot, svg) = {
        let diagram = Diagram::of_table();
        (diagram.to_string(), diagram.to_dot(), diagram.to_svg())
    };
    for row in TRANSITIONS {
        let TransitionAction::To(_) = row.then else { continue };
        if row.when.name().starts_with("reading:") {
            continue;
        }
        assert!(text.contains(row.on.name()), "{}: {text}", row.on);
        assert!(svg.contains(row.on.name()), "{}: {svg}", row.on);
    }
    assert!(dot.contains("SUSPENDED -> CANCELLED"), "{dot}");
}

fn run(text: &str) -> bits_emulator::scenario::Transcript {
    text.parse::<Scenario>().unwrap().run().trace
}

#[test]
fn a_path_tells_which_job_takes_each_step_if_there_are_several() {
    let trace = run("no expectations\njob a, DOWNLOAD, by alice\njob b, DOWNLOAD, by alice\n\
                     b: cancel\nadvance 1 m\na: cancel\n");
    let text = Diagram::of_path(&trace).to_string();
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    assert_eq!(
        lines,
        [
            "1          0 s  SUSPENDED -> CANCELLED: b: cancel",
            "2          1 m  SUSPENDED -> CANCELLED: a: cancel"
        ]
    );
}

/// The end of an interval of a policy is no trigger of a job, and moves it all the same.
#[test]
fn a_change_by_a_policy_is_part_of_the_path() {
    let trace = run(
        "policy bandwidth 0 kbit/s from 08:00 to 09:00, else unlimited\nno expectations\n\
                     start 2024-01-01 07:59:00\nserver example.com\n  /a 1 GiB\njob a, DOWNLOAD, by alice\n\
                     add https://example.com/a as C:\\a\nresume\nadvance 2 h\n",
    );
    let text = Diagram::of_path(&trace).to_string();
    assert!(text.contains("TRANSFERRING -> TRANSIENT_ERROR: bandwidth limits change\n"), "{text}");
    assert!(Timeline::of(&trace).to_svg().contains("TRANSIENT_ERROR"));
}

/// Names of jobs may hold signs of markup, and runs may be long.
#[test]
fn a_timeline_is_well_formed_and_bounded() {
    let mut text = "no expectations\nserver example.com\n  /a 1 MiB, answers 503 always\n\
                    job \"<a&b>\", DOWNLOAD, by alice\nadd https://example.com/a as C:\\a\nresume\n\
                    job c, DOWNLOAD, by alice\nadd https://example.com/a as C:\\c\nresume\n"
        .to_owned();
    text += "advance 3 d\n";
    let svg = Timeline::of(&run(&text)).to_svg();
    assert!(svg.contains("&lt;a&amp;b&gt;") && !svg.contains("<a&b>"), "{svg}");
    assert!(svg.contains("The run goes on"), "{svg}");
    assert!(svg.len() < 60_000, "{}", svg.len());
    assert_eq!(svg.matches("<text").count(), svg.matches("</text>").count());
}
