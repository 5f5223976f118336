//! Shrinking: of the decisions of a run that breaks a promise those that are needed for it.

use std::sync::Arc;

use super::counterexample::Counterexample;
use super::decisions::{Decision, Decisions};
use super::run::DOES_THE_SAME;
use super::setup::Setup;

impl Setup {
    /// Returns the counterexample without the decisions that it does not need, nothing late for longer than it must.
    pub(super) fn shrink(&self, found: Counterexample) -> Counterexample {
        let promise = found.violation.promise;
        let Ok(decisions) = found.decisions.parse::<Decisions>() else { return found };
        // Of a program that does not do the same again, fewer decisions say nothing.
        if promise == DOES_THE_SAME {
            return found;
        }
        let mut shrunk = found;
        shortest(decisions.made, |made| {
            let decisions = Decisions { made: made.to_vec(), ..Decisions::default() };
            let ran = self.run(decisions.clone(), None, Arc::new(|_, _| false));
            let again = ran.counterexample(&decisions);
            let again = again.filter(|again| again.violation.promise == promise);
            let breaks = again.is_some();
            again.into_iter().for_each(|again| shrunk = again);
            breaks
        });
        shrunk
    }
}

/// Returns some of the decisions, with what is late less late, with which a run still breaks its promise, as
/// `breaks` says: none of them can be left out, and nothing can be less late, while the others stay as they are.
pub(super) fn shortest(
    mut made: Vec<Decision>,
    mut breaks: impl FnMut(&[Decision]) -> bool,
) -> Vec<Decision> {
    loop {
        let before = made.clone();
        // Many at once first: a run found at random has many that it does not need.
        let mut number = made.len();
        while number > 0 {
            let mut from = 0;
            while from < made.len() {
                let to = from.saturating_add(number);
                let rest = made.iter().enumerate();
                let rest = rest.filter(|(place, _)| !(from..to).contains(place));
                let rest: Vec<Decision> = rest.map(|(_, decision)| *decision).collect();
                if breaks(&rest) {
                    made = rest;
                } else {
                    from = to;
                }
            }
            number /= 2;
        }
        for place in 0..made.len() {
            let choice = made.get(place).map(|decision| decision.choice);
            let Some((choice, long)) = choice.and_then(|choice| Some((choice, choice.lateness()?)))
            else {
                continue;
            };
            for fewer in 1..long {
                let mut shorter = made.clone();
                if let Some(decision) = shorter.get_mut(place) {
                    decision.choice = choice.with_lateness(fewer);
                }
                if breaks(&shorter) {
                    made = shorter;
                    break;
                }
            }
        }
        if made == before {
            return made;
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::explore::choice::Choice;
    use crate::explore::{Budget, program};
    use crate::vocabulary::JobType;

    /// Of a run with decisions that it does not need, the ones that it needs are left.
    #[test]
    fn a_run_is_left_with_what_it_needs() {
        let setup = program(|life| {
            let job = life.session().create_job("update", JobType::Download)?;
            let left = life.session().jobs()?.count();
            assert!(left < 2, "an earlier life left a job behind");
            job.cancel().map(drop)
        })
        .budget(Budget::default().network(2).kill(1).disk_full(1))
        .set_up();
        let decisions: Decisions = "0:i0,0:i2,0:k,1:i0".parse().expect("it is one");
        let found = setup.run(decisions.clone(), None, Arc::new(|_, _| false));
        let found = found.counterexample(&decisions).expect("it panics");
        assert_eq!(found.violation.promise, "the program does not panic");
        assert_eq!(setup.shrink(found).decisions, "0:k");
    }

    fn any_decisions() -> impl Strategy<Value = Vec<Decision>> {
        let choice = prop_oneof![
            (0_u8..3).prop_map(Choice::Incident),
            Just(Choice::KillAfter),
            (1_u8..7).prop_map(Choice::Stall),
            (1_u8..7).prop_map(Choice::Late),
        ];
        proptest::collection::btree_map(0_u32..40, choice, 0..12).prop_map(|made| {
            made.into_iter().map(|(point, choice)| Decision { point, choice }).collect()
        })
    }

    /// Whether the needed decisions are among those, each as late at least.
    fn has(made: &[Decision], needed: &[Decision]) -> bool {
        needed.iter().all(|needed| {
            made.iter().any(|decision| match (decision.choice, needed.choice) {
                (Choice::Stall(long), Choice::Stall(enough))
                | (Choice::Late(long), Choice::Late(enough)) => {
                    decision.point == needed.point && long >= enough
                }
                _ => decision == needed,
            })
        })
    }

    proptest! {
        #![proptest_config(crate::property_tests::config())]

        /// What is needed stays, and nothing else does.
        #[test]
        fn only_what_is_needed_stays(
            made in any_decisions(),
            is_needed in proptest::collection::vec(any::<bool>(), 12),
            enough in 1_u8..4,
        ) {
            let needed = made.iter().zip(is_needed).filter(|(_, is_needed)| *is_needed);
            let needed: Vec<Decision> = needed
                .map(|(decision, _)| {
                    let choice = decision.choice;
                    let late = choice.lateness().map(|long| choice.with_lateness(long.min(enough)));
                    Decision { choice: late.unwrap_or(choice), ..*decision }
                })
                .collect();
            prop_assert_eq!(shortest(made, |some| has(some, &needed)), needed);
        }
    }
}
