//! Result codes.

use crate::codes::CodeKind;
use crate::machine::{TRANSITIONS, TransitionAction, is_code_of_hold};
use crate::reference::entry::{Entry, ExampleScenario, WordKind};
use crate::reference::mentions::{cited, distinct, rules_that_name};
use crate::reference::scenarios;
use crate::vocabulary::{FailureClass, HResult, Rule, RuleId, rule};

pub(crate) fn entry(code: HResult) -> Entry {
    let number = format!("{:#010X}", code.value());
    let name = code.name().map_or_else(|| number.clone(), str::to_owned);
    let mut entry = Entry::new(WordKind::Code, name.as_str(), code.meaning());
    entry.other_names = other_names(code, &name);
    let kind = kind(code);
    entry.facts = facts(code, kind);
    let refuses = TransitionAction::Refuse(code);
    entry.transitions = TRANSITIONS.iter().filter(|row| row.then == refuses).copied().collect();
    let own = code.info().map(|info| cited(info.source)).unwrap_or_default();
    let names: Vec<&str> = std::iter::once(name.as_str()).chain([number.as_str()]).collect();
    let by_advice = code.advice_source().map(cited).unwrap_or_default();
    let of_hold = is_code_of_hold(code).then_some([rule!("TIME-10"), rule!("TIME-27")]);
    let of_kind = of_kind(kind, code.failure_class());
    let found = own.into_iter().chain(rules_that_name(names)).chain(of_hold.into_iter().flatten());
    let found = found.chain(of_kind);
    entry.rules = distinct(found.chain(by_advice));
    entry.why_no_rule = entry.rules.is_empty().then_some(
        "No rule speaks of it: it is neither the result of a call nor an error of a job.",
    );
    let table = causes_of_table(code);
    entry.causes = code.causes().iter().map(|cause| (*cause).to_owned()).chain(table).collect();
    entry.advice = Some(code.advice().to_owned());
    entry.example = scenarios::that_shows(WordKind::Code, &name)
        .or_else(|| kind.fails_job().then(|| answered(code)));
    entry
}

/// What the upper halves of codes say of the lower ones.
const UPPER_HALVES: [(u32, &str); 3] = [
    (0x8007, "the number of a Windows error, such as 12007 of WinHTTP (0x2EE7)"),
    (0x8019, "an HTTP status, such as 404 (0x0194)"),
    (0x8020, "the number of an error of BITS itself, such as 2 of BG_E_INVALID_STATE"),
];

/// Returns what is known of a number that is no code but the upper half of codes.
pub(crate) fn upper_half(word: &str) -> Option<Entry> {
    let word = word.to_lowercase();
    let value = u32::from_str_radix(word.strip_prefix("0x")?, 16).ok()?;
    let (_, what) = UPPER_HALVES.iter().find(|(half, _)| *half == value)?;
    let meaning = format!("No code, but the upper half of those whose lower half is {what}.");
    let mut entry = Entry::new(WordKind::Code, format!("{value:#06X}"), meaning);
    entry.rules = rules_that_name([format!("{value:#06X}0000").as_str()]);
    entry.why_no_rule = entry.rules.is_empty().then_some("No rule has this number.");
    entry.advice = Some(
        "Give all eight digits, or what the lower half carries: `bits explain 404`.".to_owned(),
    );
    Some(entry)
}

fn kind(code: HResult) -> CodeKind {
    match code.info() {
        Some(info) => info.kind,
        None if code.is_success() => CodeKind::Success,
        None => CodeKind::Job,
    }
}

fn other_names(code: HResult, name: &str) -> Vec<String> {
    let value = code.value();
    let aliases = code.info().map_or(&[][..], |info| info.aliases);
    let mut names: Vec<String> = aliases.iter().map(|alias| (*alias).to_owned()).collect();
    names.extend([format!("{value:#010X}"), value.to_string(), value.cast_signed().to_string()]);
    names.extend(code.http_status().map(|status| format!("HTTP {status}")));
    names.extend(code.win32().map(|number| match number {
        12_000..=12_999 => format!("WinHTTP {number}"),
        number => format!("Win32 {number}"),
    }));
    names.retain(|other| other != name);
    distinct(names)
}

