//! What a client is told: the stream of notifications, judged from what it registered for.

use bits_emulator::accounts::{Sid, Token};
use bits_emulator::machine::{
    Call, CallbackInterface, ComputerEvent, Deadline, DueNotification, Event, FileIndex,
    JobOptions, JobStateMachine, Recipient,
};
use bits_emulator::settings::JobProperty;
use bits_emulator::{FileRange, HResult, Notification, NotifyFlags};
use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use super::invariants::{files, grew};
use super::telling::{
    Failed, Told, flag_of, interval, is_heard, is_in_turn, is_result, place, result_of,
};
use crate::common::*;
use crate::trace::Step;

/// What is noted of a client and of what it heard.
#[derive(Clone)]
pub(crate) struct Listener {
    flags: NotifyFlags,
    callback: Option<(CallbackInterface, Sid)>,
    class: Option<(Uuid, Sid)>,
    command_line: Option<Sid>,
    /// The object that heard of the present result is no longer valid (NOTIFY-16).
    pub(super) lost: bool,
    /// FileTransferred, JobTransferred or JobError, on its way by that recipient.
    pub(super) in_turn: Option<(Notification, Recipient)>,
    /// What it is about is over (NOTIFY-21).
    pub(super) outdated: bool,
    /// What became of the result of the present stay in TRANSFERRED or ERROR.
    pub(super) result: Option<Told>,
    /// Entries into TRANSFERRED and into ERROR, and deliveries that were heard of each.
    entries: [u32; 2],
    heard: [u32; 2],
    registrations: u32,
    /// Something changed since the last JobModification.
    pub(super) changed: bool,
    /// When the last one began, with the interval since then.
    pub(super) modified: Option<(DateTime<Utc>, u32)>,
    pub(super) failed: Option<Failed>,
    /// Told already, of each file.
    pub(super) ranges: Vec<(FileIndex, FileRange)>,
}

impl Listener {
    pub(crate) fn new(options: &JobOptions) -> Self {
        Self {
            flags: JobStateMachine::new(*options, start()).notify_flags(),
            callback: None,
            class: None,
            command_line: None,
            lost: false,
            in_turn: None,
            outdated: false,
            result: None,
            entries: [0; 2],
            heard: [0; 2],
            registrations: 0,
            changed: false,
            modified: None,
            failed: None,
            ranges: Vec::new(),
        }
    }

