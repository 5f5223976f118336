//! The search for the cheapest life of a job that writes its records.

use chrono::{DateTime, Utc};

use super::beginnings::beginnings;
use super::delays::delays;
use super::life::{Life, Recorded};
use super::step::{LifeStep, Price};
use super::ways::{Way, assumed, usual};
use crate::explore::search::{Cost, Found, Passed, Prefix, Seen, Space, Standing, search};
use crate::vocabulary::Readings;

/// What an explanation may cost at most.
pub(super) const MOST_COST: u32 = 60;

/// How many lives up to a record are looked at for one job at most, or for each of its records if it has many.
pub(super) const MOST_LIVES: usize = 60_000;
pub(super) const MOST_LIVES_A_RECORD: usize = 20;

impl Cost for Price {
    fn is_within(self, bound: Self) -> bool {
        self <= bound
    }
}

/// A life that is to go on.
#[derive(Debug)]
pub(super) struct Candidate {
    price: Price,
    /// How many records are still to be written: of the same price the candidate that came furthest is first.
    to_write: u32,
    /// Which candidate it was; no two are equal.
    number: u64,
    /// What is tried after the last record.
    tries: Tries,
    foreseen: Option<u128>,
    state: Option<Box<Life>>,
    /// Where its last steps stand in the tree.
    steps: usize,
}

/// Which ways to the next record are tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tries {
    /// Those that assume nothing.
    Usual,
    /// Those that assume something, whether the others led to the next record or not, and what the life cost before.
    Assumed { is_needed: bool, after: Price },
}

impl PartialEq for Candidate {
    fn eq(&self, other: &Self) -> bool {
        self.number == other.number
    }
}

impl Eq for Candidate {}

impl PartialOrd for Candidate {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Candidate {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.number.cmp(&other.number)
    }
}

impl Prefix for Candidate {
    type Cost = Price;

    fn cost(&self) -> Price {
        self.price
    }

    fn length(&self) -> u32 {
        self.to_write
    }

    fn foreseen(&self) -> Option<u128> {
        self.foreseen
    }
}

/// The steps between two records, after those of another place in the tree.
#[derive(Debug)]
struct Edge {
    after: usize,
    steps: Vec<LifeStep>,
    away: Option<(DateTime<Utc>, DateTime<Utc>)>,
}

/// What a search found.
#[derive(Debug)]
pub(super) struct Explained {
    pub(super) steps: Vec<LifeStep>,
    /// From when to when the network was away.
    pub(super) away: Vec<(DateTime<Utc>, DateTime<Utc>)>,
    /// The life at its end, or where no way leads further.
    pub(super) life: Box<Life>,
    pub(super) is_whole: bool,
    /// How many lives up to a record were looked at.
    pub(super) looked_at: usize,
}

struct Lives<'log> {
    recorded: Recorded<'log>,
    readings: Readings,
    delays: Vec<u32>,
    edges: Vec<Edge>,
    numbers: u64,
    looked_at: usize,
    whole: Option<(Box<Life>, usize, Price)>,
    /// The life that came furthest, its place in the tree, and its price.
    furthest: Option<(Box<Life>, usize, Price)>,
}

/// Searches for the cheapest life that writes all the records of a job.
pub(super) fn explain(recorded: Recorded<'_>, readings: Readings) -> Option<Explained> {
    let mut lives = Lives {
        recorded,
        readings,
        delays: delays(recorded),
        edges: Vec::new(),
        numbers: 0,
        looked_at: 0,
        whole: None,
        furthest: None,
    };
    let to_write = u32::try_from(recorded.job.records.len()).unwrap_or(u32::MAX);
    let root = Candidate {
        price: Price::default(),
        to_write,
        number: 0,
        tries: Tries::Usual,
        foreseen: None,
        state: None,
        steps: 0,
    };
    let _ = search(&mut lives, root);
    lives.explained()
}

