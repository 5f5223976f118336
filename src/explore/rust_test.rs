//! A counterexample as a test in Rust, which makes the run again.

use super::counterexample::Counterexample;

/// The longest line of the text.
const WIDTH: usize = 100;

impl Counterexample {
    /// Returns the text of a test that makes the run again: it fails with the counterexample until the program is
    /// mended, and if the program has changed so much that the decisions mean something else. It calls a function
    /// `explored`, which is to build the [`Program`](crate::explore::Program) as it was explored.
    ///
    /// ```
    /// use bits_emulator::JobType;
    /// use bits_emulator::explore::{self, Program};
    ///
    /// fn explored() -> Program {
    ///     explore::program(|life| life.session().create_job("update", JobType::Download).map(drop))
    /// }
    ///
    /// let found = explored().explore().counterexample.expect("it leaves a job behind");
    /// assert_eq!(
    ///     found.rust_test(),
    ///     r#"/// Promised: no job is left behind.
    /// /// What happened: the program ended and left 1 of its jobs in the queue.
    /// #[test]
    /// fn no_job_is_left_behind() {
    ///     let verdict = explored().replay("");
    ///     assert!(verdict.counterexample.is_none(), "{verdict}");
    /// }
    /// "#
    /// );
    /// ```
    #[must_use]
    pub fn rust_test(&self) -> String {
        let mut text = String::new();
        for (what, sentence) in [("Promised", self.promise()), ("What happened", self.happened())] {
            text.push_str(&comment(&format!("{what}: {sentence}.")));
        }
        text.push_str("#[test]\n");
        text.push_str(&format!("fn {}() {{\n", name_of(self.promise())));
        text.push_str(&format!("    let verdict = explored().replay({:?});\n", self.decisions()));
        let decided = self.story.decided();
        if !decided.is_empty() {
            text.push_str("    // Otherwise the decisions do not fit the program any more.\n");
            text.push_str(&list_of(&decided));
            text.push_str("    assert_eq!(verdict.decided(), decided);\n");
        }
        text.push_str("    assert!(verdict.counterexample.is_none(), \"{verdict}\");\n}\n");
        text
    }
}

/// The list of what was decided, on one line if it fits.
fn list_of(decided: &[&str]) -> String {
    let texts: Vec<String> = decided.iter().map(|what| format!("{what:?}")).collect();
    let line = format!("    let decided = [{}];\n", texts.join(", "));
    if line.chars().count() <= WIDTH {
        return line;
    }
    let lines: String = texts.iter().map(|text| format!("        {text},\n")).collect();
    format!("    let decided = [\n{lines}    ];\n")
}

/// The lines of a documentation comment.
fn comment(text: &str) -> String {
    const SLASHES: &str = "///";
    let mut lines = vec![SLASHES.to_owned()];
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line)
                if *line == SLASHES || line.chars().count() + word.chars().count() < WIDTH =>
            {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(format!("{SLASHES} {word}")),
        }
    }
    lines.into_iter().map(|line| line + "\n").collect()
}

/// A sentence as the name of a function.
fn name_of(sentence: &str) -> String {
    let words = sentence.split(|letter: char| !letter.is_ascii_alphanumeric());
    let words = words.filter(|word| !word.is_empty()).map(str::to_ascii_lowercase);
    let name = words.collect::<Vec<_>>().join("_");
    let begins_well = name.starts_with(|first: char| first.is_ascii_alphabetic());
    if begins_well && name.contains('_') { name } else { format!("promise_{name}") }
}
