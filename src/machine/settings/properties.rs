//! The generic properties of `SetProperty`: who may have them, when, and what they change.

use uuid::Uuid;

use crate::machine::JobStateMachine;
use crate::machine::config::JobConfig;
use crate::machine::transitions::context::StepContext;
use crate::vocabulary::errors::ensure;
use crate::vocabulary::{
    AuthTarget, CostFlags, DefaultCost, Error, HResult, JobProperty, JobPropertyId, JobType,
    Method, RuleId, Sid, rule,
};

impl JobStateMachine {
    /// PROP-34: type, then time, then value. The codes are interpretations, from the headers.
    pub(crate) fn check_property(&self, property: JobProperty) -> Result<(), Error> {
        let custom_method = self.config.http.has_custom_method();
        match property {
            JobProperty::CostFlags(flags) if !CostFlags::all().contains(flags) => {
                invalid("a cost flag is not defined", HResult::E_INVALIDARG, rule!("PROP-31"))
            }
            JobProperty::CostFlags(_)
            | JobProperty::NotificationClsid(_)
            | JobProperty::MinimumNotificationInterval(_) => Ok(()),
            JobProperty::DynamicContent(enable) => {
                self.check_for_download()?;
                self.check_before_resume()?;
                refuse_custom_method(enable && custom_method)?;
                if enable && self.config.files.iter().any(|file| file.ranges().is_some()) {
                    let problem = "dynamic content has no ranges, and the job has a file with some";
                    return invalid(problem, HResult::E_INVALIDARG, rule!("PROP-33"));
                }
                Ok(())
            }
            JobProperty::HighPerformance(_) => {
                self.check_for_download()?;
                let reason = "set it before the first file is added";
                let code = HResult::BG_E_READ_ONLY_PROPERTY_AFTER_ADDFILE;
                ensure(self.live.files.is_empty(), refused(reason, code))
            }
            JobProperty::MaxDownloadSize(bytes) => {
                self.check_for_download()?;
                self.check_before_resume()?;
                if bytes > 0 {
                    return Ok(());
                }
                let code = HResult::BG_E_MAX_DOWNLOAD_SIZE_INVALID_VALUE;
                invalid("the size must be 1 or more", code, rule!("PROP-34"))
            }
            JobProperty::UseStoredCredentials(AuthTarget::Proxy) => Ok(()),
            JobProperty::UseStoredCredentials(AuthTarget::Server) => {
                let code = HResult::BG_E_USE_STORED_CREDENTIALS_NOT_SUPPORTED;
                let problem = "stored credentials serve for the proxy only";
                invalid(problem, code, rule!("PROP-37"))
            }
            JobProperty::OnDemandMode(enable) => {
                self.check_for_download()?;
                refuse_custom_method(enable && custom_method)
            }
        }
    }

    fn check_for_download(&self) -> Result<(), Error> {
        let reason = "the property is for downloads only";
        let code = HResult::BG_E_PROPERTY_SUPPORTED_FOR_DOWNLOAD_JOBS_ONLY;
        ensure(self.config.job_type == JobType::Download, refused(reason, code))
    }

    fn check_before_resume(&self) -> Result<(), Error> {
        let reason = "set it before the first Resume";
        let code = HResult::BG_E_READ_ONLY_PROPERTY_AFTER_RESUME;
        ensure(!self.live.was_resumed, refused(reason, code))
    }

    pub(crate) fn store_property(&mut self, property: JobProperty, by: Sid) {
        if let JobProperty::NotificationClsid(clsid) = property {
            return self.change_class(clsid, by);
        }
        self.change_settings(|settings| match property {
            JobProperty::CostFlags(flags) => settings.cost_flags = Some(flags),
            JobProperty::NotificationClsid(_) => {}
            JobProperty::DynamicContent(enable) => settings.dynamic_content = enable,
            JobProperty::HighPerformance(enable) => settings.high_performance = enable,
            JobProperty::MaxDownloadSize(bytes) => settings.max_download_size = Some(bytes),
            JobProperty::UseStoredCredentials(target) => settings.stored_credentials = Some(target),
            JobProperty::MinimumNotificationInterval(milliseconds) => {
                settings.notification_interval = milliseconds;
            }
            JobProperty::OnDemandMode(enable) => settings.on_demand = enable,
        });
    }

