//! Steps of the check: a certificate comes, the client is asked, the client answers.

use std::sync::Arc;

use super::check::Certificate;
use crate::machine::JobStateMachine;
use crate::machine::input::call::ValidationInterface;
use crate::machine::input::failure::Failure;
use crate::machine::input::outcome::Effect;
use crate::machine::transitions::context::StepContext;
use crate::machine::transitions::trigger::Trigger;
use crate::vocabulary::{Error, ErrorContext, HResult, Method, rule};

impl JobStateMachine {
    /// PROP-26
    pub(crate) fn check_validation(interface: ValidationInterface) -> Result<(), Error> {
        match interface {
            ValidationInterface::Null | ValidationInterface::Callback => Ok(()),
            ValidationInterface::Wrong => {
                let problem = "the object lacks the interface of the certificate callback";
                let method = Method::SetServerCertificateValidationInterface;
                Err(Error::invalid(method, problem, HResult::E_NOINTERFACE, rule!("PROP-26")))
            }
        }
    }

    /// PROP-27: the certificate passed the system's own checks (HTTP-11); now the client is asked,
    /// unless it accepted it before (PROP-29). If it cannot be asked the job fails (PROP-28), fatally:
    /// interpretation.
    pub(crate) fn certificate_received(
        &mut self,
        certificate: Certificate,
        step: &mut StepContext,
    ) {
        self.fire(Trigger::CertificateReceived, step);
        let Some(check) = self.live.certificates.0.as_mut().filter(|_| !step.out.was_ignored())
        else {
            return;
        };
        if check.accepted.contains(&certificate) {
            step.out.rules.add(rule!("PROP-29"));
        } else if check.usable {
            Arc::make_mut(check).asked = Some(certificate);
            step.out.effects.add(Effect::CheckCertificate);
        } else {
            self.miss_certificate_callback(step);
        }
    }

    fn miss_certificate_callback(&mut self, step: &mut StepContext) {
        step.out.rules.add(rule!("PROP-28"));
        let code = HResult::BG_E_SERVER_CERT_VALIDATION_INTERFACE_REQUIRED;
        self.fail_fatally(code, ErrorContext::ServerCertificateCallback, step);
    }

    /// The object is gone with its process. A check that breaks off is one that cannot be made.
    pub(crate) fn lose_certificate_callback(&mut self, step: &mut StepContext) {
        if self.live.certificates.lose_callback() && self.live.state.is_active() {
            self.miss_certificate_callback(step);
        }
    }

    /// PROP-27, PROP-29: a certificate that the client accepts is accepted for the life of its
    /// callback; one that it declines fails this attempt with its code.
    pub(crate) fn certificate_checked(&mut self, code: HResult, step: &mut StepContext) {
        let Some(check) = &mut self.live.certificates.0 else { return };
        let Some(certificate) = check.asked.clone() else { return };
        let check = Arc::make_mut(check);
        check.asked = None;
        if code.is_success() {
            check.accepted.push(certificate);
        }
        self.fire(Trigger::CertificateReceived, step);
        if let Ok(declined) = Failure::certificate_declined(code) {
            self.fail(declined, step);
        }
    }

    /// Returns whether the client was asked about a certificate and has not answered yet. Until then this job
    /// asks nothing of its server (PROP-27).
    #[must_use]
    pub fn is_checking_certificate(&self) -> bool {
        self.live.certificates.0.as_ref().is_some_and(|check| check.asked.is_some())
    }

    /// Returns whether the client has a check of its own, usable or not (PROP-26).
    #[must_use]
    pub fn checks_certificates(&self) -> bool {
        self.live.certificates.0.is_some()
    }
}