    /// Follows a step by that caller of a job of that owner. Says which rule it broke, if it did.
    pub(crate) fn follow(&mut self, step: &Step, by: Token, owner: Sid) -> Option<&'static str> {
        let mut broken = None;
        match step.event() {
            Some(Event::NotificationStarted(told)) => broken = self.begin(step, *told),
            Some(Event::NotificationReturned(told, code)) => self.end(step, *told, *code),
            Some(Event::ProgramExited(code)) => self.end_program(step, *code),
            Some(Event::ClientExited | Event::CallbackLost) => self.lose_object(),
            Some(Event::Computer(ComputerEvent::ServiceRestarted)) => {
                self.lose_object();
                (self.in_turn, self.modified) = (None, None);
            }
            _ => {}
        }
        if let Some(call) = step.accepted() {
            self.note_call(call, by);
        }
        self.note_changes(step);
        let checks = [
            (
                "INV-17, NOTIFY-22",
                (0..2).all(|k| self.heard[k] <= self.entries[k] + self.registrations),
            ),
            ("INV-18", self.the_result_is_told(&step.after)),
            ("NOTIFY-20", self.failures_are_told_again(&step.after, owner)),
            ("TIME-26", self.repeats_wait_for_the_delay(step)),
        ];
        let wrong = step.after.due_notifications().find_map(|due| self.wrong(&due, owner));
        let failed = checks.into_iter().find(|(_, holds)| !holds).map(|(rule, _)| rule);
        broken.or(wrong).or(failed)
    }

    /// Why something must not be due, if it must not.
    fn wrong(&self, due: &DueNotification, owner: Sid) -> Option<&'static str> {
        let DueNotification { notification: told, recipient, user } = *due;
        let result = self.result.unwrap_or_default();
        let way = match recipient {
            Recipient::Callback => self
                .callback
                .is_some_and(|(interface, by)| interface >= told.interface() && by == user),
            Recipient::ComClass(clsid) => self.class == Some((clsid, user)),
            Recipient::CommandLine => self.command_line == Some(user),
        };
        let by_program = recipient == Recipient::CommandLine;
        let object = |interface| self.callback.is_some_and(|(known, _)| known >= interface);
        let skipped = matches!(recipient, Recipient::ComClass(_)) && object(told.interface());
        let present = match told {
            Notification::JobError => self.entries[1] > 0,
            _ => true,
        };
        let has_object = object(CallbackInterface::Callback) || self.class.is_some();
        let checks = [
            ("INV-19", !self.flags.contains(NotifyFlags::DISABLE)),
            ("NOTIFY-01", self.flags.contains(flag_of(told))),
            ("NOTIFY-17, NOTIFY-18, NOTIFY-19, NOTIFY-30", way),
            ("NOTIFY-23", !skipped),
            ("INV-16", present),
            ("INV-16, NOTIFY-21", !is_result(told) || self.result.is_some()),
            ("INV-17, NOTIFY-22", !is_result(told) || !result.heard),
            ("INV-20", !is_in_turn(told) || self.in_turn.is_none()),
            ("INV-20", is_result(told) || !is_in_turn(told) || !result.begun),
            ("INV-21, NOTIFY-25", !by_program || is_result(told)),
            ("INV-21, NOTIFY-26", !by_program || !result.heard),
            ("NOTIFY-26", !by_program || !has_object || result.failed),
            ("NOTIFY-27", !by_program || !result.ended_well),
            ("INV-21, NOTIFY-28", !by_program || !owner.is_system_account()),
            ("INV-23, NOTIFY-06", told != Notification::JobModification || self.changed),
        ];
        checks.into_iter().find(|(_, holds)| !holds).map(|(rule, _)| rule)
    }

    fn begin(&mut self, step: &Step, told: Notification) -> Option<&'static str> {
        let mut due = step.before.due_notifications();
        let Some(due) = due.find(|due| due.notification == told) else { return Some("NOTIFY-14") };
        let early = self.failed.filter(|failed| failed.told == told && failed.by == due.recipient);
        let waited = |failed: Failed| step.now - failed.at;
        let early =
            early.is_some_and(|failed| waited(failed) < TimeDelta::seconds(failed.delay.into()));
        if is_in_turn(told) {
            (self.in_turn, self.outdated) = (Some((told, due.recipient)), false);
            self.failed = None;
        }
        if is_result(told) {
            let result = self.result.get_or_insert_default();
            result.begun = true;
            result.called |= due.recipient != Recipient::CommandLine;
            result.by_class = matches!(due.recipient, Recipient::ComClass(_));
            if due.recipient == Recipient::CommandLine && self.entries[place(told)] == 0 {
                return Some("INV-21");
            }
        }
        let again = match told {
            Notification::JobModification => self.tell_modification(step),
            Notification::FileRangesTransferred(file) => self.tell_ranges(&step.before, file),
            _ => None,
        };
        early.then_some("TIME-26, NOTIFY-27").or(again)
    }

    /// NOTIFY-12: a new interval may take effect late.
    fn tell_modification(&mut self, step: &Step) -> Option<&'static str> {
        self.changed = false;
        let early = self
            .modified
            .is_some_and(|(at, least)| step.now - at < TimeDelta::milliseconds(least.into()));
        self.modified = Some((step.now, interval(&step.after)));
        early.then_some("NOTIFY-12")
    }

    /// NOTIFY-10: no byte twice.
    fn tell_ranges(&mut self, job: &JobStateMachine, file: FileIndex) -> Option<&'static str> {
        let new: Vec<_> = job.untold_file_ranges(file).into_iter().map(|r| (file, r)).collect();
        let meets = |(one, range): &(FileIndex, FileRange), other: &(FileIndex, FileRange)| {
            let before =
                |a: &FileRange, b: &FileRange| a.initial_offset + a.length <= b.initial_offset;
            *one == other.0 && !before(range, &other.1) && !before(&other.1, range)
        };
        let twice = new.iter().any(|range| self.ranges.iter().any(|known| meets(range, known)));
        let none = new.is_empty();
        self.ranges.extend(new);
        (twice || none).then_some("NOTIFY-10")
    }

    fn end(&mut self, step: &Step, told: Notification, code: HResult) {
        let Some((known, by)) = self.in_turn else { return };
        if known != told || by == Recipient::CommandLine {
            return;
        }
        self.in_turn = None;
        let heard = is_heard(told, code);
        if self.outdated {
            return;
        }
        if let Some(result) = self.result.as_mut().filter(|_| is_result(told)) {
            result.heard |= heard;
            result.failed |= !heard;
            // NOTIFY-20: it is the turn of the program, whatever it did before.
            result.ended_well &= heard;
            self.heard[place(told)] += u32::from(heard);
        }
        if !heard {
            self.note_failure(step, told, by);
        }
    }

    fn end_program(&mut self, step: &Step, code: u32) {
        let Some((told, Recipient::CommandLine)) = self.in_turn else { return };
        self.in_turn = None;
        if self.outdated {
            return;
        }
        if let Some(result) = &mut self.result {
            result.ended_well |= code == 0;
        }
        if code != 0 {
            self.note_failure(step, told, Recipient::CommandLine);
        }
    }

    fn note_failure(&mut self, step: &Step, told: Notification, by: Recipient) {
        let delay = step.after.minimum_retry_delay();
        self.failed = Some(Failed { told, by, at: step.now, delay });
    }

    /// NOTIFY-18
    fn lose_object(&mut self) {
        self.lost |= self.callback.is_some();
        self.callback = None;
        self.failed = None;
        if let Some((_, Recipient::Callback)) = self.in_turn {
            self.in_turn = None;
        }
    }

    fn note_call(&mut self, call: &Call, by: Token) {
        let listening = match call {
            Call::SetNotifyFlags(flags) => {
                self.flags = *flags;
                true
            }
            Call::SetNotifyInterface(interface) => {
                self.register(*interface, by);
                true
            }
            Call::SetNotifyCmdLine { program, .. } => {
                self.command_line = program.as_ref().map(|_| by.user);
                if let Some(result) = &mut self.result {
                    result.ended_well = false;
                }
                true
            }
            Call::SetProperty(JobProperty::NotificationClsid(clsid)) => {
                self.class = (!clsid.is_nil()).then_some((*clsid, by.user));
                self.registrations += 1;
                true
            }
            Call::TakeOwnership(_) => {
                self.command_line = None; // SEC-07
                true
            }
            _ => false,
        };
        if listening {
            self.failed = None;
        }
    }

    /// NOTIFY-16, NOTIFY-17
    fn register(&mut self, interface: Option<CallbackInterface>, by: Token) {
        self.callback = interface.map(|interface| (interface, by.user));
        if interface.is_none() {
            return;
        }
        self.registrations += 1;
        self.outdated |= self.in_turn.is_some_and(|(_, by)| by == Recipient::CommandLine);
        if std::mem::take(&mut self.lost)
            && let Some(result) = self.result.as_mut().filter(|result| !result.by_class)
        {
            (result.called, result.heard) = (false, false);
        }
    }

    fn note_changes(&mut self, step: &Step) {
        let Step { before, after, .. } = step;
        for state in step.entered() {
            let told = result_of(state);
            self.result = told.map(|_| Told::default());
            if let Some(told) = told {
                self.entries[place(told)] += 1;
            }
            // NOTIFY-06: these two are told otherwise.
            self.changed |= told.is_none();
            self.outdated |= self.in_turn.is_some_and(|(told, _)| is_result(told));
            if self.failed.is_some_and(|failed| is_result(failed.told)) {
                self.failed = None;
            }
        }
        if after.state().is_final() {
            (self.in_turn, self.failed) = (None, None);
        }
        // That the reply begins is progress too, if it is empty and the upload as well.
        let replied = before.reply_progress() != after.reply_progress();
        self.changed |= step.accepted().is_some() || grew(before, after) || replied;
        let delay = after.minimum_retry_delay();
        if let Some(failed) = &mut self.failed {
            failed.delay = failed.delay.min(delay);
        }
        if let Some((_, least)) = &mut self.modified {
            *least = (*least).min(interval(after));
        }
        // What begins at zero may be told again.
        for (((_, old), (_, new)), file) in files(before).zip(files(after)).zip(0..) {
            let invalid = Call::SetValidationState(FileIndex(file), false);
            if new < old || step.accepted() == Some(&invalid) {
                self.ranges.retain(|(known, _)| *known != FileIndex(file));
                let of_file = Notification::FileTransferred(FileIndex(file));
                self.failed = self.failed.filter(|failed| failed.told != of_file);
                self.outdated |= self.in_turn.is_some_and(|(told, _)| told == of_file);
            }
        }
    }

    /// INV-18: also of JobError (NOTIFY-14): it is due, or what comes before it, or its time will
    /// come.
    fn the_result_is_told(&self, job: &JobStateMachine) -> bool {
        let Some(told) = result_of(job.state()) else { return true };
        let wanted =
            self.flags.contains(flag_of(told)) && !self.flags.contains(NotifyFlags::DISABLE);
        let called = self.result.is_some_and(|result| result.called);
        let comes = self.in_turn.is_some()
            || job.deadline(Deadline::NotificationRepeat).is_some()
            || job.due_notifications().any(|due| is_in_turn(due.notification));
        !wanted || self.callback.is_none() || called || comes
    }

    /// With a command line that runs in its stead at once, else after the delay.
    fn failures_are_told_again(&self, job: &JobStateMachine, owner: Sid) -> bool {
        let Some(Failed { told, by, .. }) = self.failed else { return true };
        let program = self.command_line.is_some() && !owner.is_system_account();
        let at_once = is_result(told) && program && by != Recipient::CommandLine;
        let wanted =
            self.flags.contains(flag_of(told)) && !self.flags.contains(NotifyFlags::DISABLE);
        let due = |way: fn(Recipient) -> bool| {
            job.due_notifications().any(|due| due.notification == told && way(due.recipient))
        };
        let object = self.callback.is_some_and(|(known, _)| known >= told.interface());
        let anybody = object || self.class.is_some() || is_result(told) && program;
        if !wanted || !anybody {
            true
        } else if at_once {
            due(|way| way == Recipient::CommandLine)
        } else {
            // NOTIFY-08: or another file comes before it, which was transferred again (DONE-20).
            job.due_notifications().any(|due| is_in_turn(due.notification))
                || job.deadline(Deadline::NotificationRepeat).is_some()
        }
    }

    /// NOTIFY-20, NOTIFY-27: a repeat comes at least the retry delay after the failure.
    fn repeats_wait_for_the_delay(&self, step: &Step) -> bool {
        let at = step.after.deadline(Deadline::NotificationRepeat);
        let Some((at, failed)) = at.zip(self.failed) else { return true };
        let delay = TimeDelta::seconds(step.after.minimum_retry_delay().into());
        at == failed.at + delay
    }
}
