//! The picture of the states, from the one transition table.

mod places;
mod svg;

use std::fmt;

use super::course::{Course, Moment, What, elapsed};
use crate::machine::{Arrows, state_diagram};
use crate::scenario::Transcript;
use crate::vocabulary::{JobState, StateSet};

/// A diagram of the states of a job and of what leads from one to the other, made from the
/// [transition table](crate::machine::TRANSITIONS) under the documented readings; with the path of a run, if there is
/// one.
///
/// ```
/// use bits_emulator::reference::Diagram;
/// use bits_emulator::scenario::Scenario;
///
/// let scenario: Scenario = "no expectations\njob update, DOWNLOAD, by alice\ncancel\n".parse()?;
/// let diagram = Diagram::of_path(&scenario.run().trace);
/// assert!(diagram.to_string().contains("SUSPENDED -> CANCELLED: cancel"));
/// assert!(diagram.to_mermaid().contains("SUSPENDED --> CANCELLED: 1 cancel"));
/// assert!(Diagram::of_table().to_svg().starts_with("<svg "));
/// # Ok::<(), bits_emulator::scenario::ParseError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Diagram {
    /// The steps of the paths of all jobs, in the order of their time.
    path: Option<Vec<Stride>>,
}

/// What leads from one state to another.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Arrow {
    /// From where; `None` is each state that is not final.
    pub from: Option<JobState>,
    /// Where to.
    pub to: JobState,
    /// Each trigger, with its condition if it has one.
    pub triggers: Vec<String>,
}

/// A step of a path.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Stride {
    job: Option<String>,
    after: String,
    from: JobState,
    to: JobState,
    by: String,
    again: Option<usize>,
}

impl Diagram {
    /// The whole table.
    #[must_use]
    pub fn of_table() -> Self {
        Self::default()
    }

    /// Returns what leads from one state to another, in the order of the table.
    #[must_use]
    pub fn arrows() -> Vec<Arrow> {
        let Arrows { between, endings, .. } = Arrows::of_table();
        let between = between.into_iter().map(|((from, to), triggers)| (Some(from), to, triggers));
        let endings = endings.into_iter().map(|(to, triggers)| (None, to, triggers));
        between.chain(endings).map(|(from, to, triggers)| Arrow { from, to, triggers }).collect()
    }

    /// Returns what leads to a state from most of the others, a sentence each: no arrows are drawn for it.
    #[must_use]
    pub fn notes() -> Vec<String> {
        let Arrows { notes, .. } = Arrows::of_table();
        notes.iter().map(|(note, labels)| format!("{note}: {}", labels.join(", "))).collect()
    }

    /// The table with the path of each job of a run.
    #[must_use]
    pub fn of_path(run: &Transcript) -> Self {
        let courses = Course::all(run);
        let several = courses.len() > 1;
        let begins = courses.iter().map(|course| course.begins).min().unwrap_or_default();
        let mut strides = Vec::new();
        for course in courses.into_iter().map(Course::folded) {
            let mut of_course: Vec<(_, Stride)> = Vec::new();
            for Moment { at, what } in &course.moments {
                match what {
                    What::Entered { from, to, by } => {
                        let job = several.then(|| course.name.clone());
                        let (after, by) = (elapsed(begins, *at), by.clone());
                        let stride = Stride { job, after, from: *from, to: *to, by, again: None };
                        of_course.push((*at, stride));
                    }
                    What::Again { times, .. } => {
                        if let Some((_, last)) = of_course.last_mut() {
                            last.again = Some(*times);
                        }
                    }
                    What::Failed(_) | What::Told(_) => {}
                }
            }
            strides.extend(of_course);
        }
        strides.sort_by_key(|(at, _)| *at);
        Self { path: Some(strides.into_iter().map(|(_, stride)| stride).collect()) }
    }

    /// Returns it as an SVG picture, in which each state has its place; readable on light and dark pages.
    #[must_use]
    pub fn to_svg(&self) -> String {
        svg::picture(self.path.as_deref())
    }

    /// Returns it as a Mermaid state diagram: the table, or the path alone.
    #[must_use]
    pub fn to_mermaid(&self) -> String {
        let Some(path) = &self.path else { return state_diagram() };
        let strides = path.iter().enumerate().map(|(index, stride)| {
            format!("    {} --> {}: {} {}\n", stride.from, stride.to, index + 1, stride.label())
        });
        let first = path.first().map(|stride| format!("    [*] --> {}\n", stride.from));
        ["stateDiagram-v2\n".to_owned()].into_iter().chain(first).chain(strides).collect()
    }

    /// Returns it as a graph for Graphviz.
    #[must_use]
    pub fn to_dot(&self) -> String {
        let mut text =
            "digraph job {\n    rankdir=LR;\n    node [shape=box, style=rounded];\n".to_owned();
        let taken = self.path.as_deref().unwrap_or_default();
        for state in JobState::ALL {
            let visited = taken.iter().any(|stride| stride.from == *state || stride.to == *state);
            let shape = if state.is_final() { ", peripheries=2" } else { "" };
            let bold = if visited { ", penwidth=3" } else { "" };
            text += &format!("    {state} [label=\"{state}\"{shape}{bold}];\n");
        }
        match &self.path {
            None => all_arrows().iter().for_each(|(from, to, labels)| {
                text += &format!("    {from} -> {to} [label=\"{}\"];\n", labels.join("\\n"));
            }),
            Some(path) => path.iter().enumerate().for_each(|(index, stride)| {
                let (Stride { from, to, .. }, label) = (stride, stride.label());
                text += &format!("    {from} -> {to} [label=\"{} {label}\"];\n", index + 1);
            }),
        }
        text + "}\n"
    }
}

impl Stride {
    fn label(&self) -> String {
        let job = self.job.as_ref().map(|job| format!("{job}: ")).unwrap_or_default();
        let again =
            self.again.map(|times| format!(" (and {times} times more)")).unwrap_or_default();
        format!("{job}{}{again}", self.by)
    }
}

/// Every arrow, those to final states from each state too.
fn all_arrows() -> Vec<(JobState, JobState, Vec<String>)> {
    let Arrows { between, endings, .. } = Arrows::of_table();
    let between = between.into_iter().map(|((from, to), labels)| (from, to, labels));
    let endings = endings.into_iter().flat_map(|(to, labels)| {
        StateSet::NOT_FINAL.iter().map(move |from| (from, to, labels.clone()))
    });
    between.chain(endings).collect()
}

impl fmt::Display for Diagram {
    /// The arrows of each state, or the steps of the path, a line each.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(path) = &self.path {
            return path.iter().enumerate().try_for_each(|(index, stride)| {
                let Stride { after, from, to, .. } = stride;
                writeln!(f, "{:>3} {after:>12}  {from} -> {to}: {}", index + 1, stride.label())
            });
        }
        let arrows = all_arrows();
        for state in JobState::ALL {
            writeln!(f, "{state}")?;
            for (_, to, labels) in arrows.iter().filter(|(from, ..)| from == state) {
                writeln!(f, "    -> {to:<16} {}", labels.join(", "))?;
            }
            if state.is_final() {
                writeln!(f, "    the job is over")?;
            }
        }
        Self::notes().iter().try_for_each(|note| writeln!(f, "{note}"))
    }
}
