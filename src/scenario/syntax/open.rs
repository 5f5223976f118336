//! The grammar of what is left open, and of questions.

use std::fmt;

use super::cursor::{Cursor, Mismatch, Parsed, Read, Wanted};
use super::names::About;
use super::quantities::number;
use super::values::{List, NonNegative};
use super::{grammar, read, readers};
use crate::scenario::ast::{
    Ask, Line, Open, OpenTimes, PollRow, PollingClient, Question, Statement,
};
use crate::vocabulary::text::phrases::phrases;
use crate::vocabulary::text::quantities::{Word, kinds};

const MAYBE: &str = "maybe";
const AT_ANY_TIME: &str = "at any time";
const ANY_OF: &str = "any of";
/// How far lines are indented that belong to another.
const INDENTATION: &str = "  ";

grammar! {
    { Question:
        [Self { ask: Ask::NeverInTheEnd, what }] "never in the end" List(what);
        [Self { ask: Ask::Never, what }] "never" List(what);
        [Self { ask: Ask::AlwaysInTheEnd, what }] "always in the end" List(what);
        [Self { ask: Ask::Always, what }] "always" List(what);
        [Self { ask: Ask::Eventually, what }] "eventually" List(what);
        [Self { ask: Ask::PossibleInTheEnd, what }] "possible in the end" List(what);
        [Self { ask: Ask::Possible, what }] "possible" List(what);
    }
    { PollRow:
        [Self { state, lines }] "in" Word(state) ":" FirstAndBelow(lines);
    }
}

kinds! {
    /// A line, and below it those that belong to it.
    FirstAndBelow([Line]) |lines, f| {
        let Some((first, below)) = lines.split_first() else { return Ok(()) };
        write!(f, "{}", first.statement)?;
        below.iter().try_for_each(|line| write_below(f, &line.statement))
    };
}

read! {
    FirstAndBelow<'_> => Vec<Line>: |c| step(c).map(|line| vec![line]);
    /// Its rows stand below it.
    PollingClient => Self: |c| {
        let job = About::read(c)?;
        c.words("a client polls every")?;
        NonNegative::read(c).map(|every| Self { job, every, rows: Vec::new() })
    };
    Open => Self: |c| {
        let times = times(c);
        let at_any_time = c.has(AT_ANY_TIME);
        if c.has(ANY_OF) {
            return Ok(Self { times, at_any_time, branches: Vec::new() });
        }
        if times == OpenTimes::Once && !at_any_time {
            return Err(Mismatch);
        }
        let branches = vec![FirstAndBelow::read(c)?];
        Ok(Self { times, at_any_time, branches })
    };
}

fn times(c: &mut Cursor<'_>) -> OpenTimes {
    if c.has(MAYBE) {
        return OpenTimes::Maybe;
    }
    let at_most = c.attempt(|c| {
        c.words("at most")?;
        if let Some(times) = c.attempt(|c| c.choice([("once", 1), ("twice", 2)])) {
            return Ok(times);
        }
        let times = number(c)?;
        c.words("times").map(|()| times)
    });
    at_most.map_or(OpenTimes::Once, OpenTimes::AtMost)
}

/// A statement within a line. What is open begins a line, so that lines do not nest without end.
fn step(c: &mut Cursor<'_>) -> Parsed<Line> {
    const STEP: Wanted = Wanted::Value(
        "a step; `maybe` or `at most 2 times` stands first, then `at any time`, then the step or `any of`",
    );
    let begins = |word: &str| {
        let after = c.ahead().strip_prefix(word);
        after.is_some_and(|after| after.is_empty() || after.starts_with(char::is_whitespace))
    };
    if [MAYBE, "any", "at", "in"].into_iter().any(begins) {
        return c.mismatch(STEP);
    }
    let begin = c.next_place();
    let statement = Statement::read(c)?;
    Ok(Line { statement, span: begin..c.next_place() })
}

impl fmt::Display for PollingClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.job.is_some() {
            write!(f, "{} ", About(&self.job))?;
        }
        write!(f, "a client polls every {}", NonNegative(&self.every))?;
        self.rows.iter().try_for_each(|row| write_below(f, &row.statement))
    }
}

impl fmt::Display for Open {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.times {
            OpenTimes::Once => {}
            OpenTimes::Maybe => write!(f, "{MAYBE} ")?,
            OpenTimes::AtMost(times) => write!(f, "at most {times} times ")?,
        }
        if self.at_any_time {
            write!(f, "{AT_ANY_TIME} ")?;
        }
        if let [only] = self.branches.as_slice() {
            return FirstAndBelow(only).fmt(f);
        }
        f.write_str(ANY_OF)?;
        self.branches.iter().try_for_each(|branch| {
            let text = FirstAndBelow(branch).to_string();
            text.lines().try_for_each(|line| write!(f, "\n{INDENTATION}{line}"))
        })
    }
}

fn write_below(f: &mut fmt::Formatter<'_>, statement: &Statement) -> fmt::Result {
    let text = statement.to_string();
    text.lines().try_for_each(|line| write!(f, "\n{INDENTATION}{line}"))
}