fn facts(code: HResult, kind: CodeKind) -> Vec<String> {
    let is_documented = code.info().is_some() || code.http_status().is_some();
    let received = match kind {
        _ if !is_documented => "It is not documented for BITS.",
        CodeKind::Success => "A call that succeeded returns it.",
        CodeKind::Call => "A call that is refused returns it; no error object has it (ERR-02).",
        CodeKind::Job => "The error object of a job has it; no call is refused with it (ERR-03).",
        CodeKind::CallAndJob => {
            "A call that is refused returns it, and the error object of a job may have it (ERR-02, ERR-03)."
        }
        CodeKind::Text => "It numbers a text, an entry of the event log or something internal.",
    };
    let fails = match code.failure_class() {
        _ if is_code_of_hold(code) => {
            "A job that is held with it is TRANSIENT_ERROR until the cause ends; no clock tries before, and Resume does \
             not help (TIME-10). A failure that has it while its cause is not there is retried like others (TIME-27)."
        }
        FailureClass::Fatal if !is_documented => {
            "The emulator takes it for fatal: a job that fails with it is ERROR there (ERR-32)."
        }
        FailureClass::Transient => {
            "A job that fails with it is TRANSIENT_ERROR: BITS tries again (ERR-14)."
        }
        FailureClass::Fatal => {
            "A job that fails with it is ERROR: BITS does not try again (ERR-15)."
        }
    };
    let context = code.usual_context().map(|context| format!("Its usual context is {context}."));
    let of_jobs =
        [Some(fails.to_owned()), context].into_iter().flatten().filter(|_| kind.fails_job());
    let source = code.info().map(|info| info.source.split(' ').next().unwrap_or_default());
    let source = source.map(|source| format!("Documented in {source}."));
    std::iter::once(received.to_owned()).chain(of_jobs).chain(source).collect()
}

/// The rules for all codes of a kind.
fn of_kind(kind: CodeKind, class: FailureClass) -> Vec<RuleId> {
    let class = match class {
        FailureClass::Transient => rule!("ERR-14"),
        FailureClass::Fatal => rule!("ERR-15"),
    };
    match kind {
        CodeKind::Success => vec![rule!("T1")],
        CodeKind::Call => vec![rule!("ERR-02")],
        CodeKind::Job => vec![rule!("ERR-03"), class],
        CodeKind::CallAndJob => vec![rule!("ERR-02"), rule!("ERR-03"), class],
        CodeKind::Text => Vec::new(),
    }
}

/// The causes that the table of failures names.
fn causes_of_table(code: HResult) -> Vec<String> {
    let table = Rule::find(rule!("T3")).map_or("", |rule| rule.text);
    let rows = table.lines().filter_map(|row| {
        let mut cells = row.strip_prefix("| ")?.split(" | ");
        let (cause, codes) = (cells.next()?, cells.next()?);
        let words = codes.split(|next: char| !next.is_ascii_alphanumeric() && next != '_');
        // Small numbers in a cell are HTTP statuses and versions.
        let mut named =
            words.filter(|word| word.len() > 5).filter_map(|word| word.parse::<HResult>().ok());
        named.any(|named| named == code).then(|| format!("{cause}."))
    });
    rows.collect()
}

/// A scenario in which a job fails with the code.
fn answered(code: HResult) -> ExampleScenario {
    let word = code.name().map_or_else(|| format!("{:#010X}", code.value()), str::to_owned);
    let state = match code.failure_class() {
        FailureClass::Transient => "TRANSIENT_ERROR",
        FailureClass::Fatal => "ERROR",
    };
    let text = format!(
        "server example.com\n  /app.exe 10 MiB, answers {word} once\njob update, DOWNLOAD, by alice\n\
         add https://example.com/app.exe as C:\\app\\app.exe\nresume\nadvance until {state}\n\
         expect error {word}\nresume\nadvance until TRANSFERRED\ncomplete => ACKNOWLEDGED\n"
    );
    ExampleScenario { file: None, text }
}
