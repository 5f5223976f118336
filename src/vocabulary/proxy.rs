//! Through which proxy a job goes.

use super::enumeration::enumeration;

enumeration! {
    /// Where a job takes its proxy settings from (PROP-07).
    ///
    /// ```
    /// use bits_emulator::ProxyUsage;
    ///
    /// assert_eq!(ProxyUsage::default(), ProxyUsage::Preconfig);
    /// assert_eq!("OVERRIDE".parse(), Ok(ProxyUsage::Override));
    /// ```
    #[derive(Default)]
    ProxyUsage is "BG_JOB_PROXY_USAGE", prefix "BG_JOB_PROXY_USAGE_" {
        /// The settings of the owner of the job (PROP-11).
        #[default]
        Preconfig "PRECONFIG" = 0,
        /// No proxy: the job asks the server directly.
        NoProxy "NO_PROXY" = 1,
        /// The lists that the client gives (PROP-08).
        Override "OVERRIDE" = 2,
        /// Detected anew for each file; BITS 2.0 and later.
        AutoDetect "AUTODETECT" = 3,
    }
}
