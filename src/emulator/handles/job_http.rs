//! What a job sends with its requests, as an application sets it.

use std::sync::Arc;

use super::callback::CertificateCallback;
use super::job::Job;
use super::objects::ClientObject;
use crate::machine::{Call, JobStateMachine, Success, ValidationInterface};
use crate::vocabulary::{
    AuthScheme, AuthTarget, CertificateLookup, ClientCertificate, Credentials, Error,
    HelperTokenFlags, HttpSecurityFlags, Method, ProxySettings, Sid,
};

/// `IBackgroundCopyJobHttpOptions` to `IBackgroundCopyJobHttpOptions3`, `IBitsTokenOptions`, and the
/// credentials and proxies of `IBackgroundCopyJob` and `IBackgroundCopyJob2`.
impl Job {
    /// `SetProxySettings` (PROP-07).
    ///
    /// # Errors
    ///
    /// `E_INVALIDARG`, `BG_E_PROXY_LIST_TOO_LARGE`, `BG_E_PROXY_BYPASS_LIST_TOO_LARGE` (PROP-08 to
    /// PROP-12).
    pub fn set_proxy_settings(&self, settings: ProxySettings) -> Result<(), Error> {
        self.call(Call::SetProxySettings(Arc::new(settings))).map(|_| ())
    }

    /// `GetProxySettings`.
    ///
    /// # Errors
    ///
    /// Those of any call.
    #[doc(alias = "GetProxySettings")]
    pub fn proxy_settings(&self) -> Result<ProxySettings, Error> {
        self.read(Method::GetProxySettings, JobStateMachine::proxy_settings)
    }

    /// `SetCredentials` (PROP-14).
    ///
    /// # Errors
    ///
    /// `E_INVALIDARG`, `BG_E_USERNAME_TOO_LARGE`, `BG_E_PASSWORD_TOO_LARGE` (PROP-15, PROP-17),
    /// `E_ACCESSDENIED` unless the caller is the owner (PROP-18).
    pub fn set_credentials(&self, credentials: Credentials) -> Result<(), Error> {
        self.call(Call::SetCredentials(Arc::new(credentials))).map(|_| ())
    }

    /// `RemoveCredentials`: whether there were any; false is `S_FALSE` (PROP-16).
    ///
    /// # Errors
    ///
    /// `BG_E_INVALID_STATE` in a final state.
    pub fn remove_credentials(
        &self,
        target: AuthTarget,
        scheme: AuthScheme,
    ) -> Result<bool, Error> {
        let outcome = self.call(Call::RemoveCredentials(target, scheme))?;
        Ok(outcome.success == Success::Ok)
    }

    /// `SetClientCertificateByID` and `SetClientCertificateByName` (PROP-21).
    ///
    /// # Errors
    ///
    /// Those of PROP-21.
    #[doc(alias = "SetClientCertificateByID", alias = "SetClientCertificateByName")]
    pub fn set_client_certificate(&self, certificate: ClientCertificate) -> Result<(), Error> {
        let call = Call::SetClientCertificate(Arc::new(certificate), CertificateLookup::Found);
        self.call(call).map(|_| ())
    }

    /// `RemoveClientCertificate`: whether there was one; false is `S_FALSE` (PROP-22).
    ///
    /// # Errors
    ///
    /// `BG_E_INVALID_STATE` in a final state.
    pub fn remove_client_certificate(&self) -> Result<bool, Error> {
        self.call(Call::RemoveClientCertificate).map(|outcome| outcome.success == Success::Ok)
    }

    /// `GetClientCertificate` (PROP-22).
    ///
    /// # Errors
    ///
    /// `RPC_X_BAD_STUB_DATA` if there is none.
    #[doc(alias = "GetClientCertificate")]
    pub fn client_certificate(&self) -> Result<ClientCertificate, Error> {
        self.read(Method::GetClientCertificate, |job| job.client_certificate().cloned())?
    }

    /// `SetCustomHeaders`; `None` removes them (PROP-24).
    ///
    /// # Errors
    ///
    /// `BG_E_STRING_TOO_LONG`, `E_ACCESSDENIED` unless the caller is the owner (PROP-23).
    pub fn set_custom_headers(&self, headers: Option<&str>) -> Result<(), Error> {
        self.call(Call::SetCustomHeaders(headers.map(Arc::from))).map(|_| ())
    }

    /// `GetCustomHeaders`; `None` is `S_FALSE` (PROP-24).
    ///
    /// # Errors
    ///
    /// `E_ACCESSDENIED` unless the caller is the owner (PROP-23), and if they are write-only
    /// (PROP-25).
    #[doc(alias = "GetCustomHeaders")]
    pub fn custom_headers(&self) -> Result<Option<String>, Error> {
        self.enter_call(Method::GetCustomHeaders, |engine, by| {
            let job = engine.current_job(self.id(), Method::GetCustomHeaders)?;
            job.custom_headers(&by.token).map(|headers| headers.map(str::to_owned))
        })
    }

