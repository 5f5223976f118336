//! The transition table: T1 and T4, and nothing else, say how a job changes its state.
//!
//! Rows of one trigger stand together. Of those that hold the present state, the first whose
//! guard holds applies. A call without a row does not exist; an event without a row is ignored.
//! "Interpretation" behind a row marks what the documents leave open.

use super::trigger::{Guard, Trigger};
use crate::vocabulary::{HResult, JobState, RuleId, StateSet};

use Guard::{
    Always, BlockEnded, DelayBeyondTimeout, Eligible, Incomplete, NeedsHelperToken, NeverRetries,
    NoFile, OverHttps, PeriodOver, ReplyStarted, RestartRequeues, ResumeRefused, ResumeRequeues,
    SuspendLeaves, UploadKind, VolumeLocked,
};
use JobState::{
    Acknowledged, Cancelled, Connecting, Error, Queued, Suspended, Transferred, Transferring,
    TransientError,
};
use TransitionAction::{Refuse, Stay, To};

/// A row of the transition table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Transition {
    /// What happens.
    pub on: Trigger,
    /// In which states.
    pub from: StateSet,
    /// Under which further condition.
    pub when: Guard,
    /// What becomes of the job.
    pub then: TransitionAction,
    /// The rules that say so.
    pub rules: &'static [RuleId],
}

/// What a row of the transition table does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TransitionAction {
    /// The job enters the state.
    To(JobState),
    /// The job keeps its state.
    Stay,
    /// The call is refused with the code and changes nothing.
    Refuse(HResult),
}

const IS: TransitionAction = Refuse(HResult::BG_E_INVALID_STATE);

const FINAL: StateSet = StateSet::FINAL;
const NOT_FINAL: StateSet = StateSet::NOT_FINAL;
const ACTIVE: StateSet = StateSet::ACTIVE;
const QUEUED_OR_ACTIVE: StateSet = ACTIVE.with(Queued);
const ACTION: StateSet = QUEUED_OR_ACTIVE.with(TransientError);
const ALL: StateSet = StateSet::ALL;

const fn row(
    on: Trigger,
    from: StateSet,
    when: Guard,
    then: TransitionAction,
    rules: &'static [RuleId],
) -> Transition {
    Transition { on, from, when, then, rules }
}

const fn states<const N: usize>(states: [JobState; N]) -> StateSet {
    StateSet::of(&states)
}

#[allow(clippy::indexing_slicing, reason = "runs at compile time, where a wrong index is an error")]
const fn rules<const N: usize>(ids: [&str; N]) -> [RuleId; N] {
    let mut rules = [RuleId::new("T1"); N];
    let mut index = 0;
    while index < N {
        rules[index] = RuleId::new(ids[index]);
        index += 1;
    }
    rules
}

