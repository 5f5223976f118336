//! Faults that are not met yet: which, where, and in which words they are told.

use std::fmt;

use super::ServerState;
use super::fault::{Fault, FaultEffect, FaultKind, Phase};
use super::fault_script::{FaultScript, UnspentFault};
use crate::world::World;

/// A fault that no attempt met, or not as often as it says.
#[derive(Debug, Clone)]
pub(crate) struct UnmetFault {
    /// The fault and whose it is.
    pub(crate) what: String,
    pub(crate) met: u64,
    /// How often it is to be met; `None`: always.
    pub(crate) times: Option<u64>,
    pub(crate) is_expected: bool,
    /// What the server was asked for instead, if nothing asked for the resource.
    pub(crate) instead: Option<String>,
}

impl UnmetFault {
    fn of(unspent: UnspentFault<'_>, place: &str) -> Self {
        let UnspentFault { fault, met } = unspent;
        Self {
            what: format!("fault {fault} of {place}"),
            met,
            times: fault.times.map(|left| left.saturating_add(met)),
            is_expected: fault.expects_met,
            instead: None,
        }
    }
}

impl World {
    /// The faults that are not spent, except those that do nothing and of which nothing is expected.
    pub(crate) fn unmet_faults(&self) -> Vec<UnmetFault> {
        let mut unmet = Vec::new();
        let add = |unmet: &mut Vec<_>, script: &FaultScript, place: &str| {
            let counts = |it: &UnspentFault<'_>| it.fault.effect.is_some() || it.fault.expects_met;
            unmet.extend(script.unspent().filter(counts).map(|it| UnmetFault::of(it, place)));
        };
        for (origin, server) in &self.env.servers {
            add(&mut unmet, &server.script, origin);
            for (path, resource) in &server.resources {
                let place = format!("{origin}{path}");
                let first = unmet.len();
                add(&mut unmet, &resource.script, &place);
                if first < unmet.len() {
                    let instead = asked_instead(server, &place);
                    unmet.iter_mut().skip(first).for_each(|it| it.instead.clone_from(&instead));
                }
                if let Some(uploads) = &resource.uploads {
                    let (application, reply) =
                        (&uploads.application.script, &uploads.application.reply_script);
                    add(&mut unmet, application, &format!("the application of {place}"));
                    add(&mut unmet, reply, &format!("the reply of {place}"));
                }
            }
        }
        unmet
    }
}

/// How many URLs are named at most.
const MOST_URLS: usize = 3;

/// What a server was asked for, if not for that URL.
fn asked_instead(server: &ServerState, url: &str) -> Option<String> {
    let mut asked: Vec<&str> = Vec::new();
    for request in server.requests() {
        if *request.url == *url {
            return None;
        }
        if !asked.contains(&&*request.url) {
            asked.push(&request.url);
        }
    }
    asked.truncate(MOST_URLS);
    (!asked.is_empty()).then(|| format!("no request came to it, but to {}", asked.join(", ")))
}

impl fmt::Display for Fault {
    /// What goes wrong and when.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.effect {
            Some(FaultEffect { kind, phase, .. }) => write!(f, "{kind}{phase}"),
            None => f.write_str("none"),
        }
    }
}

impl fmt::Display for FaultKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Failure(failure) => failure.code().fmt(f),
            Self::ContentChange(_) => f.write_str("change of the content"),
            Self::SessionLoss => f.write_str("loss of the session"),
            Self::Rollback(next) => write!(f, "loss of what follows byte {next}"),
            Self::Redirect(status, url) => write!(f, "redirect {status} to {url}"),
            Self::Silence => f.write_str("silence"),
        }
    }
}

impl fmt::Display for Phase {
    /// Behind what happens; the usual phase is not told.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AtAnswer => Ok(()),
            Self::BeforeConnection => f.write_str(" before the connection"),
            Self::AtHead => f.write_str(" at HEAD"),
            Self::AtGet => f.write_str(" at GET"),
            Self::AfterBytes(bytes) => write!(f, " after {bytes} bytes"),
            Self::AfterPercent(percent) => write!(f, " after {percent} %"),
            Self::AtEnd => f.write_str(" at the end"),
            Self::AtPacket(kind) => write!(f, " at the packet {kind:?}"),
        }
    }
}
