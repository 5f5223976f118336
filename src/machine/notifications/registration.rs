//! The client says of what it wants to hear, and by which way.

use std::sync::Arc;

use uuid::Uuid;

use super::config::CommandLine;
use super::delivery_state::{Callback, DeliveryState};
use crate::machine::JobStateMachine;
use crate::machine::settings::http_options::LongestText;
use crate::vocabulary::errors::ensure;
use crate::vocabulary::text::names;
use crate::vocabulary::{
    CallbackInterface, Error, HResult, Method, Notification, NotifyFlags, Recipient, Sid, rule,
};

/// MAX_PATH (NOTIFY-24).
const PROGRAM: LongestText = LongestText::new("program", 260, HResult::BG_E_STRING_TOO_LONG);
/// NOTIFY-24
const PARAMETERS: LongestText =
    LongestText::new("parameters", 4_000, HResult::BG_E_STRING_TOO_LONG);

impl JobStateMachine {
    /// NOTIFY-02
    pub(crate) fn check_notify_flags(flags: NotifyFlags) -> Result<(), Error> {
        let (known, method) = (NotifyFlags::all().contains(flags), Method::SetNotifyFlags);
        let problem = "a flag is not defined; those up to 0x20 are";
        let error = Error::invalid(method, problem, HResult::E_NOTIMPL, rule!("NOTIFY-02"));
        ensure(known, error)
    }

    /// NOTIFY-24. The code for parameters without a program is an interpretation.
    pub(crate) fn check_command_line(
        program: Option<&str>,
        parameters: Option<&str>,
    ) -> Result<(), Error> {
        let (method, rule) = (Method::SetNotifyCmdLine, rule!("NOTIFY-24"));
        names::check_command_line(program, parameters)
            .map_err(|problem| Error::invalid(method, problem, HResult::E_INVALIDARG, rule))?;
        PROGRAM.check(method, program.unwrap_or_default(), rule)?;
        PARAMETERS.check(method, parameters.unwrap_or_default(), rule)
    }

    /// NOTIFY-21: a cleared flag ends repeats, and forgets changes not told yet.
    pub(crate) fn change_notify_flags(&mut self, flags: NotifyFlags) {
        self.change_settings(|known| known.notify_flags = flags);
        self.live.deliveries.modification.pending &= self.wants(NotifyFlags::JOB_MODIFICATION);
        self.live.deliveries.ranges.pending &= self.wants(NotifyFlags::FILE_RANGES_TRANSFERRED);
        let wanted = |(notification, _): (Notification, _)| self.wants(notification.flag());
        if !self.live.deliveries.unheard.is_some_and(wanted) {
            self.forget_repeat();
        }
    }

    /// NOTIFY-17: the last caller wins. NOTIFY-14: a new object is told what no object heard yet,
    /// at once: an interpretation, whatever a program did before. NOTIFY-16: and what the old one
    /// heard, if that became invalid since; not if it was replaced, an interpretation.
    pub(crate) fn change_callback(&mut self, interface: Option<CallbackInterface>, by: Sid) {
        self.live.deliveries.callback = interface.map(|interface| Callback { interface, user: by });
        if interface.is_none() {
            return;
        }
        if self.live.deliveries.unheard.is_some_and(|(_, way)| way == Recipient::Callback) {
            self.forget_repeat();
        }
        let lost = std::mem::take(&mut self.live.deliveries.lost);
        if lost && self.live.deliveries.result == DeliveryState::Told(Recipient::Callback) {
            self.live.deliveries.result = DeliveryState::Pending;
        }
        self.offer_object();
    }

    /// NOTIFY-23: a class stands in for the callback; the last one set wins, and nil clears it.
    pub(crate) fn change_class(&mut self, clsid: Uuid, by: Sid) {
        self.config_mut().notify.class = (!clsid.is_nil()).then_some((clsid, by));
        if !clsid.is_nil() && self.live.deliveries.callback.is_none() {
            self.offer_object();
        }
    }

    /// There is an object now that was never called, whatever the program did (NOTIFY-14, NOTIFY-26).
    fn offer_object(&mut self) {
        self.live.deliveries.result = match self.live.deliveries.result {
            DeliveryState::Told(Recipient::CommandLine) => DeliveryState::PendingToObject,
            DeliveryState::PendingToCommandLine => DeliveryState::Pending,
            unchanged => unchanged,
        };
    }

    /// NOTIFY-24: a null program removes it.
    pub(crate) fn change_command_line(
        &mut self,
        program: Option<&Arc<str>>,
        parameters: Option<&Arc<str>>,
        by: Sid,
    ) {
        self.config_mut().notify.command_line = program.map(|program| {
            let (program, parameters) = (Arc::clone(program), parameters.map(Arc::clone));
            CommandLine { program, parameters, user: by }
        });
    }

    /// Returns what the registered object implements (`GetNotifyInterface`), while it is usable
    /// (NOTIFY-17, NOTIFY-18).
    #[must_use]
    pub fn notify_interface(&self) -> Option<CallbackInterface> {
        self.live.deliveries.callback.map(|known| known.interface)
    }

    /// Returns program and parameters of the command line (`GetNotifyCmdLine`), two empty texts if none
    /// was set (NOTIFY-29).
    #[must_use]
    pub fn notify_cmd_line(&self) -> (&str, &str) {
        match &self.config.notify.command_line {
            Some(line) => (&line.program, line.parameters.as_deref().unwrap_or_default()),
            None => ("", ""),
        }
    }
}