    /// `MakeCustomHeadersWriteOnly` (PROP-25).
    ///
    /// # Errors
    ///
    /// Those of any call.
    pub fn make_custom_headers_write_only(&self) -> Result<(), Error> {
        self.call(Call::MakeCustomHeadersWriteOnly).map(|_| ())
    }

    /// `SetSecurityFlags` (PROP-20).
    ///
    /// # Errors
    ///
    /// `E_NOTIMPL` for undefined flags, `BG_E_INVALID_STATE` in a final state.
    pub fn set_security_flags(&self, flags: HttpSecurityFlags) -> Result<(), Error> {
        self.call(Call::SetSecurityFlags(flags)).map(|_| ())
    }

    /// `GetSecurityFlags`.
    ///
    /// # Errors
    ///
    /// Those of any call.
    #[doc(alias = "GetSecurityFlags")]
    pub fn security_flags(&self) -> Result<HttpSecurityFlags, Error> {
        self.read(Method::GetSecurityFlags, JobStateMachine::security_flags)
    }

    /// `SetHttpMethod` (PROP-39).
    ///
    /// # Errors
    ///
    /// `BG_E_READ_ONLY_PROPERTY_AFTER_RESUME`, `BG_E_NOT_SUPPORTED_WITH_CUSTOM_HTTP_METHOD`.
    pub fn set_http_method(&self, method: &str) -> Result<(), Error> {
        self.call(Call::SetHttpMethod(method.into())).map(|_| ())
    }

    /// `GetHttpMethod`.
    ///
    /// # Errors
    ///
    /// Those of any call.
    #[doc(alias = "GetHttpMethod")]
    pub fn http_method(&self) -> Result<String, Error> {
        self.read(Method::GetHttpMethod, |job| job.http_method().to_owned())
    }

    /// `SetServerCertificateValidationInterface`; `None` removes it (PROP-26).
    ///
    /// # Errors
    ///
    /// `BG_E_READ_ONLY_WHEN_JOB_ACTIVE` unless the job is paused.
    pub fn set_server_certificate_validation_interface(
        &self,
        mut callback: Option<Arc<dyn CertificateCallback>>,
    ) -> Result<(), Error> {
        let interface = match callback {
            Some(_) => ValidationInterface::Callback,
            None => ValidationInterface::Null,
        };
        self.enter_call(Method::SetServerCertificateValidationInterface, |engine, by| {
            let call = Call::SetServerCertificateValidationInterface(interface);
            engine.call(by, self.id(), call)?;
            let object = callback.take().map(ClientObject::CertificateCallback);
            let object = object.map(|object| (self.process(), engine.add_object(object)));
            engine.register_certificate_callback(self.id(), object);
            Ok(())
        })
    }

    /// `SetHelperTokenFlags` (SEC-12).
    ///
    /// # Errors
    ///
    /// `E_INVALIDARG` for undefined flags, `BG_E_INVALID_STATE` in a final state.
    pub fn set_helper_token_flags(&self, flags: HelperTokenFlags) -> Result<(), Error> {
        self.call(Call::SetHelperTokenFlags(flags)).map(|_| ())
    }

    /// `GetHelperTokenFlags`.
    ///
    /// # Errors
    ///
    /// Those of any call.
    #[doc(alias = "GetHelperTokenFlags")]
    pub fn helper_token_flags(&self) -> Result<HelperTokenFlags, Error> {
        self.read(Method::GetHelperTokenFlags, JobStateMachine::helper_token_flags)
    }

    /// `SetHelperToken`: the caller's token helps the job (SEC-12).
    ///
    /// # Errors
    ///
    /// `E_ACCESSDENIED` for an administrator's token on a job of somebody who is none.
    pub fn set_helper_token(&self) -> Result<(), Error> {
        self.call(Call::SetHelperToken).map(|_| ())
    }

    /// `ClearHelperToken`; the flags stay (SEC-12).
    ///
    /// # Errors
    ///
    /// `BG_E_INVALID_STATE` in a final state.
    pub fn clear_helper_token(&self) -> Result<(), Error> {
        self.call(Call::ClearHelperToken).map(|_| ())
    }

    /// `GetHelperTokenSid` (SEC-12).
    ///
    /// # Errors
    ///
    /// Those of any call.
    #[doc(alias = "GetHelperTokenSid")]
    pub fn helper_token_sid(&self) -> Result<Option<Sid>, Error> {
        self.read(Method::GetHelperTokenSid, JobStateMachine::helper_token_sid)
    }
}