/// The whole machine, on one screen.
#[rustfmt::skip]
pub const TRANSITIONS: &[Transition] = &{
    use Trigger as On;
    [
        // T1: what a client asks. Resume, Suspend, Cancel and Complete are the only methods that change
        // the state by themselves (LIFE-05), and the ways out of an error (ERR-20).
        row(On::Resume, FINAL, Always, IS, &rules(["LIFE-15"])),
        row(On::Resume, states([Suspended]), NoFile, Refuse(HResult::BG_E_EMPTY), &rules(["LIFE-08"])),
        row(On::Resume, states([Suspended]), Always, To(Queued), &rules(["LIFE-07", "TIME-19"])),
        row(On::Resume, QUEUED_OR_ACTIVE, Always, Stay, &rules(["LIFE-09", "TIME-19"])),
        row(On::Resume, StateSet::ERRORS, Always, To(Queued), &rules(["LIFE-10", "TIME-04", "TIME-12", "TIME-19"])),
        row(On::Resume, states([Transferred]), Incomplete, To(Queued), &rules(["LIFE-11", "TIME-19"])),
        row(On::Resume, states([Transferred]), ResumeRefused, Refuse(HResult::BG_E_EMPTY), &rules(["LIFE-11"])),
        row(On::Resume, states([Transferred]), ResumeRequeues, To(Queued), &rules(["LIFE-11", "TIME-19"])),
        row(On::Resume, states([Transferred]), Always, Stay, &rules(["LIFE-11", "TIME-19"])),
        row(On::Suspend, FINAL, Always, IS, &rules(["LIFE-15"])),
        row(On::Suspend, states([Suspended]), Always, Stay, &rules(["LIFE-13"])),
        row(On::Suspend, ACTION, Always, To(Suspended), &rules(["LIFE-12"])),
        row(On::Suspend, states([Error, Transferred]), SuspendLeaves, To(Suspended), &rules(["LIFE-14"])),
        row(On::Suspend, states([Error, Transferred]), Always, Stay, &rules(["LIFE-14"])),
        row(On::Cancel, FINAL, Always, IS, &rules(["LIFE-15"])),
        row(On::Cancel, NOT_FINAL, Always, To(Cancelled), &rules(["LIFE-16", "DONE-12"])),
        row(On::Complete, FINAL, Always, IS, &rules(["LIFE-04", "T1"])),
        row(On::Complete, NOT_FINAL.without(Transferred), UploadKind, IS, &rules(["DONE-03"])),
        row(On::Complete, NOT_FINAL, Always, To(Acknowledged), &rules(["LIFE-17", "DONE-02"])),
        row(On::CompleteRenameFailed, FINAL, Always, IS, &rules(["LIFE-04", "T1"])),
        row(On::CompleteRenameFailed, NOT_FINAL.without(Transferred), UploadKind, IS, &rules(["DONE-03"])),
        row(On::CompleteRenameFailed, NOT_FINAL, Always, Stay, &rules(["DONE-07"])), // outside TRANSFERRED too: interpretation
        row(On::AddFile, FINAL, Always, IS, &rules(["LIFE-28"])), // interpretation
        row(On::AddFile, NOT_FINAL, Always, Stay, &rules(["FILES-01"])),
        row(On::Set, FINAL, Always, IS, &rules(["LIFE-28"])), // interpretation where a page lists no code
        row(On::Set, NOT_FINAL, Always, Stay, &rules(["T1"])), // PROP-01; in ERROR too, to mend it: LIFE-25
        row(On::SetFileAclFlags, FINAL.with(Transferred), Always, IS, &rules(["FILES-32"])),
        row(On::SetFileAclFlags, NOT_FINAL.without(Transferred), Always, Stay, &rules(["FILES-32"])),
        row(On::SetReplyFileName, FINAL.with(Transferred), Always, IS, &rules(["UPLOAD-09"])), // interpretation for states after the reply
        row(On::SetReplyFileName, NOT_FINAL.without(Transferred), ReplyStarted, IS, &rules(["UPLOAD-09"])),
        row(On::SetReplyFileName, NOT_FINAL.without(Transferred), Always, Stay, &rules(["UPLOAD-09"])),
        row(On::GetReplyData, ALL.without(Transferred).without(Acknowledged), Always, IS, &rules(["UPLOAD-11"])),
        row(On::GetReplyData, states([Transferred, Acknowledged]), Always, Stay, &rules(["UPLOAD-11"])), // after Complete too: interpretation
        row(On::MakeCustomHeadersWriteOnly, ALL, Always, Stay, &rules(["PROP-25"])), // in a final state too: it always succeeds
        row(On::CheckSwitchedOn, FINAL, Always, IS, &rules(["LIFE-28"])),
        row(On::CheckSwitchedOn, ACTIVE, OverHttps, To(Queued), &rules(["HTTP-16"])),
        row(On::CheckSwitchedOn, NOT_FINAL, Always, Stay, &rules(["PROP-20"])),
        row(On::ValidationFailed, FINAL, Always, IS, &rules(["LIFE-28"])),
        row(On::ValidationFailed, NOT_FINAL, Always, To(Error), &rules(["DONE-20"])),
        row(On::SetCertificateCallback, FINAL, Always, IS, &rules(["LIFE-28"])),
        row(On::SetCertificateCallback, ACTION, Always, Refuse(HResult::BG_E_READ_ONLY_WHEN_JOB_ACTIVE), &rules(["PROP-26"])),
        row(On::SetCertificateCallback, states([Suspended, Error, Transferred]), Always, Stay, &rules(["PROP-26"])), // the three paused states: interpretation
        // T4: what the world does.
        row(On::Picked, states([Queued]), Eligible, To(Connecting), &rules(["LIFE-18"])),
        row(On::Connected, states([Connecting]), Always, To(Transferring), &rules(["LIFE-18"])),
        row(On::SizeKnown, ACTIVE, Always, Stay, &rules(["PROGRESS-03"])),
        row(On::HeadersReceived, ACTIVE, Always, Stay, &rules(["PROGRESS-17"])),
        row(On::Redirected, ACTIVE, Always, Stay, &rules(["HTTP-12"])),
        row(On::CertificateReceived, ACTIVE, Always, Stay, &rules(["PROP-27"])),
        row(On::FileRestarted, ACTIVE, Always, Stay, &rules(["PROGRESS-07"])),
        row(On::Progressed, states([Transferring]), Always, Stay, &rules(["PROGRESS-05"])),
        row(On::AllTransferred, states([Transferring]), Always, To(Transferred), &rules(["LIFE-20"])),
        row(On::SliceOver, ACTIVE, Always, To(Queued), &rules(["SCHED-05", "SCHED-07"])), // a preempted job is QUEUED: interpretation
        row(On::RecoverableFailure, ACTIVE, NeverRetries, To(Error), &rules(["TIME-07", "PROP-39"])),
        row(On::RecoverableFailure, ACTIVE, PeriodOver, To(Error), &rules(["TIME-06"])), // over during the attempt: interpretation
        row(On::RecoverableFailure, ACTIVE, DelayBeyondTimeout, To(Error), &rules(["TIME-08"])),
        row(On::RecoverableFailure, states([Connecting]), Always, To(TransientError), &rules(["LIFE-18", "ERR-14"])),
        row(On::RecoverableFailure, states([Transferring]), Always, To(TransientError), &rules(["LIFE-19", "ERR-14"])),
        row(On::FatalFailure, states([Connecting]), Always, To(Error), &rules(["LIFE-18", "ERR-15"])), // interpretation
        row(On::FatalFailure, states([Transferring]), Always, To(Error), &rules(["LIFE-19", "ERR-15"])),
        row(On::VolumeLocked, ACTIVE, NeverRetries, To(Error), &rules(["NET-07", "TIME-07"])),
        row(On::VolumeLocked, ACTIVE, PeriodOver, To(Error), &rules(["NET-07", "TIME-06"])),
        row(On::VolumeLocked, ACTIVE, Always, To(TransientError), &rules(["NET-07", "TIME-10"])),
        row(On::RetryDelayElapsed, states([TransientError]), Always, To(Queued), &rules(["TIME-01", "LIFE-21"])), // QUEUED first, so that priorities apply: interpretation
        row(On::NoProgressTimeoutElapsed, states([TransientError]), Always, To(Error), &rules(["TIME-06", "LIFE-22"])),
        row(On::MaximumDownloadTimeExceeded, ACTIVE, Always, To(Error), &rules(["TIME-18"])),
        row(On::InactivityTimeoutElapsed, NOT_FINAL, Always, To(Cancelled), &rules(["TIME-20"])),
        row(On::NetworkLost, QUEUED_OR_ACTIVE, NeverRetries, To(Error), &rules(["NET-04", "TIME-07"])), // these causes too: interpretation
        row(On::NetworkLost, QUEUED_OR_ACTIVE, PeriodOver, To(Error), &rules(["NET-04", "TIME-06"])),
        row(On::NetworkLost, QUEUED_OR_ACTIVE, Always, To(TransientError), &rules(["NET-04"])), // CONNECTING too: interpretation
        row(On::NetworkLost, NOT_FINAL.minus(QUEUED_OR_ACTIVE), Always, Stay, &rules(["NET-04"])),
        row(On::NetworkRestored, states([TransientError]), Always, To(Queued), &rules(["NET-05"])),
        row(On::NetworkRestored, NOT_FINAL.without(TransientError), Always, Stay, &rules(["NET-05"])),
        row(On::VolumeUnlocked, states([TransientError]), VolumeLocked, To(Queued), &rules(["NET-07"])),
        row(On::Blocked, ACTION, NeverRetries, To(Error), &rules(["TIME-07"])),
        row(On::Blocked, ACTION, PeriodOver, To(Error), &rules(["TIME-06"])),
        row(On::Blocked, ACTION, Always, To(TransientError), &rules(["TIME-10"])), // TRANSIENT_ERROR too: interpretation
        row(On::Blocked, NOT_FINAL.minus(ACTION), Always, Stay, &rules(["T4"])),
        row(On::Unblocked, states([TransientError]), BlockEnded, To(Queued), &rules(["LIFE-21"])),
        row(On::Unblocked, NOT_FINAL, Always, Stay, &rules(["T4"])),
        row(On::OwnerLoggedOff, NOT_FINAL.without(Error), NeedsHelperToken, To(Error), &rules(["NET-12"])), // SUSPENDED too, ERROR not: interpretation
        row(On::OwnerLoggedOff, ACTIVE, Always, To(Queued), &rules(["NET-10"])), // not SUSPENDED: interpretation
        row(On::OwnerLoggedOff, NOT_FINAL.minus(ACTIVE), Always, Stay, &rules(["NET-10"])),
        row(On::OwnerLoggedOn, NOT_FINAL, Always, Stay, &rules(["NET-11"])),
        row(On::AttemptImpossible, states([Connecting]), Always, To(Error), &rules(["ERR-15"])), // interpretation
        row(On::RangesTransferred, states([Transferring]), Always, To(Suspended), &rules(["LIFE-26"])),
        row(On::NotificationStarted, ALL, Always, Stay, &rules(["NOTIFY-14"])),
        row(On::NotificationReturned, ALL, Always, Stay, &rules(["NOTIFY-20"])),
        row(On::ProgramExited, NOT_FINAL, Always, Stay, &rules(["NOTIFY-27"])),
        row(On::NotificationRepeatElapsed, NOT_FINAL, Always, Stay, &rules(["TIME-26"])),
        row(On::NotificationIntervalElapsed, ALL, Always, Stay, &rules(["NOTIFY-12"])),
        row(On::ClientExited, ALL, Always, Stay, &rules(["ERR-07", "LIFE-29"])),
        row(On::CallbackLost, ALL, Always, Stay, &rules(["NOTIFY-18"])),
        row(On::ServiceRestarted, ACTIVE, Always, To(Queued), &rules(["LIFE-30"])), // interpretation
        row(On::ServiceRestarted, states([TransientError]), RestartRequeues, To(Queued), &rules(["LIFE-30"])),
        row(On::ServiceRestarted, ALL.minus(ACTIVE), Always, Stay, &rules(["LIFE-29", "LIFE-30"])), // TRANSIENT_ERROR too: interpretation
        row(On::ClockChanged, ALL, Always, Stay, &rules(["TIME-05"])),
        row(On::UploadCancelled, states([Cancelled]), Always, Stay, &rules(["DONE-17"])),
    ]
};

/// Where the rows of each trigger stand in the table.
#[allow(clippy::indexing_slicing, reason = "runs at compile time, where a wrong index is an error")]
const ROWS: [(usize, usize); Trigger::ALL.len()] = {
    let mut rows = [(0, 0); Trigger::ALL.len()];
    let mut next = 0;
    let mut trigger = 0;
    while trigger < Trigger::ALL.len() {
        let first = next;
        while next < TRANSITIONS.len() && TRANSITIONS[next].on as usize == trigger {
            next += 1;
        }
        assert!(first < next, "every trigger has rows, in the order of the triggers");
        rows[trigger] = (first, next);
        trigger += 1;
    }
    assert!(next == TRANSITIONS.len(), "the rows of one trigger stand together");
    rows
};

/// The rows of a trigger, in the order in which they are tried.
#[must_use]
pub fn transitions_on(trigger: Trigger) -> &'static [Transition] {
    let (first, end) = ROWS.get(trigger as usize).copied().unwrap_or_default();
    TRANSITIONS.get(first..end).unwrap_or_default()
}
