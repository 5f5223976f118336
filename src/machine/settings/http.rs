//! What requests of a job carry: the HTTP method, proxies, credentials, certificates and headers.

use std::sync::Arc;

use crate::machine::JobStateMachine;
use crate::vocabulary::text::header_lines::header_lines;
use crate::vocabulary::{
    AuthScheme, AuthTarget, ClientCertificate, Credentials, Error, HResult, JobPriority, JobType,
    Method, ProxySettings, Token, rule,
};

impl JobStateMachine {
    /// PROP-39. The codes are interpretations.
    pub(crate) fn check_http_method(&self, name: &str) -> Result<(), Error> {
        let (method, rule) = (Method::SetHttpMethod, rule!("PROP-39"));
        if name.is_empty() {
            let (problem, code) = ("the method has no name", HResult::E_INVALIDARG);
            return Err(Error::invalid(method, problem, code, rule));
        }
        let refused = |reason, code| Err(Error::refused(method, reason, code, rule));
        if self.live.was_resumed {
            let reason = "set the method before the first Resume";
            return refused(reason, HResult::BG_E_READ_ONLY_PROPERTY_AFTER_RESUME);
        }
        let combined = self.config.settings.dynamic_content || self.config.settings.on_demand;
        if combined && name != self.default_http_method() {
            let reason = "dynamic content and on-demand mode do not go with another HTTP method";
            return refused(reason, HResult::BG_E_NOT_SUPPORTED_WITH_CUSTOM_HTTP_METHOD);
        }
        Ok(())
    }

    /// PROP-39: another method is for foreground jobs; the default one does nothing.
    pub(crate) fn change_http_method(&mut self, name: &Arc<str>) {
        if **name != *self.default_http_method() {
            let config = self.config_mut();
            config.http.change().method = Some(Arc::clone(name));
            config.settings.priority = JobPriority::Foreground;
        }
    }

    /// Says whether there were any (PROP-16).
    pub(crate) fn remove_credentials(&mut self, target: AuthTarget, scheme: AuthScheme) -> bool {
        let found = self.config.http.credentials(target, scheme).is_some();
        if found {
            self.config_mut().http.remove_credentials(target, scheme);
        }
        found
    }

    /// Says whether there was one (PROP-22).
    pub(crate) fn remove_certificate(&mut self) -> bool {
        let found = self.client_certificate().is_ok();
        if found {
            self.config_mut().http.change().certificate = None;
        }
        found
    }

    pub(crate) fn default_http_method(&self) -> &'static str {
        match self.config.job_type {
            JobType::Download => "GET",
            JobType::Upload | JobType::UploadReply => "BITS_POST",
        }
    }

    /// Returns the HTTP method (`GetHttpMethod`): GET, or BITS_POST for uploads, unless another was set
    /// (PROP-39).
    #[must_use]
    pub fn http_method(&self) -> &str {
        let custom = self.config.http.get().and_then(|options| options.method.as_deref());
        custom.unwrap_or(self.default_http_method())
    }

    /// Returns the proxy settings (`GetProxySettings`, PROP-07); PRECONFIG by default.
    #[must_use]
    pub fn proxy_settings(&self) -> ProxySettings {
        self.config.http.get().map(|options| options.proxy.clone()).unwrap_or_default()
    }

    /// Returns what the job answers if a server or a proxy asks for credentials. Clients cannot read this
    /// (PROP-16); it is for the code that plays the server. Credentials of the logged-on user for
    /// the proxy serve the server too, unless it has its own (PROP-19).
    #[must_use]
    pub fn credentials(&self, target: AuthTarget, scheme: AuthScheme) -> Option<&Credentials> {
        let implicit = || {
            self.config
                .http
                .credentials(AuthTarget::Proxy, scheme)
                .filter(|known| known.user_name.is_none() && known.password.is_none())
        };
        match target {
            AuthTarget::Proxy => self.config.http.credentials(target, scheme),
            AuthTarget::Server => self.config.http.credentials(target, scheme).or_else(implicit),
        }
    }

    /// Returns the client certificate (`GetClientCertificate`).
    ///
    /// # Errors
    ///
    /// `RPC_X_BAD_STUB_DATA` if there is none (PROP-22).
    pub fn client_certificate(&self) -> Result<&ClientCertificate, Error> {
        let certificate = self.config.http.get().and_then(|options| options.certificate.as_deref());
        let (method, reason) = (Method::GetClientCertificate, "the job has no client certificate");
        let code = HResult::RPC_X_BAD_STUB_DATA;
        certificate.ok_or(Error::refused(method, reason, code, rule!("PROP-22")))
    }

    /// Returns the custom headers to a caller (`GetCustomHeaders`); `None` is `S_FALSE`, there are none
    /// (PROP-24).
    ///
    /// # Errors
    ///
    /// `E_ACCESSDENIED` unless the caller is the owner (PROP-23), and if they may only be written,
    /// the latter an interpretation (PROP-25).
    pub fn custom_headers(&self, by: &Token) -> Result<Option<&str>, Error> {
        let method = Method::GetCustomHeaders;
        if by.user != self.config.owner.user {
            let reason = "only the owner may read them";
            let rule = rule!("PROP-23");
            return Err(Error::denied(method, reason, rule));
        }
        let Some(options) = self.config.http.get() else { return Ok(None) };
        if options.headers_write_only {
            let reason = "the headers were made write-only";
            let rule = rule!("PROP-25");
            return Err(Error::denied(method, reason, rule));
        }
        Ok(options.headers.as_deref())
    }

    /// Returns the headers that each request of the job carries, each ended by CR LF: the lines that are well
    /// formed (PROP-24). For the code that plays the server.
    #[must_use]
    pub fn request_headers(&self) -> Option<String> {
        let sent = self.header_lines(true).map(|line| format!("{line}\r\n")).collect::<String>();
        Some(sent).filter(|sent| !sent.is_empty())
    }

    /// Returns the lines of the custom headers that no request carries, because they are ill formed
    /// (PROP-24).
    pub fn unsent_headers(&self) -> impl Iterator<Item = &str> {
        self.header_lines(false)
    }

    fn header_lines(&self, well_formed: bool) -> impl Iterator<Item = &str> {
        let options = self.config.http.get();
        let text = options.and_then(|options| options.headers.as_deref()).unwrap_or_default();
        header_lines(text, well_formed)
    }
}
