//! The setters of `IBackgroundCopyJob`.

use bits_emulator::machine::{Call, CallbackInterface};
use bits_emulator::settings::{ProxySettings, ProxyUsage};
use bits_emulator::{HResult, JobPriority, JobType, NotifyFlags};

use super::case::{Case, at_once, by_owner, case, setter, unknown};
use crate::common::*;

pub(crate) fn cases() -> Vec<Case> {
    let mut cases = refusals();
    cases.extend(proxies());
    cases.extend(
        [
            setter("Job::SetDisplayName", Call::SetDisplayName(Some("update".into()))),
            setter("Job::SetDescription", Call::SetDescription(Some("monthly".into()))),
            setter("Job::SetPriority", Call::SetPriority(JobPriority::Low)),
            setter("Job::SetNotifyFlags", Call::SetNotifyFlags(NotifyFlags::JOB_ERROR)),
            setter(
                "Job::SetNotifyInterface",
                Call::SetNotifyInterface(Some(CallbackInterface::Callback)),
            ),
            setter("Job::SetNotifyInterface", Call::SetNotifyInterface(None)),
            setter("Job::SetMinimumRetryDelay", Call::SetMinimumRetryDelay(60)),
            setter("Job::SetNoProgressTimeout", Call::SetNoProgressTimeout(0)),
            setter(
                "Job::SetProxySettings",
                Call::SetProxySettings(ProxySettings::overriding("proxy", None).into()),
            ),
        ]
        .into_iter()
        .flatten(),
    );
    cases
}

fn refusals() -> Vec<Case> {
    let too_long = HResult::BG_E_STRING_TOO_LONG;
    let custom_method = || {
        let mut job = empty_job(JobType::Download);
        call(&mut job, Call::SetHttpMethod("POST".into()), start());
        job
    };
    vec![
        case("Job::SetDisplayName", HResult::E_INVALIDARG, || at_once(Call::SetDisplayName(None))),
        case("Job::SetDisplayName", too_long, || {
            at_once(Call::SetDisplayName(Some("n".repeat(257).into())))
        }),
        case("Job::SetDescription", HResult::E_INVALIDARG, || at_once(Call::SetDescription(None))),
        case("Job::SetDescription", too_long, || {
            at_once(Call::SetDescription(Some("d".repeat(1_025).into())))
        }),
        case("Job::SetPriority", HResult::E_NOTIMPL, || unknown(JobPriority::from_value(4))),
        case("Job::SetPriority", HResult::BG_E_NOT_SUPPORTED_WITH_CUSTOM_HTTP_METHOD, move || {
            by_owner(custom_method(), Call::SetPriority(JobPriority::High))
        }),
        case("Job::SetNotifyFlags", HResult::E_NOTIMPL, || {
            at_once(Call::SetNotifyFlags(NotifyFlags::from_bits_retain(0x40)))
        }),
    ]
}

fn proxies() -> Vec<Case> {
    let name = "Job::SetProxySettings";
    let set = |usage, list: Option<&str>, bypass: Option<&str>| {
        let (proxy_list, bypass_list) = (list.map(Into::into), bypass.map(Into::into));
        at_once(Call::SetProxySettings(ProxySettings { usage, proxy_list, bypass_list }.into()))
    };
    vec![
        case(name, HResult::E_NOTIMPL, || unknown(ProxyUsage::from_value(4))),
        case(name, HResult::E_INVALIDARG, move || set(ProxyUsage::Override, None, None)),
        case(name, HResult::E_INVALIDARG, move || set(ProxyUsage::NoProxy, Some("proxy"), None)),
        case(name, HResult::BG_E_PROXY_LIST_TOO_LARGE, move || {
            set(ProxyUsage::Override, Some(&"p".repeat(4_001)), None)
        }),
        case(name, HResult::BG_E_PROXY_BYPASS_LIST_TOO_LARGE, move || {
            set(ProxyUsage::Override, Some("proxy"), Some(&"p".repeat(4_001)))
        }),
    ]
}
