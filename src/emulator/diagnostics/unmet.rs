//! Faults and hooks that a test ordered and that nothing met.

use std::fmt;

use crate::emulator::engine::Engine;
use crate::emulator::engine::hooks::HookRule;
use crate::emulator::engine::registrations::ObjectId;
use crate::vocabulary::Sid;

/// A fault or a hook that was never met, or not as often as a test expects.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Unmet {
    /// What it is and where, such as the fault and the URL.
    pub what: String,
    /// How often it was met.
    pub met: u64,
    /// How often it is to be met; `None`: always.
    pub times: Option<u64>,
    /// Whether a test fails because of it ([`Fault::expect_met`](crate::Fault::expect_met),
    /// [`Hook::expect_met`](crate::Hook::expect_met)).
    pub is_expected: bool,
    /// Of a fault: what the server was asked for instead, if no request came to the resource.
    pub instead: Option<String>,
}

impl Unmet {
    /// Whether it is worth telling: one that always happens has happened if it did once.
    const fn counts(&self) -> bool {
        self.met == 0 || (self.is_expected && self.times.is_some())
    }
}

impl fmt::Display for Unmet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { what, met, times, .. } = self;
        match (met, times) {
            (0, _) => write!(f, "{what} was never met")?,
            (met, Some(times)) => write!(f, "{what} was met {met} of {times} times")?,
            (met, None) => write!(f, "{what} was met {met} times")?,
        }
        self.instead.as_ref().map_or(Ok(()), |instead| write!(f, ": {instead}"))
    }
}

impl Engine {
    /// The faults and then the hooks.
    pub(crate) fn unmet(&self) -> Vec<Unmet> {
        let faults = self.world.unmet_faults().into_iter().map(|fault| Unmet {
            what: fault.what,
            met: fault.met,
            times: fault.times,
            is_expected: fault.is_expected,
            instead: fault.instead,
        });
        let hooks = self.hooks.unspent().map(|(rule, met)| Unmet {
            what: self.words_of_hook(rule),
            met,
            times: rule.times.map(|left| left.saturating_add(met)),
            is_expected: rule.expects_met,
            instead: None,
        });
        faults.chain(hooks).filter(Unmet::counts).collect()
    }

    fn words_of_hook(&self, rule: &HookRule<ObjectId, Sid>) -> String {
        let HookRule { calls, user, process, job, skip, effect, .. } = rule;
        let by = user.map(|user| format!(" by {}", self.account_name(user))).unwrap_or_default();
        let of = process.map(|process| format!(" by process {}", process.0)).unwrap_or_default();
        let on = job.map(|job| {
            let name = self.service.job(job).map(|job| job.display_name().to_owned());
            format!(" on job {}", name.unwrap_or_else(|| job.to_string()))
        });
        let behind = if *skip > 0 { format!(", behind {skip} more") } else { String::new() };
        format!("hook on {calls}{by}{of}{}{behind}: {effect}", on.unwrap_or_default())
    }
}
