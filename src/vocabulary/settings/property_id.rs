//! The numbers of generic properties.

use crate::vocabulary::enums::enumeration::enumeration;

enumeration! {
    /// A property of a job that `SetProperty` and `GetProperty` reach (PROP-30). Another number is
    /// refused with [`BG_E_UNKNOWN_PROPERTY_ID`](crate::HResult::BG_E_UNKNOWN_PROPERTY_ID).
    ///
    /// Windows put `ID_` into the name of the first only.
    ///
    /// ```
    /// use bits_emulator::settings::JobPropertyId;
    ///
    /// assert_eq!(JobPropertyId::CostFlags.name(), "BITS_JOB_PROPERTY_ID_COST_FLAGS");
    /// assert_eq!(JobPropertyId::OnDemandMode.name(), "BITS_JOB_PROPERTY_ON_DEMAND_MODE");
    /// ```
    #[non_exhaustive]
    JobPropertyId is "BITS_JOB_PROPERTY_ID", prefix "BITS_JOB_PROPERTY_",
        otherwise BG_E_UNKNOWN_PROPERTY_ID
    {
        /// On which networks the job may transfer (PROP-31).
        CostFlags "BITS_JOB_PROPERTY_ID_COST_FLAGS" = 1,
        /// The COM class that is notified when the callback is gone (NET-13).
        NotificationClsid "BITS_JOB_PROPERTY_NOTIFICATION_CLSID" = 2,
        /// Whether the content may lack a size and ranges (PROP-33).
        DynamicContent "BITS_JOB_PROPERTY_DYNAMIC_CONTENT" = 3,
        /// Whether the file is written in place, without saved progress (PROP-35).
        HighPerformance "BITS_JOB_PROPERTY_HIGH_PERFORMANCE" = 4,
        /// The most bytes the job may download (PROP-36).
        MaxDownloadSize "BITS_JOB_PROPERTY_MAX_DOWNLOAD_SIZE" = 5,
        /// Whose stored credentials the job uses (PROP-37).
        UseStoredCredentials "BITS_JOB_PROPERTY_USE_STORED_CREDENTIALS" = 7,
        /// The shortest time between two notifications; BITS 10.1 and later (NOTIFY-12).
        MinimumNotificationInterval "BITS_JOB_PROPERTY_MINIMUM_NOTIFICATION_INTERVAL_MS" = 9,
        /// Whether ranges are fetched only when asked for; BITS 10.1 and later (PROP-38).
        OnDemandMode "BITS_JOB_PROPERTY_ON_DEMAND_MODE" = 10,
    }
}

enumeration! {
    /// A property of a file that `GetProperty` reaches.
    ///
    /// ```
    /// use bits_emulator::settings::FilePropertyId;
    ///
    /// assert_eq!(FilePropertyId::HttpResponseHeaders.value(), 1);
    /// ```
    #[non_exhaustive]
    FilePropertyId is "BITS_FILE_PROPERTY_ID", prefix "BITS_FILE_PROPERTY_ID_",
        otherwise BG_E_UNKNOWN_PROPERTY_ID
    {
        /// The headers of the server's last reply; they cannot be set.
        HttpResponseHeaders "BITS_FILE_PROPERTY_ID_HTTP_RESPONSE_HEADERS" = 1,
    }
}
