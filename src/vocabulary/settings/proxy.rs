//! Proxy settings.

use std::sync::Arc;

use crate::vocabulary::enums::enumeration::enumeration;

enumeration! {
    /// The source of the proxy settings of a job (PROP-07).
    ///
    /// ```
    /// use bits_emulator::settings::ProxyUsage;
    ///
    /// assert_eq!(ProxyUsage::default(), ProxyUsage::Preconfig);
    /// assert_eq!("OVERRIDE".parse(), Ok(ProxyUsage::Override));
    /// ```
    ///
    /// Exhaustive on purpose: the Windows headers define these members and no others.
    #[derive(Default)]
    ProxyUsage is "BG_JOB_PROXY_USAGE", prefix "BG_JOB_PROXY_USAGE_" {
        /// The settings of the owner of the job (PROP-11).
        #[default]
        Preconfig "BG_JOB_PROXY_USAGE_PRECONFIG" = 0,
        /// No proxy: the job asks the server directly.
        NoProxy "BG_JOB_PROXY_USAGE_NO_PROXY" = 1,
        /// The lists that the client gives (PROP-08).
        Override "BG_JOB_PROXY_USAGE_OVERRIDE" = 2,
        /// Detected anew for each file; BITS 2.0 and later.
        AutoDetect "BG_JOB_PROXY_USAGE_AUTODETECT" = 3,
    }
}

/// The proxy settings of a job, as `SetProxySettings` takes them. The lists are looked at only when
/// a proxy is used (PROP-13).
///
/// ```
/// use bits_emulator::settings::{ProxySettings, ProxyUsage};
///
/// assert_eq!(ProxySettings::default().usage, ProxyUsage::Preconfig);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct ProxySettings {
    /// Where the settings come from.
    pub usage: ProxyUsage,
    /// The proxies, with spaces between them; needed with OVERRIDE, and null otherwise (PROP-08,
    /// PROP-09).
    pub proxy_list: Option<Arc<str>>,
    /// Hosts that are asked without a proxy, with spaces between them (PROP-10).
    pub bypass_list: Option<Arc<str>>,
}

impl ProxySettings {
    /// The given proxies, and hosts that are asked without them.
    #[must_use]
    pub fn overriding(proxy_list: &str, bypass_list: Option<&str>) -> Self {
        Self {
            usage: ProxyUsage::Override,
            proxy_list: Some(proxy_list.into()),
            bypass_list: bypass_list.map(Arc::from),
        }
    }
}