impl Space for Lives<'_> {
    type Prefix = Candidate;
    type Run = Vec<Way>;

    fn has(&self, prefix: &Candidate) -> bool {
        prefix.price.assumptions <= MOST_COST
    }

    fn allowance(&mut self, standing: Standing<Price>) -> usize {
        match &self.whole {
            Some((.., price)) if *price <= standing.level => 0,
            _ => {
                let records = self.recorded.job.records.len();
                let most = MOST_LIVES.max(records.saturating_mul(MOST_LIVES_A_RECORD));
                most.saturating_sub(self.looked_at)
            }
        }
    }

    fn run_all(&mut self, batch: &[Candidate], _: &Seen<Price>) -> Vec<Vec<Way>> {
        let run = |candidate: &Candidate| match (&candidate.state, candidate.tries) {
            (None, _) => beginnings(self.recorded, self.readings),
            (Some(life), Tries::Usual) => usual(life, self.recorded),
            (Some(life), Tries::Assumed { is_needed, .. }) => {
                assumed(life, &self.delays, is_needed, self.recorded)
            }
        };
        batch.iter().map(run).collect()
    }

    fn judge(&mut self, prefix: &Candidate, ways: Vec<Way>) -> Found<Candidate> {
        self.looked_at += 1;
        let price = match prefix.tries {
            Tries::Usual => prefix.price,
            Tries::Assumed { after, .. } => after,
        };
        let is_needed = ways.is_empty();
        let mut alternatives = Vec::new();
        for Way { mut life, cost, away } in ways {
            let cost = price.and(cost);
            let steps = std::mem::take(&mut life.steps);
            let is_at_end = prefix.state.as_ref().is_some_and(|before| {
                before.next == life.next && self.recorded.record(life.next).is_none()
            });
            self.edges.push(Edge { after: prefix.steps, steps, away });
            let (place, life) = (self.edges.len(), Box::new(life));
            if is_at_end {
                if self.whole.as_ref().is_none_or(|(.., known)| cost < *known) {
                    self.whole = Some((life, place, cost));
                }
                continue;
            }
            let key = |life: &Life, cost: Price| (life.next, std::cmp::Reverse(cost));
            if self
                .furthest
                .as_ref()
                .is_none_or(|(known, _, known_cost)| key(&life, cost) > key(known, *known_cost))
            {
                self.furthest = Some((life.clone(), place, cost));
            }
            alternatives.push(self.candidate(life, cost, place, Tries::Usual));
        }
        let passed = prefix.foreseen.map(|fingerprint| Passed {
            fingerprint,
            course: None,
            cost: price,
            alternatives: 0,
        });
        let life = prefix
            .state
            .as_ref()
            .filter(|life| prefix.tries == Tries::Usual && (is_needed || !life.was_resumed));
        let besides = life.map(|life| {
            let more = price.and_one();
            let tries = Tries::Assumed { is_needed, after: price };
            self.candidate(life.clone(), more, prefix.steps, tries)
        });
        Found { passed: passed.into_iter().collect(), alternatives, besides }
    }
}

impl Lives<'_> {
    fn candidate(
        &mut self,
        life: Box<Life>,
        price: Price,
        steps: usize,
        tries: Tries,
    ) -> Candidate {
        self.numbers += 1;
        let left = self.recorded.job.records.len().saturating_sub(life.next);
        Candidate {
            price,
            to_write: u32::try_from(left).unwrap_or(u32::MAX),
            number: self.numbers,
            tries,
            foreseen: (tries == Tries::Usual).then(|| life.fingerprint()),
            state: Some(life),
            steps,
        }
    }

    fn explained(mut self) -> Option<Explained> {
        let is_whole = self.whole.is_some();
        let (life, mut place, _) = self.whole.take().or(self.furthest.take())?;
        let (mut parts, mut away) = (Vec::new(), Vec::new());
        while let Some(edge) = place.checked_sub(1).and_then(|index| self.edges.get_mut(index)) {
            parts.push(std::mem::take(&mut edge.steps));
            away.extend(edge.away);
            place = edge.after;
        }
        let steps = parts.into_iter().rev().flatten().collect();
        away.reverse();
        Some(Explained { steps, away, life, is_whole, looked_at: self.looked_at })
    }
}
