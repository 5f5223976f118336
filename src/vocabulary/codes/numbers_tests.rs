use crate::vocabulary::{
    AuthScheme, AuthTarget, BG_LENGTH_TO_EOF, BG_SIZE_UNKNOWN, CertStoreLocation, CostFlags,
    FileAclFlags, FilePropertyId, FileRange, HelperTokenFlags, HttpSecurityFlags, JobPriority,
    JobPropertyId, JobType, NotifyFlags, PeerCachingFlags, ProxyUsage, RedirectPolicy,
};

/// Compares the whole table of an enumeration: numbers, full names, and the way back.
macro_rules! assert_members {
    ($name:ident: $($value:literal $full:literal,)+) => {
        let members: Vec<_> = $name::ALL.iter().map(|one| (one.value(), one.name())).collect();
        assert_eq!(members, [$(($value, $full)),+]);
        for member in $name::ALL {
            assert_eq!($name::from_value(member.value()), Ok(*member));
            assert_eq!(member.name().parse(), Ok(*member));
            assert_eq!(member.short_name().parse(), Ok(*member));
        }
    };
}

/// Compares the whole table of a flag set: names and numbers.
macro_rules! assert_flags {
    ($name:ident: $($value:literal $flag:literal,)+) => {
        let flags: Vec<_> =
            $name::all().iter_names().map(|(name, flag)| (flag.bits(), name)).collect();
        assert_eq!(flags, [$(($value, $flag)),+]);
    };
}

#[test]
fn job_types_have_the_numbers_of_the_headers() {
    assert_members!(JobType:
        0 "BG_JOB_TYPE_DOWNLOAD",
        1 "BG_JOB_TYPE_UPLOAD",
        2 "BG_JOB_TYPE_UPLOAD_REPLY",
    );
    assert!(JobType::from_value(3).is_err());
    assert_eq!(JobType::ALL.iter().filter(|job_type| job_type.is_upload()).count(), 2);
}

/// SCHED-01: the numbers, the default, and which of them are background.
#[test]
fn priorities_have_the_numbers_of_the_headers_and_normal_is_the_default() {
    assert_members!(JobPriority:
        0 "BG_JOB_PRIORITY_FOREGROUND",
        1 "BG_JOB_PRIORITY_HIGH",
        2 "BG_JOB_PRIORITY_NORMAL",
        3 "BG_JOB_PRIORITY_LOW",
    );
    assert_eq!(JobPriority::default(), JobPriority::Normal);
    for priority in JobPriority::ALL {
        assert_eq!(priority.is_background(), *priority != JobPriority::Foreground);
    }
}

#[test]
fn proxy_usages_have_the_numbers_of_the_headers() {
    assert_members!(ProxyUsage:
        0 "BG_JOB_PROXY_USAGE_PRECONFIG",
        1 "BG_JOB_PROXY_USAGE_NO_PROXY",
        2 "BG_JOB_PROXY_USAGE_OVERRIDE",
        3 "BG_JOB_PROXY_USAGE_AUTODETECT",
    );
    assert_eq!(ProxyUsage::default(), ProxyUsage::Preconfig);
}

#[test]
fn auth_targets_and_schemes_have_the_numbers_of_the_headers() {
    assert_members!(AuthTarget:
        1 "BG_AUTH_TARGET_SERVER",
        2 "BG_AUTH_TARGET_PROXY",
    );
    assert_members!(AuthScheme:
        1 "BG_AUTH_SCHEME_BASIC",
        2 "BG_AUTH_SCHEME_DIGEST",
        3 "BG_AUTH_SCHEME_NTLM",
        4 "BG_AUTH_SCHEME_NEGOTIATE",
        5 "BG_AUTH_SCHEME_PASSPORT",
    );
}

#[test]
fn certificate_stores_have_the_numbers_of_the_headers() {
    assert_members!(CertStoreLocation:
        0 "BG_CERT_STORE_LOCATION_CURRENT_USER",
        1 "BG_CERT_STORE_LOCATION_LOCAL_MACHINE",
        2 "BG_CERT_STORE_LOCATION_CURRENT_SERVICE",
        3 "BG_CERT_STORE_LOCATION_SERVICES",
        4 "BG_CERT_STORE_LOCATION_USERS",
        5 "BG_CERT_STORE_LOCATION_CURRENT_USER_GROUP_POLICY",
        6 "BG_CERT_STORE_LOCATION_LOCAL_MACHINE_GROUP_POLICY",
        7 "BG_CERT_STORE_LOCATION_LOCAL_MACHINE_ENTERPRISE",
    );
}

#[test]
fn notify_flags_have_the_numbers_of_the_headers() {
    assert_flags!(NotifyFlags:
        0x0001 "JOB_TRANSFERRED",
        0x0002 "JOB_ERROR",
        0x0004 "DISABLE",
        0x0008 "JOB_MODIFICATION",
        0x0010 "FILE_TRANSFERRED",
        0x0020 "FILE_RANGES_TRANSFERRED",
    );
    // CREATE-07.
    assert_eq!(NotifyFlags::default().bits(), 3);
    assert_eq!(NotifyFlags::default().effective(), NotifyFlags::default());
    // NOTIFY-03.
    assert_eq!(NotifyFlags::all().effective(), NotifyFlags::empty());
}

