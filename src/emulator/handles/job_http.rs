//! What a job does with its requests: proxies, credentials, certificates, HTTP options and tokens.

use std::sync::Arc;

use super::callback::IntoCallback;
use super::callback::{CertificateCallback, ClientObject};
use super::job::Job;
use super::methods::{calls, reads};
use crate::emulator::engine::registrations::ObjectKind;
use crate::machine::{Call, JobStateMachine, ValidationInterface};
use crate::vocabulary::{
    AuthScheme, AuthTarget, CertificateLookup, ClientCertificate, Credentials, Error,
    HelperTokenFlags, HttpSecurityFlags, Method, ProxySettings, Sid,
};

// `IBackgroundCopyJobHttpOptions` to `IBackgroundCopyJobHttpOptions3`, `IBitsTokenOptions`, and the
// credentials and proxies of `IBackgroundCopyJob` and `IBackgroundCopyJob2`.
calls! { Job:
    /// Sets which proxies the job uses (PROP-07).
    ///
    /// # Errors
    ///
    /// `E_INVALIDARG`, `BG_E_PROXY_LIST_TOO_LARGE`, `BG_E_PROXY_BYPASS_LIST_TOO_LARGE` (PROP-08 to
    /// PROP-12).
    "SetProxySettings" set_proxy_settings(&self, settings: ProxySettings) => Call::SetProxySettings(Arc::new(settings));

    /// Adds credentials for a server or a proxy (PROP-14).
    ///
    /// # Errors
    ///
    /// `E_INVALIDARG`, `BG_E_USERNAME_TOO_LARGE`, `BG_E_PASSWORD_TOO_LARGE` (PROP-15, PROP-17),
    /// `E_ACCESSDENIED` unless the caller is the owner (PROP-18).
    "SetCredentials" set_credentials(&self, credentials: Credentials) => Call::SetCredentials(Arc::new(credentials));

    /// Sets the client certificate, by its id or by its name (PROP-21).
    ///
    /// # Errors
    ///
    /// Those of PROP-21.
    #[doc(alias = "IBackgroundCopyJobHttpOptions")]
    #[doc(alias = "SetClientCertificateByName")]
    "SetClientCertificateByID" set_client_certificate(&self, certificate: ClientCertificate) =>
        Call::SetClientCertificate(Arc::new(certificate), CertificateLookup::Found);

    /// Sets the headers that are added to each request; `None` removes them (PROP-24).
    ///
    /// # Errors
    ///
    /// `BG_E_STRING_TOO_LONG`, `E_ACCESSDENIED` unless the caller is the owner (PROP-23).
    "SetCustomHeaders" set_custom_headers(&self, headers: Option<&str>) => Call::SetCustomHeaders(headers.map(Arc::from));

    /// Makes the added headers unreadable from now on (PROP-25).
    #[doc(alias = "IBackgroundCopyJobHttpOptions3")]
    "MakeCustomHeadersWriteOnly" make_custom_headers_write_only(&self) => Call::MakeCustomHeadersWriteOnly;

    /// Sets which problems of certificates and which redirects are tolerated (PROP-20).
    ///
    /// # Errors
    ///
    /// `E_NOTIMPL` for undefined flags, `BG_E_INVALID_STATE` in a final state.
    "SetSecurityFlags" set_security_flags(&self, flags: HttpSecurityFlags) => Call::SetSecurityFlags(flags);

    /// Sets the HTTP method (PROP-39).
    ///
    /// # Errors
    ///
    /// `BG_E_READ_ONLY_PROPERTY_AFTER_RESUME`, `BG_E_NOT_SUPPORTED_WITH_CUSTOM_HTTP_METHOD`.
    #[doc(alias = "IBackgroundCopyJobHttpOptions2")]
    "SetHttpMethod" set_http_method(&self, method: &str) => Call::SetHttpMethod(method.into());

    /// Sets for what the helper token is used (SEC-12).
    ///
    /// # Errors
    ///
    /// `E_INVALIDARG` for undefined flags, `BG_E_INVALID_STATE` in a final state.
    #[doc(alias = "IBitsTokenOptions")]
    "SetHelperTokenFlags" set_helper_token_flags(&self, flags: HelperTokenFlags) => Call::SetHelperTokenFlags(flags);

    /// Makes the caller's token the helper token of the job (SEC-12).
    ///
    /// # Errors
    ///
    /// `E_ACCESSDENIED` for an administrator's token on the job of a user who is not one.
    "SetHelperToken" set_helper_token(&self) => Call::SetHelperToken;

    /// Removes the helper token; the flags stay (SEC-12).
    ///
    /// # Errors
    ///
    /// `BG_E_INVALID_STATE` in a final state.
    "ClearHelperToken" clear_helper_token(&self) => Call::ClearHelperToken;
}

