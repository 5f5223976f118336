//! Readings: the questions that the documents leave open.

use super::documented;
use crate::reference::entry::{Entry, WordKind};
use crate::reference::mentions::plain;
use crate::vocabulary::{Readings, Switch};

pub(crate) fn entry(switch: &Switch) -> Entry {
    let place = Readings::SWITCHES.iter().position(|known| known.name == switch.name);
    let texts = place.and_then(|place| Readings::QUESTIONS.get(place));
    let (question, meanings) = texts.copied().unwrap_or_default();
    let mut entry = documented(WordKind::Reading, switch.name, question, &[]);
    let observed = Readings::observed();
    let observed = observed.answers().find(|(name, _)| *name == switch.name);
    let answers = switch.answers.iter().zip(meanings).enumerate();
    entry.facts = answers
        .map(|(place, (answer, meaning))| {
            let documented = if place == 0 { " (the pages by the letter)" } else { "" };
            let is_observed = place > 0 && observed.is_some_and(|(_, seen)| seen == *answer);
            let seen = if is_observed { " (other evidence suggests it)" } else { "" };
            format!("`reading {}: {answer}`{documented}{seen}: {}", switch.name, plain(meaning))
        })
        .collect();
    entry
}