    /// Returns a generic property (`GetProperty`); `None` if it has no value yet (PROP-30). Booleans are
    /// off by default, the cost flags those of the policy, or UNRESTRICTED (PROP-31, PROP-41),
    /// notifications come 500 ms apart, the maximum download size is 0 and the class the nil id
    /// (PROP-42).
    ///
    /// ```
    /// use bits_emulator::machine::{JobOptions, JobStateMachine};
    /// use bits_emulator::settings::{JobProperty, JobPropertyId};
    /// use chrono::DateTime;
    ///
    /// let job = JobStateMachine::new(JobOptions::default(), DateTime::UNIX_EPOCH);
    /// let interval = job.property(JobPropertyId::MinimumNotificationInterval);
    /// assert_eq!(interval, Some(JobProperty::MinimumNotificationInterval(500)));
    /// let size = job.property(JobPropertyId::MaxDownloadSize);
    /// assert_eq!(size, Some(JobProperty::MaxDownloadSize(0)));
    /// ```
    #[must_use]
    pub fn property(&self, id: JobPropertyId) -> Option<JobProperty> {
        let settings = &self.config.settings;
        Some(match id {
            JobPropertyId::CostFlags => JobProperty::CostFlags(self.cost_flags()),
            JobPropertyId::NotificationClsid => {
                let class = self.config.notify.class.map_or(Uuid::nil(), |(clsid, _)| clsid);
                JobProperty::NotificationClsid(class)
            }
            JobPropertyId::DynamicContent => JobProperty::DynamicContent(settings.dynamic_content),
            JobPropertyId::HighPerformance => {
                JobProperty::HighPerformance(settings.high_performance)
            }
            JobPropertyId::MaxDownloadSize => {
                JobProperty::MaxDownloadSize(settings.max_download_size.unwrap_or_default())
            }
            JobPropertyId::UseStoredCredentials => {
                JobProperty::UseStoredCredentials(settings.stored_credentials?)
            }
            JobPropertyId::MinimumNotificationInterval => {
                JobProperty::MinimumNotificationInterval(settings.notification_interval)
            }
            JobPropertyId::OnDemandMode => JobProperty::OnDemandMode(settings.on_demand),
        })
    }

    /// Those that were set, or else those of the policy for the present priority (PROP-41), or else the
    /// default, which is an interpretation (PROP-31).
    pub(crate) fn cost_flags(&self) -> CostFlags {
        let JobConfig { settings, cost_defaults, readings, .. } = &*self.config;
        let default = match readings.default_cost {
            DefaultCost::ForegroundAlways if !settings.priority.is_background() => {
                CostFlags::TRANSFER_ALWAYS
            }
            DefaultCost::Unrestricted | DefaultCost::ForegroundAlways => {
                CostFlags::TRANSFER_UNRESTRICTED
            }
            DefaultCost::Always => CostFlags::TRANSFER_ALWAYS,
        };
        let policy = cost_defaults.as_ref().and_then(|known| known.of(settings.priority));
        settings.cost_flags.or(policy).unwrap_or(default)
    }

    /// NET-16: other cost flags take effect at once, also during a transfer.
    pub(crate) fn cost_flags_changed(&mut self, step: &mut StepContext) {
        step.out.rules.add(rule!("NET-16"));
        self.reconsider_blocks(step);
    }
}

fn invalid(problem: &'static str, code: HResult, rule: RuleId) -> Result<(), Error> {
    Err(Error::invalid(Method::SetProperty, problem, code, rule))
}

const fn refused(reason: &'static str, code: HResult) -> Error {
    Error::refused(Method::SetProperty, reason, code, rule!("PROP-34"))
}

/// PROP-39: dynamic content and on-demand mode do not go with a custom method.
fn refuse_custom_method(combined: bool) -> Result<(), Error> {
    let reason = "the property does not go with another HTTP method";
    let code = HResult::BG_E_NOT_SUPPORTED_WITH_CUSTOM_HTTP_METHOD;
    let error = Error::refused(Method::SetProperty, reason, code, rule!("PROP-39"));
    ensure(!combined, error)
}