reads! { Job:
    /// Returns which proxies the job uses.
    "GetProxySettings" proxy_settings(&self) -> ProxySettings = GetProxySettings, JobStateMachine::proxy_settings;

    /// Returns which problems of certificates and which redirects are tolerated.
    "GetSecurityFlags" security_flags(&self) -> HttpSecurityFlags = GetSecurityFlags, JobStateMachine::security_flags;

    /// Returns the HTTP method.
    "GetHttpMethod" http_method(&self) -> String = GetHttpMethod, |job| job.http_method().to_owned();

    /// Returns for what the helper token is used.
    "GetHelperTokenFlags" helper_token_flags(&self) -> HelperTokenFlags = GetHelperTokenFlags, JobStateMachine::helper_token_flags;

    /// Returns the account of the helper token (SEC-12).
    "GetHelperTokenSid" helper_token_sid(&self) -> Option<Sid> = GetHelperTokenSid, JobStateMachine::helper_token_sid;
}

impl Job {
    /// Removes credentials. True if there were any; false is `S_FALSE` (PROP-16).
    ///
    /// # Errors
    ///
    /// `BG_E_INVALID_STATE` in a final state.
    #[doc(alias = "RemoveCredentials")]
    pub fn remove_credentials(
        &self,
        target: AuthTarget,
        scheme: AuthScheme,
    ) -> Result<bool, Error> {
        self.apply_if(Call::RemoveCredentials(target, scheme))
    }

    /// Removes the client certificate. True if there was one; false is `S_FALSE` (PROP-22).
    ///
    /// # Errors
    ///
    /// `BG_E_INVALID_STATE` in a final state.
    #[doc(alias = "RemoveClientCertificate")]
    pub fn remove_client_certificate(&self) -> Result<bool, Error> {
        self.apply_if(Call::RemoveClientCertificate)
    }

    /// Returns the client certificate (PROP-22).
    ///
    /// # Errors
    ///
    /// `RPC_X_BAD_STUB_DATA` if there is none.
    #[doc(alias = "GetClientCertificate")]
    pub fn client_certificate(&self) -> Result<ClientCertificate, Error> {
        self.try_read(Method::GetClientCertificate, |job| job.client_certificate().cloned())
    }

    /// Returns the headers that are added to each request; `None` is `S_FALSE` (PROP-24).
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

    /// Sets the object that checks server certificates, which may be a [closure](CertificateCallback);
    /// `None` removes it (PROP-26).
    ///
    /// # Errors
    ///
    /// `BG_E_READ_ONLY_WHEN_JOB_ACTIVE` unless the job is paused.
    #[doc(alias = "SetServerCertificateValidationInterface")]
    pub fn set_server_certificate_validation_interface(
        &self,
        callback: impl IntoCallback<dyn CertificateCallback>,
    ) -> Result<(), Error> {
        let callback = callback.into_callback();
        let interface = match callback {
            Some(_) => ValidationInterface::Callback,
            None => ValidationInterface::Null,
        };
        let call = Call::SetServerCertificateValidationInterface(interface);
        let object = callback.map(ClientObject::CertificateCallback);
        self.register(ObjectKind::CertificateCallback, call, object)
    }
}