#[test]
fn security_flags_have_the_numbers_of_the_headers() {
    assert_flags!(HttpSecurityFlags:
        0x0001 "ENABLE_CRL_CHECK",
        0x0002 "IGNORE_CERT_CN_INVALID",
        0x0004 "IGNORE_CERT_DATE_INVALID",
        0x0008 "IGNORE_UNKNOWN_CA",
        0x0010 "IGNORE_CERT_WRONG_USAGE",
        0x0700 "REDIRECT_POLICY_MASK",
        0x0800 "ALLOW_HTTPS_TO_HTTP",
    );
    assert_members!(RedirectPolicy:
        0x0000 "BG_HTTP_REDIRECT_POLICY_ALLOW_SILENT",
        0x0100 "BG_HTTP_REDIRECT_POLICY_ALLOW_REPORT",
        0x0200 "BG_HTTP_REDIRECT_POLICY_DISALLOW",
    );
}

#[test]
fn redirect_policies_are_read_and_replaced_under_their_mask() {
    let flags = HttpSecurityFlags::from_value(0x0801).unwrap();
    assert_eq!(flags.redirect_policy(), Some(RedirectPolicy::AllowSilent));
    for policy in RedirectPolicy::ALL {
        let with = flags.with_redirect_policy(*policy);
        assert_eq!(with.bits(), 0x0801 | policy.value());
        assert_eq!(with.redirect_policy(), Some(*policy));
        assert_eq!(with.with_redirect_policy(RedirectPolicy::AllowSilent), flags);
    }
    // PROP-20: undefined policies and flags.
    for value in [0x0300, 0x0400, 0x0600, 0x0700, 0x0020, 0x1000] {
        assert_eq!(HttpSecurityFlags::from_value(value), None, "{value:#x}");
    }
}

#[test]
fn cost_flags_and_policies_have_the_numbers_of_the_headers() {
    assert_flags!(CostFlags:
        0x0000_0001 "UNRESTRICTED",
        0x0000_0002 "CAPPED_USAGE_UNKNOWN",
        0x0000_0004 "BELOW_CAP",
        0x0000_0008 "NEAR_CAP",
        0x0000_0010 "OVERCAP_CHARGED",
        0x0000_0020 "OVERCAP_THROTTLED",
        0x0000_0040 "USAGE_BASED",
        0x0000_0080 "ROAMING",
        0x4000_0000 "RESERVED",
        0x8000_0000 "IGNORE_CONGESTION",
    );
    // PROP-32.
    assert_eq!(CostFlags::TRANSFER_ALWAYS.bits(), 0x8000_00FF);
    assert_eq!(CostFlags::TRANSFER_NOT_ROAMING.bits(), 0x8000_007F);
    assert_eq!(CostFlags::TRANSFER_NO_SURCHARGE.bits(), 0x8000_006F);
    assert_eq!(CostFlags::TRANSFER_STANDARD.bits(), 0x8000_0067);
    assert_eq!(CostFlags::TRANSFER_UNRESTRICTED.bits(), 0x8000_0021);
    // PROP-31.
    assert_eq!(CostFlags::default(), CostFlags::TRANSFER_UNRESTRICTED);
}

#[test]
fn file_acl_flags_have_the_numbers_of_the_headers() {
    assert_flags!(FileAclFlags:
        1 "OWNER",
        2 "GROUP",
        4 "DACL",
        8 "SACL",
    );
    assert_eq!(FileAclFlags::all().bits(), 15);
    assert_eq!(FileAclFlags::default().bits(), 0);
}

#[test]
fn peer_caching_and_token_flags() {
    assert_flags!(PeerCachingFlags:
        1 "ENABLE_CLIENT",
        2 "ENABLE_SERVER",
        4 "DISABLE_BRANCH_CACHE",
    );
    assert_flags!(HelperTokenFlags:
        1 "LOCAL_FILE",
        2 "NETWORK",
    );
}

#[test]
fn property_ids_have_the_numbers_of_the_headers() {
    assert_members!(JobPropertyId:
        1 "BITS_JOB_PROPERTY_ID_COST_FLAGS",
        2 "BITS_JOB_PROPERTY_NOTIFICATION_CLSID",
        3 "BITS_JOB_PROPERTY_DYNAMIC_CONTENT",
        4 "BITS_JOB_PROPERTY_HIGH_PERFORMANCE",
        5 "BITS_JOB_PROPERTY_MAX_DOWNLOAD_SIZE",
        7 "BITS_JOB_PROPERTY_USE_STORED_CREDENTIALS",
        9 "BITS_JOB_PROPERTY_MINIMUM_NOTIFICATION_INTERVAL_MS",
        10 "BITS_JOB_PROPERTY_ON_DEMAND_MODE",
    );
    assert_members!(FilePropertyId:
        1 "BITS_FILE_PROPERTY_ID_HTTP_RESPONSE_HEADERS",
    );
    for undefined in [0, 6, 8, 11] {
        assert!(JobPropertyId::from_value(undefined).is_err(), "{undefined}");
    }
}

#[test]
fn sizes_and_ranges_have_the_numbers_of_the_headers() {
    assert_eq!(BG_SIZE_UNKNOWN, 0xFFFF_FFFF_FFFF_FFFF);
    assert_eq!(BG_LENGTH_TO_EOF, 0xFFFF_FFFF_FFFF_FFFF);
    assert_eq!(FileRange::new(10, 5).end(), Some(15));
    assert_eq!(FileRange::to_eof(10), FileRange::new(10, BG_LENGTH_TO_EOF));
    assert_eq!(FileRange::to_eof(10).end(), None);
    assert_eq!(FileRange::new(u64::MAX - 1, 5).end(), Some(u64::MAX));
}
