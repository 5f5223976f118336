//! What comes about in the end: held against every way through small graphs.

use bits_emulator::explore::model::{self, Fairness, Model};
use proptest::prelude::*;

/// A graph of which steps lead from a state to a state, by an action.
#[derive(Debug, Clone)]
struct Steps(Vec<(u8, u8, u8)>);

impl Model for Steps {
    type State = u8;
    type Action = u8;

    fn initial_states(&self) -> Vec<u8> {
        vec![0]
    }

    fn enabled(&self, state: &u8) -> impl IntoIterator<Item = u8> {
        let from = *state;
        let mut actions: Vec<_> =
            self.0.iter().filter(|step| step.0 == from).map(|step| step.1).collect();
        actions.dedup();
        actions
    }

    fn next(&self, state: &u8, action: &u8) -> Option<u8> {
        self.0.iter().find(|step| (step.0, step.1) == (*state, *action)).map(|step| step.2)
    }
}

impl Steps {
    /// Each action leads from a state to one other.
    fn new(mut steps: Vec<(u8, u8, u8)>) -> Self {
        steps.sort_unstable();
        steps.dedup_by_key(|step| (step.0, step.1));
        Self(steps)
    }

    fn is_enabled(&self, state: u8, action: u8) -> bool {
        self.0.iter().any(|step| (step.0, step.1) == (state, action))
    }

    /// The states that are reached from some by steps that avoid a state.
    fn reached(&self, from: &[u8], avoided: Option<u8>) -> Vec<u8> {
        let mut reached: Vec<_> =
            from.iter().copied().filter(|state| Some(*state) != avoided).collect();
        let mut next = 0;
        while let Some(at) = reached.get(next).copied() {
            next += 1;
            for step in &self.0 {
                if step.0 == at && Some(step.2) != avoided && !reached.contains(&step.2) {
                    reached.push(step.2);
                }
            }
        }
        reached
    }
}

/// Whether a set of steps that are all taken for ever is fair.
fn is_fair(graph: &Steps, steps: &[(u8, u8, u8)], fairness: &[Fairness]) -> bool {
    let states: Vec<_> = steps.iter().map(|step| step.0).collect();
    (0..).zip(fairness).all(|(action, fairness)| {
        let taken = steps.iter().any(|step| step.1 == action);
        let enabled = |state: &u8| graph.is_enabled(*state, action);
        taken
            || match fairness {
                Fairness::None => true,
                Fairness::Weak => !states.iter().all(enabled),
                Fairness::Strong => !states.iter().any(enabled),
            }
    })
}

/// Whether the steps are a cycle: from the end of each the beginning of each other is reached.
fn is_connected(steps: &[(u8, u8, u8)]) -> bool {
    let graph = Steps(steps.to_vec());
    steps.iter().all(|one| {
        let reached = graph.reached(&[one.2], None);
        steps.iter().all(|other| reached.contains(&other.0))
    })
}

/// Whether there is a way on which the last state is never reached, tried out.
fn can_fail(graph: &Steps, since: &[u8], avoided: u8, fairness: &[Fairness]) -> bool {
    let waiting = graph.reached(since, Some(avoided));
    let rests = |state: &u8| {
        let fair = |action: &u8| fairness[usize::from(*action)] != Fairness::None;
        !(0..3).any(|action| fair(&action) && graph.is_enabled(*state, action))
    };
    let waits = |state: &u8| waiting.contains(state);
    let inner: Vec<_> =
        graph.0.iter().copied().filter(|step| waits(&step.0) && waits(&step.2)).collect();
    waiting.iter().any(rests)
        || (1_u32..1 << inner.len()).any(|chosen| {
            let steps = inner.iter().enumerate().filter(|(index, _)| chosen >> index & 1 == 1);
            let steps: Vec<_> = steps.map(|(_, step)| *step).collect();
            is_fair(graph, &steps, fairness) && is_connected(&steps)
        })
}

fn fairness() -> impl Strategy<Value = Vec<Fairness>> {
    let one = prop_oneof![Just(Fairness::None), Just(Fairness::Weak), Just(Fairness::Strong)];
    prop::collection::vec(one, 3)
}

/// By most of three actions, from each of three states to one of these or to the last.
fn steps() -> impl Strategy<Value = Vec<(u8, u8, u8)>> {
    let to = prop_oneof![1 => Just(None), 4 => (0..4_u8).prop_map(Some)];
    prop::collection::vec(to, 9).prop_map(|to| {
        let from = (0..3).flat_map(|from| (0..3).map(move |action| (from, action)));
        from.zip(to).filter_map(|((from, action), to)| Some((from, action, to?))).collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(4_000) })]

    /// A counterexample is found if and only if there is one, and it is a way through the graph that is fair.
    #[test]
    fn a_way_that_never_leads_there_is_found_if_there_is_one(
        steps in steps(),
        fairness in fairness(),
        since in prop::option::of(0..3_u8),
    ) {
        let graph = Steps::new(steps);
        let exploration = model::check(&graph).fairness(|action| fairness[usize::from(*action)]);
        let explored = match since {
            None => exploration.eventually("3 is reached", |state| *state == 3),
            Some(since) => {
                exploration.leads_to("3 follows", move |state| *state == since, |state| *state == 3)
            }
        }
        .run();
        let reached = graph.reached(&[0], None);
        let since: Vec<_> = since.map_or(vec![0], |since| vec![since]);
        let since: Vec<_> = since.into_iter().filter(|state| reached.contains(state)).collect();
        let expected = can_fail(&graph, &since, 3, &fairness);
        prop_assert_eq!(explored.violation().is_some(), expected);
        prop_assert!(explored.is_exhausted());
        let Some(found) = explored.violation() else { return Ok(()) };

        let mut from = *found.path().initial();
        let mut way = Vec::new();
        for (action, to) in found.path().steps() {
            prop_assert_eq!(graph.next(&from, action), Some(*to));
            way.push((from, *action, *to));
            from = *to;
        }
        match found.cycle() {
            None => {
                let fair = |action: u8| fairness[usize::from(action)] != Fairness::None;
                let goes_on = (0..3).any(|action| fair(action) && graph.is_enabled(from, action));
                prop_assert!(!goes_on);
            }
            Some(cycle) => {
                let cycle = way.split_off(way.len() - cycle.len());
                prop_assert_eq!(cycle.first().unwrap().0, cycle.last().unwrap().2);
                prop_assert!(is_fair(&graph, &cycle, &fairness), "{:?}", cycle);
                prop_assert!(cycle.iter().all(|step| step.2 != 3));
            }
        }
    }
}
