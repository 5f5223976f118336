//! What the client's program does, and whether it can be said in such a scenario.

use super::scope::Scope;
use super::{wrong, wrong_if};
use crate::scenario::ast::{ClientAction, ClientStatement};
use crate::scenario::problem::Diagnosis;

pub(super) fn client(client: &ClientStatement, scope: &Scope) -> Option<Diagnosis> {
    which(client, scope).or_else(|| what(&client.what, scope))
}

/// Whether it is clear which job a call is made on.
fn which(ClientStatement { job, what, .. }: &ClientStatement, scope: &Scope) -> Option<Diagnosis> {
    match (job, what) {
        // A call that was lost may have been one on a job that is not known.
        (_, ClientAction::Lost(..)) if what.is_of_a_job() => scope.names(job.as_deref()),
        _ if what.is_of_a_job() => scope.resolves(job.as_deref()),
        (Some(_), _) => wrong("this is no call on a job", "write the line without the name of one"),
        (None, _) => None,
    }
}

fn what(what: &ClientAction, scope: &Scope) -> Option<Diagnosis> {
    match what {
        ClientAction::Reads(method, expectation) => {
            if !ClientAction::fits(*method, expectation) {
                let cause = format!("{method} does not return that");
                return wrong(cause, "write for example `GetState returns TRANSFERRED`");
            }
            super::steps::expectation(expectation, scope)
        }
        ClientAction::Refused(_, code) | ClientAction::Lost(_, code) if code.is_success() => {
            wrong("a call that fails does not return a success code", "write for example E_FAIL")
        }
        ClientAction::Refused(method, _) => wrong_if(
            !ClientAction::REFUSABLE.contains(method),
            "it is not known when that is refused",
            "write the call with its code, such as `resume -> BG_E_EMPTY`; only GetError, GetReplyProgress and \
             GetJob are refused to be read",
        ),
        ClientAction::Starts
        | ClientAction::Killed
        | ClientAction::Succeeds
        | ClientAction::Fails(_)
        | ClientAction::Panics(_) => wrong_if(
            !scope.by_hand,
            "in this scenario clients have no program that starts and ends",
            "write for example `alice exits` for the end of her processes, or `by hand` at the top",
        ),
        ClientAction::IsLate | ClientAction::Waits(_) => wrong_if(
            !scope.by_hand,
            "in this scenario time passes for all",
            "write for example `advance 60 s`, or `by hand` at the top",
        ),
        ClientAction::Lost(..)
        | ClientAction::Stores(..)
        | ClientAction::Removes(_)
        | ClientAction::Finds(..)
        | ClientAction::FindsNone(_) => None,
    }
}
