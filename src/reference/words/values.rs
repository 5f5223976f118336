//! Error contexts, priorities, properties and flags.

use super::documented;
use crate::codes::FailureClass;
use crate::reference::entry::{Entry, WordKind};
use crate::reference::mentions::distinct;
use crate::settings::{
    FileAclFlags, HelperTokenFlags, HttpSecurityFlags, PeerCachingFlags, RedirectPolicy,
};
use crate::vocabulary::flags::DocumentedFlags;
use crate::vocabulary::flags::named::{COST_POLICIES, Flags};
use crate::vocabulary::text::documented::Documented;
use crate::vocabulary::{
    CostFlags, ErrorContext, FilePropertyId, HResult, JobPriority, JobPropertyId, NotifyFlags, rule,
};

pub(crate) fn context(context: ErrorContext) -> Entry {
    let name = context.short_name();
    let mut entry = documented(WordKind::Context, name, context.doc(), &[name]);
    entry.other_names = vec![context.name().to_owned(), context.value().to_string()];
    entry.meaning = context.meaning().to_owned();
    entry.rules.push(rule!("ERR-16"));
    entry.rules.push(rule!("T3"));
    entry.rules = distinct(entry.rules);
    let of_file = if context.concerns_file() { "yields the file" } else { "yields no file" };
    entry.facts = vec![format!("GetFile of an error with it {of_file} (ERR-11).")];
    let of_class = |class: FailureClass| {
        let usual = HResult::all().filter(|info| info.context == Some(context));
        usual.filter(|info| info.class == class).map(|info| info.name).collect::<Vec<_>>()
    };
    for (class, words) in [(FailureClass::Transient, "transient"), (FailureClass::Fatal, "fatal")] {
        let codes = of_class(class);
        if !codes.is_empty() {
            entry.causes.push(format!("{words}: {}", codes.join(", ")));
        }
    }
    entry
}

pub(crate) fn priority(priority: JobPriority) -> Entry {
    let name = priority.short_name();
    let mut entry = documented(WordKind::Priority, name, priority.doc(), &[name]);
    entry.other_names = vec![priority.name().to_owned(), priority.value().to_string()];
    entry.rules.insert(0, rule!("SCHED-01"));
    entry.rules = distinct(entry.rules);
    entry
}

pub(crate) fn property(id: JobPropertyId) -> Entry {
    let names = [id.name(), id.short_name(), id.short_name().trim_start_matches("ID_")];
    let mut entry = documented(WordKind::Property, id.short_name(), id.doc(), &names);
    entry.other_names = vec![id.name().to_owned(), id.value().to_string()];
    entry.other_names.extend(id.short_name().strip_prefix("ID_").map(str::to_owned));
    entry.facts = vec!["A property of a job: SetProperty, GetProperty (PROP-30).".to_owned()];
    entry
}

pub(crate) fn file_property(id: FilePropertyId) -> Entry {
    let names = [id.name(), id.short_name()];
    let mut entry = documented(WordKind::Property, id.short_name(), id.doc(), &names);
    entry.other_names = vec![id.name().to_owned(), id.value().to_string()];
    entry.facts = vec!["A property of a file: GetProperty (PROP-42).".to_owned()];
    entry.rules = distinct([rule!("PROP-42")].into_iter().chain(entry.rules));
    entry
}

/// A flag, a redirect policy or a cost policy.
pub(crate) struct FlagRow {
    pub(crate) name: &'static str,
    pub(crate) windows: String,
    pub(crate) number: String,
    doc: String,
    set_by: &'static str,
}

/// Every flag, redirect policies and cost policies among them.
pub(crate) fn flags() -> Vec<FlagRow> {
    let sets = [
        of_set::<NotifyFlags>("SetNotifyFlags"),
        of_set::<HttpSecurityFlags>("SetSecurityFlags"),
        of_set::<HelperTokenFlags>("SetHelperTokenFlags"),
        of_set::<FileAclFlags>("SetFileACLFlags"),
        of_set::<PeerCachingFlags>("SetPeerCachingFlags"),
        of_set::<CostFlags>("SetProperty, for the property COST_FLAGS"),
    ];
    let redirects = RedirectPolicy::ALL.iter().map(|policy| FlagRow {
        name: policy.short_name(),
        windows: policy.name().to_owned(),
        number: format!("0x{:04X}", policy.value()),
        doc: format!("{} A redirect policy (PROP-20, HTTP-12, HTTP-13).", policy.doc()),
        set_by: "SetSecurityFlags",
    });
    let costs = COST_POLICIES.iter().map(|(name, flags)| FlagRow {
        name,
        windows: format!("BITS_COST_STATE_TRANSFER_{name}"),
        number: format!("0x{:08X}", flags.bits()),
        doc: format!("A cost policy, which allows {} (PROP-32).", Flags(flags)),
        set_by: "SetProperty, for the property COST_FLAGS",
    });
    sets.into_iter().flatten().chain(redirects).chain(costs).collect()
}

fn of_set<T: DocumentedFlags>(set_by: &'static str) -> Vec<FlagRow> {
    let single = T::FLAGS_OF_SET.iter().filter(|flag| flag.bits.is_power_of_two());
    let rows = single.map(|flag| FlagRow {
        name: flag.name,
        windows: flag.windows.to_owned(),
        number: format!("0x{:04X}", flag.bits),
        doc: flag.doc.to_owned(),
        set_by,
    });
    rows.collect()
}

pub(crate) fn flag(FlagRow { name, windows, number, doc, set_by }: &FlagRow) -> Entry {
    // A short name may be an everyday word.
    let is_a_name = name.contains('_').then_some(*name);
    let names: Vec<&str> = std::iter::once(windows.as_str()).chain(is_a_name).collect();
    let mut entry = documented(WordKind::Flag, name, doc, &names);
    entry.other_names = vec![windows.clone(), number.clone()];
    entry.facts = vec![format!("Set by {set_by}.")];
    entry.why_no_rule =
        entry.rules.is_empty().then_some("No rule speaks of it: it has no meaning.");
    entry
}
