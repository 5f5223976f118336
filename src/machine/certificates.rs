//! The client's own check of server certificates (PROP-26 to PROP-29).

use std::sync::Arc;

use super::JobStateMachine;
use super::input::call::ValidationInterface;
use super::input::failure::Failure;
use super::input::outcome::{Effect, Outcome};
use super::time::moment::Moment;
use super::transitions::trigger::Trigger;
#[cfg(feature = "serde")]
use crate::vocabulary::text::serial::is_default;
use crate::vocabulary::{Error, ErrorContext, HResult, Method, RuleId};

/// A server, as `host:port`, and the hash of the certificate that it showed.
type Certificate = (Arc<str>, Arc<[u8]>);

#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(transparent))]
pub(super) struct CertificateCheck(Option<Arc<Check>>);

#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(deny_unknown_fields))]
struct Check {
    /// The client's object can be called; it ends with the client's process (NET-13).
    #[cfg_attr(feature = "serde", serde(skip))]
    usable: bool,
    /// Accepted since the object was set (PROP-29).
    #[cfg_attr(feature = "serde", serde(default, skip_serializing_if = "is_default"))]
    accepted: Vec<Certificate>,
    /// The client was asked about it.
    #[cfg_attr(feature = "serde", serde(skip))]
    asked: Option<Certificate>,
}

impl CertificateCheck {
    /// PROP-26: the last caller wins, and null removes it; either way nothing is accepted any more
    /// (PROP-29).
    pub(super) fn set(&mut self, interface: ValidationInterface) {
        self.0 = match interface {
            ValidationInterface::Callback => {
                Some(Arc::new(Check { usable: true, ..Check::default() }))
            }
            ValidationInterface::Null | ValidationInterface::Wrong => None,
        };
    }

    /// NET-13: the object is not persisted; that a check is wanted is. What was accepted stays so:
    /// our reading. Says whether it was just asked.
    pub(super) fn lose_callback(&mut self) -> bool {
        let Some(check) = &mut self.0 else { return false };
        let check = Arc::make_mut(check);
        check.usable = false;
        check.asked.take().is_some()
    }

    /// Whoever was asked needs not answer any more.
    pub(super) fn end_attempt(&mut self) {
        if self.0.as_ref().is_some_and(|check| check.asked.is_some())
            && let Some(check) = &mut self.0
        {
            Arc::make_mut(check).asked = None;
        }
    }
}

impl JobStateMachine {
    /// PROP-26
    pub(super) fn admit_validation(interface: ValidationInterface) -> Result<(), Error> {
        match interface {
            ValidationInterface::Null | ValidationInterface::Callback => Ok(()),
            ValidationInterface::Wrong => Err(Error::InvalidArgument {
                method: Method::SetServerCertificateValidationInterface,
                problem: "the object lacks the interface of the certificate callback",
                code: HResult::E_NOINTERFACE,
                rule: const { RuleId::new("PROP-26") },
            }),
        }
    }

    /// PROP-27: the certificate passed the system's own checks (HTTP-11); now the client is asked,
    /// unless it accepted it before (PROP-29). If it cannot be asked the job fails (PROP-28), fatally:
    /// our reading.
    pub(super) fn certificate_received(
        &mut self,
        certificate: Certificate,
        now: Moment,
        out: &mut Outcome,
    ) {
        self.fire(Trigger::CertificateReceived, now, out);
        let Some(check) = self.certificates.0.as_mut().filter(|_| !out.was_ignored()) else {
            return;
        };
        if check.accepted.contains(&certificate) {
            out.rules.add(const { RuleId::new("PROP-29") });
        } else if check.usable {
            Arc::make_mut(check).asked = Some(certificate);
            out.effects.add(Effect::CheckCertificate);
        } else {
            self.miss_certificate_callback(now, out);
        }
    }

    fn miss_certificate_callback(&mut self, now: Moment, out: &mut Outcome) {
        out.rules.add(const { RuleId::new("PROP-28") });
        let code = HResult::BG_E_SERVER_CERT_VALIDATION_INTERFACE_REQUIRED;
        self.fail_fatally(code, ErrorContext::ServerCertificateCallback, now, out);
    }

    /// The object is gone with its process. A check that breaks off is one that cannot be made.
    pub(super) fn lose_certificate_callback(&mut self, now: Moment, out: &mut Outcome) {
        if self.certificates.lose_callback() && self.state.is_active() {
            self.miss_certificate_callback(now, out);
        }
    }

    /// PROP-27, PROP-29: a certificate that the client accepts is accepted for the life of its
    /// callback; one that it declines fails this attempt with its code.
    pub(super) fn certificate_checked(&mut self, code: HResult, now: Moment, out: &mut Outcome) {
        let Some(check) = &mut self.certificates.0 else { return };
        let Some(certificate) = check.asked.clone() else { return };
        let check = Arc::make_mut(check);
        check.asked = None;
        if code.is_success() {
            check.accepted.push(certificate);
        }
        self.fire(Trigger::CertificateReceived, now, out);
        if let Ok(declined) = Failure::certificate_declined(code) {
            self.fail(declined, now, out);
        }
    }

    /// Whether the client was asked about a certificate and has not answered yet. Until then this job
    /// asks nothing of its server (PROP-27).
    #[must_use]
    pub fn is_checking_certificate(&self) -> bool {
        self.certificates.0.as_ref().is_some_and(|check| check.asked.is_some())
    }

    /// Whether the client has a check of its own, usable or not (PROP-26).
    #[must_use]
    pub fn checks_certificates(&self) -> bool {
        self.certificates.0.is_some()
    }
}
