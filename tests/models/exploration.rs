//! What an exploration of a model finds, and how far it goes.

use bits_emulator::explore::model::{self, Limit, Model};

/// A lift of some floors.
struct Lift {
    floors: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Ride {
    Up,
    Down,
    Twice,
}

impl Model for Lift {
    type State = u32;
    type Action = Ride;

    fn initial_states(&self) -> Vec<u32> {
        vec![0]
    }

    fn enabled(&self, _: &u32) -> impl IntoIterator<Item = Ride> {
        [Ride::Up, Ride::Down, Ride::Twice]
    }

    fn next(&self, floor: &u32, ride: &Ride) -> Option<u32> {
        let next = match ride {
            Ride::Up => floor + 1,
            Ride::Down => floor.checked_sub(1)?,
            Ride::Twice => floor + 2,
        };
        (next < self.floors).then_some(next)
    }
}

#[test]
fn every_state_and_step_is_visited_once() {
    let explored = model::check(&Lift { floors: 100 }).run();
    assert_eq!((explored.states(), explored.transitions()), (100, 99 + 99 + 98));
    assert_eq!(explored.depth(), 50);
    assert!(explored.is_exhausted() && explored.limit().is_none());
}

#[test]
fn the_first_counterexample_is_the_shortest() {
    let found = model::check(&Lift { floors: 100 }).always("it holds", |floor| *floor <= 5).run();
    let found = found.violation().unwrap();
    assert_eq!(found.path().actions(), [Ride::Twice; 3]);
    let states: Vec<_> = found.path().steps().map(|(_, state)| *state).collect();
    assert_eq!(states, [2, 4, 6]);

    let explored = model::check(&Lift { floors: 100 })
        .always_step("it does not go down from 3", |from, _, to| (*from, *to) != (3, 2))
        .run();
    let found = explored.violation().unwrap();
    assert_eq!(found.path().actions(), [Ride::Up, Ride::Twice, Ride::Down]);
    assert!(!explored.is_exhausted());
}

/// A promise that the first state breaks, and one that a step to a known state breaks.
#[test]
fn promises_hold_of_the_beginning_and_of_steps_to_known_states() {
    let explored = model::check(&Lift { floors: 9 }).always("never at 0", |floor| *floor > 0).run();
    assert_eq!(explored.violation().unwrap().path().actions(), []);

    let explored = model::check(&Lift { floors: 9 })
        .always_step("it never comes back", |_, _, to| *to > 0)
        .run();
    let found = explored.violation().unwrap();
    assert_eq!(found.path().actions(), [Ride::Up, Ride::Down]);
}

#[test]
fn what_is_possible_and_which_transitions_are_taken_is_told() {
    let explored = model::check(&Lift { floors: 8 })
        .possible("the top", |floor| *floor == 7)
        .possible("the roof", |floor| *floor == 8)
        .transitions(["up", "down", "from the top to the ground"], |from, _, to| match to > from {
            true => vec![0],
            false => vec![1],
        })
        .run();
    let [top, roof] = explored.possible() else { panic!("two were asked for") };
    assert_eq!(top.path().unwrap().actions(), [Ride::Up, Ride::Twice, Ride::Twice, Ride::Twice]);
    assert!(roof.path().is_none());
    let taken: Vec<_> =
        explored.taken().iter().map(|it| it.path().map(|it| it.actions())).collect();
    assert_eq!(taken, [Some([Ride::Up].as_slice()), Some(&[Ride::Up, Ride::Down]), None]);
    assert_eq!(explored.unreached().collect::<Vec<_>>(), ["from the top to the ground"]);
    assert_eq!(
        explored.to_string(),
        "8 states, 20 transitions, depth 4, exhausted\nnot possible: the roof\n"
    );
}

#[test]
fn limits_end_an_exploration_that_says_so() {
    let lift = Lift { floors: 1_000_000 };
    let explored = model::check(&lift).most_states(10).run();
    assert_eq!((explored.states(), explored.is_exhausted()), (10, false));
    assert_eq!(explored.limit(), Some(Limit::States));

    let explored = model::check(&lift).most_actions(3).run();
    assert_eq!((explored.states(), explored.depth(), explored.is_exhausted()), (7, 3, false));
    assert_eq!(explored.limit(), Some(Limit::Actions));

    let explored = model::check(&lift).while_allowed(|standing| standing.states < 3_000).run();
    assert!(explored.states() < 5_000 && !explored.is_exhausted(), "{explored}");
    assert_eq!(explored.limit(), Some(Limit::NotAllowed));

    // What was found before the memory ended is known.
    let memory = 1 << 20;
    let explored = model::check(&lift).memory(memory).possible("up", |_| true).run();
    let kept = explored.states() * explored.bytes_per_state();
    assert!((memory..2 * memory).contains(&kept), "{explored}");
    assert!(explored.possible().iter().all(|asked| asked.path().is_some()));
    assert!(explored.to_string().ends_with("not exhausted: the memory is used up\n"), "{explored}");

    // A limit that keeps nothing out does not end it.
    let explored = model::check(&Lift { floors: 10 }).most_states(10).run();
    assert!(explored.is_exhausted());
}
