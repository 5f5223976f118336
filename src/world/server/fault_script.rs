//! Scripts of faults: in which order attempts meet them, and which are not met yet.

use std::collections::VecDeque;
use std::hash::Hasher;

use super::fault::{Fault, FaultEffect, Occasion};
use crate::vocabulary::canonical::Canonical;

/// The faults of a server, a resource or an application in the order in which attempts meet them; after
/// the last of them all attempts succeed.
#[derive(Debug, Clone, Default)]
pub(crate) struct FaultScript(VecDeque<Scripted>);

/// A fault, of which the times are those that are left.
#[derive(Debug, Clone)]
struct Scripted {
    fault: Fault,
    met: u64,
}

/// A fault that is not spent.
#[derive(Debug, Clone, Copy)]
pub(crate) struct UnspentFault<'a> {
    pub(crate) fault: &'a Fault,
    pub(crate) met: u64,
}

impl FaultScript {
    pub(crate) fn add(&mut self, fault: impl Into<Fault>) {
        self.0.push_back(Scripted { fault: fault.into(), met: 0 });
    }

    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    /// Takes the next effect: that of the first fault that concerns the occasion.
    pub(crate) fn draw(&mut self, occasion: Occasion) -> Option<FaultEffect> {
        while self.0.front().is_some_and(|next| next.fault.times == Some(0)) {
            self.0.pop_front();
        }
        let concerns =
            |it: &&mut Scripted| it.fault.times != Some(0) && it.fault.concerns(occasion);
        let Scripted { fault, met } = self.0.iter_mut().find(concerns)?;
        *met = met.saturating_add(1);
        fault.times = fault.times.map(|times| times.saturating_sub(1));
        fault.effect.clone()
    }

    /// The faults that may still be met.
    pub(crate) fn unspent(&self) -> impl Iterator<Item = UnspentFault<'_>> {
        let left = self.0.iter().filter(|it| it.fault.times != Some(0));
        left.map(|Scripted { fault, met }| UnspentFault { fault, met: *met })
    }
}

impl Canonical for FaultScript {
    /// Normalised: without the faults that happened as often as they do, which may stand here still, and
    /// without how often each was met.
    fn hash_canonical<H: Hasher>(&self, hasher: &mut H) {
        hasher.write_usize(self.unspent().count());
        self.unspent().for_each(|it| it.fault.hash_canonical(hasher));
    }
}

#[cfg(test)]
mod tests {
    use super::super::fault::FaultKind;
    use super::*;
    use crate::machine::Failure;

    const ATTEMPT: Occasion = Occasion::Attempt { head: true, get: true };

    #[test]
    fn a_script_gives_each_fault_as_often_as_it_says() {
        let mut script = FaultScript::default();
        script.add(Fault::http(503).times(2));
        script.add(Fault::http(500).times(0));
        script.add(Fault::none());
        script.add(Fault::http(404));
        let drawn: Vec<_> = (0..5).map(|_| script.draw(ATTEMPT).map(|fault| fault.kind)).collect();
        let fails = |status| Some(FaultKind::Failure(Failure::http(status)));
        assert_eq!(drawn, [fails(503), fails(503), None, fails(404), None]);
        script.add(Fault::http(500).always());
        assert!((0..100).all(|_| script.draw(ATTEMPT).is_some()));
    }

    #[test]
    fn a_script_tells_what_is_left_of_it() {
        let mut script = FaultScript::default();
        script.add(Fault::http(503).times(2));
        script.add(Fault::http(404).times(0));
        script.add(Fault::http(500).always());
        let left = |script: &FaultScript| -> Vec<(Option<u64>, u64)> {
            script.unspent().map(|it| (it.fault.times, it.met)).collect()
        };
        assert_eq!(left(&script), [(Some(2), 0), (None, 0)]);
        script.draw(ATTEMPT);
        assert_eq!(left(&script), [(Some(1), 1), (None, 0)]);
        script.draw(ATTEMPT);
        script.draw(ATTEMPT);
        assert_eq!(left(&script), [(None, 1)]);
        script.clear();
        assert_eq!(left(&script), []);
    }
}
