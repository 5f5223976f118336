//! Polls that are folded: calls and waits that observe the same as the last time, if asked for.

use std::collections::BTreeMap;

/// What the last call of each kind observed, and the last wait.
#[derive(Debug, Clone, Default)]
pub(super) struct Polls(BTreeMap<u128, u128>);

impl Polls {
    /// Notes what a call of that kind observed, and returns whether it was the same the last time, with no news from
    /// any other since.
    pub(super) fn is_repeated(&mut self, call: u128, observed: u128) -> bool {
        match self.0.get(&call) {
            Some(known) if *known == observed => return true,
            Some(_) => self.0.clear(),
            None => {}
        }
        self.0.insert(call, observed);
        false
    }

    /// Something else was observed.
    pub(super) fn interrupt(&mut self) {
        self.0.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A loop of two calls is folded from its second round on, until one of them observes something else.
    #[test]
    fn equal_rounds_are_folded() {
        let mut polls = Polls::default();
        let mut repeated = |steps: &[(u128, u128)]| -> Vec<bool> {
            steps.iter().map(|(call, observed)| polls.is_repeated(*call, *observed)).collect()
        };
        assert_eq!(repeated(&[(1, 5), (2, 6), (1, 5), (2, 6)]), [false, false, true, true]);
        assert_eq!(repeated(&[(1, 7), (2, 6), (1, 7)]), [false, false, true]);
        polls.interrupt();
        assert!(!polls.is_repeated(1, 7));
    }
}
