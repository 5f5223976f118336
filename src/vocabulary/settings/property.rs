//! Generic properties of jobs, with their values.

use uuid::Uuid;

use crate::vocabulary::flags::cost::CostFlags;
use crate::vocabulary::settings::credentials::AuthTarget;
use crate::vocabulary::settings::property_id::JobPropertyId;

/// A property of a job with its value, as `SetProperty` takes it (PROP-30): the number and the
/// member of the union that belongs to it in one.
///
/// ```
/// use bits_emulator::settings::{JobProperty, JobPropertyId};
///
/// assert_eq!(JobProperty::DynamicContent(true).id(), JobPropertyId::DynamicContent);
/// ```
#[doc(alias = "BITS_JOB_PROPERTY_VALUE")]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub enum JobProperty {
    /// On which networks the job may transfer (PROP-31).
    CostFlags(CostFlags),
    /// The COM class that is notified when the callback is gone; nil clears it (NOTIFY-23).
    NotificationClsid(
        #[cfg_attr(feature = "serde", serde(with = "crate::vocabulary::text::serial::guid"))] Uuid,
    ),
    /// Whether the content may lack a size and ranges (PROP-33).
    DynamicContent(bool),
    /// Whether the file is written in place, without saved progress (PROP-35).
    HighPerformance(bool),
    /// The most bytes the job may download, 1 or more (PROP-36).
    MaxDownloadSize(u64),
    /// Whose stored credentials the job uses: the proxy's only (PROP-37).
    UseStoredCredentials(AuthTarget),
    /// The shortest time between two notifications of one kind, in milliseconds (NOTIFY-12).
    MinimumNotificationInterval(u32),
    /// Whether ranges are fetched only when asked for (PROP-38).
    OnDemandMode(bool),
}

impl JobProperty {
    /// The number of the property.
    #[must_use]
    pub const fn id(self) -> JobPropertyId {
        match self {
            Self::CostFlags(_) => JobPropertyId::CostFlags,
            Self::NotificationClsid(_) => JobPropertyId::NotificationClsid,
            Self::DynamicContent(_) => JobPropertyId::DynamicContent,
            Self::HighPerformance(_) => JobPropertyId::HighPerformance,
            Self::MaxDownloadSize(_) => JobPropertyId::MaxDownloadSize,
            Self::UseStoredCredentials(_) => JobPropertyId::UseStoredCredentials,
            Self::MinimumNotificationInterval(_) => JobPropertyId::MinimumNotificationInterval,
            Self::OnDemandMode(_) => JobPropertyId::OnDemandMode,
        }
    }
}
