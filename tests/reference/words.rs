//! Every word has an explanation, and is found by each of its spellings.

use bits_emulator::reference::{self, Entry, WordKind};
use bits_emulator::rules::{Rule, RuleId};
use bits_emulator::{HResult, JobState, Method};

fn one(word: &str, kind: WordKind) -> Entry {
    let found = reference::explain(word).unwrap_or_else(|error| panic!("{error}"));
    let of_kind = found.iter().find(|entry| entry.kind == kind);
    of_kind.unwrap_or_else(|| panic!("{word}: {found:?}")).clone()
}

#[test]
fn every_word_has_a_meaning_and_rules_or_says_why_none_speaks_of_it() {
    for kind in WordKind::ALL {
        let entries = reference::entries(*kind);
        assert!(!entries.is_empty(), "{kind}");
        for entry in entries {
            let name = format!("{kind} {}", entry.name);
            assert!(entry.meaning.len() > 4, "{name}: {:?}", entry.meaning);
            assert!(
                entry.meaning.ends_with(['.', ')', '|']) || *kind == WordKind::Rule,
                "{name}: {}",
                entry.meaning
            );
            assert!(!entry.meaning.contains("crate::"), "{name}: {}", entry.meaning);
            let explained = !entry.rules.is_empty() || entry.why_no_rule.is_some();
            assert!(explained || *kind == WordKind::Rule, "{name}");
            assert!(
                entry.rules.iter().all(|id| Rule::find(*id).is_some()),
                "{name}: {:?}",
                entry.rules
            );
            assert!(entry.rules.is_empty() || entry.why_no_rule.is_none(), "{name}");
        }
    }
}

#[test]
fn states_and_codes_say_what_a_client_does() {
    for kind in [WordKind::State, WordKind::Code, WordKind::Notification] {
        assert!(reference::entries(kind).iter().all(|entry| entry.advice.is_some()), "{kind}");
    }
    for state in reference::entries(WordKind::State) {
        assert!(!state.causes.is_empty(), "{}", state.name);
        assert!(state.example.is_some(), "{}", state.name);
    }
}

#[test]
fn every_entry_is_found_by_each_of_its_names() {
    for kind in WordKind::ALL {
        for (place, entry) in reference::entries(*kind).into_iter().enumerate() {
            // Of codes and rules some stand for all.
            if matches!(kind, WordKind::Code | WordKind::Rule) && place % 8 > 0 {
                continue;
            }
            for word in std::iter::once(&entry.name).chain(&entry.other_names) {
                let found = reference::explain(word)
                    .unwrap_or_else(|error| panic!("{kind} {}: {error}", entry.name));
                assert!(
                    found.contains(&entry),
                    "{kind} {word}: {:?}",
                    found.iter().map(|one| &one.name).collect::<Vec<_>>()
                );
            }
        }
    }
}

#[test]
fn a_code_is_found_by_name_number_status_and_number_of_winhttp() {
    for word in [
        "BG_E_HTTP_ERROR_503",
        "bg_e_http_error_503",
        "0x801901F7",
        "2149122551",
        "-2145844745",
        "503",
    ] {
        assert_eq!(one(word, WordKind::Code).name, "BG_E_HTTP_ERROR_503", "{word}");
    }
    assert_eq!(one("12007", WordKind::Code).name, "ERROR_WINHTTP_NAME_NOT_RESOLVED");
    assert_eq!(one("32", WordKind::Code).name, "ERROR_SHARING_VIOLATION");
    // Without a name too.
    let status = one("418", WordKind::Code);
    assert_eq!(status.name, "0x801901A2");
    assert!(status.other_names.contains(&"HTTP 418".to_owned()), "{status:?}");
    assert!(status.example.is_some());
    // As it is printed, also of a code that no document names.
    assert_eq!(one("http 404", WordKind::Code).name, "BG_E_HTTP_ERROR_404");
    assert_eq!(one("WinHTTP 12007", WordKind::Code).name, "ERROR_WINHTTP_NAME_NOT_RESOLVED");
    let unknown = one("Win32 600", WordKind::Code);
    assert_eq!(unknown.name, "0x80070258");
    assert!(unknown.facts.contains(&"It is not documented for BITS.".to_owned()), "{unknown}");
}

/// TIME-10, NET-14, NET-17, NET-22: no clock ends a hold.
#[test]
fn a_code_of_a_hold_is_not_said_to_be_retried_by_itself() {
    for code in [
        "BG_E_NETWORK_DISCONNECTED",
        "BG_E_DESTINATION_LOCKED",
        "BG_E_BLOCKED_BY_POLICY",
        "BG_E_BLOCKED_BY_COST_TRANSFER_POLICY",
        "BG_E_BLOCKED_BY_GAME_MODE",
        "BG_E_BLOCKED_BY_BACKGROUND_ACCESS_POLICY",
    ] {
        let text = one(code, WordKind::Code).to_string();
        assert!(text.contains("until the cause ends; no clock tries before"), "{text}");
        assert!(!text.contains("BITS tries again (ERR-14)"), "{text}");
    }
}

#[test]
fn a_state_tells_what_leads_into_it_and_out_of_it() {
    let text = one("error", WordKind::State).to_string();
    for line in [
        "no-progress timeout elapsed: from TRANSIENT_ERROR to ERROR (TIME-06, LIFE-22)",
        "to QUEUED: resume (LIFE-10, TIME-04,",
        "refused with BG_E_INVALID_STATE: complete (if upload or upload-reply); ",
        "Mend the cause and call Resume",
        "A scenario that shows it, scenarios/",
    ] {
        assert!(text.contains(line), "{line}: {text}");
    }
    let finals = one("CANCELLED", WordKind::State).to_string();
    assert!(!finals.contains("Out of it"), "{finals}");
}

#[test]
fn a_word_of_several_kinds_is_explained_as_each() {
    let kinds = |word: &str| -> Vec<WordKind> {
        reference::explain(word).unwrap().iter().map(|entry| entry.kind).collect()
    };
    assert_eq!(kinds("resume"), [WordKind::Method, WordKind::Trigger, WordKind::Statement]);
    assert_eq!(kinds("set_priority"), [WordKind::Method]);
    assert_eq!(kinds("IBackgroundCopyJob::Resume"), [WordKind::Method]);
    assert_eq!(kinds("retry delay"), [WordKind::Term, WordKind::Trigger]);
    assert_eq!(kinds("retry  delay elapsed"), [WordKind::Trigger]);
    assert_eq!(kinds("BG_NOTIFY_JOB_ERROR"), [WordKind::Flag]);
    assert_eq!(kinds("JobError"), [WordKind::Notification]);
    assert_eq!(kinds("err-05"), [WordKind::Rule]);
    assert_eq!(kinds("T2"), [WordKind::Rule]);
    assert_eq!(kinds("error object"), [WordKind::Term, WordKind::Reading]);
    assert_eq!(kinds("REMOTE_FILE"), [WordKind::Context]);
    assert_eq!(kinds("COST_FLAGS"), [WordKind::Property]);
    assert_eq!(kinds("advance until"), [WordKind::Statement; 2]);
    assert_eq!(kinds("logs on"), [WordKind::Statement]);
    // A line of a scenario.
    let exits = reference::explain("alice exits").unwrap();
    assert!(exits.iter().any(|entry| entry.name == "USER exits"), "{exits:?}");
}

#[test]
fn a_term_of_the_glossary_is_explained_with_what_it_is_called_elsewhere() {
    for (term, elsewhere) in
        [("NPT", "no-progress timeout elapsed"), ("MRD", "retry delay elapsed")]
    {
        let trigger = one(elsewhere, WordKind::Trigger);
        let found = reference::explain(term).unwrap();
        assert_eq!(found[0].kind, WordKind::Term, "{term}");
        assert!(found.contains(&trigger), "{term}: {found:?}");
    }
    // An everyday word before the short name of a flag.
    let owner = &reference::explain("owner").unwrap()[0];
    assert_eq!((owner.kind, owner.name.as_str()), (WordKind::Term, "owner"));
    assert_eq!(reference::explain("OWNER").unwrap()[0].kind, WordKind::Flag);
    for (word, page) in [
        ("stuck", "howto/job-does-not-move.md"),
        ("hangs", "howto/job-does-not-move.md"),
        ("hold", "howto/job-does-not-move.md"),
        ("logoff", "howto/logged-off.md"),
    ] {
        let entry = one(word, WordKind::Term);
        assert!(entry.facts.iter().any(|fact| fact.contains(page)), "{entry}");
    }
    let hold = one("hold", WordKind::Term);
    assert!(hold.example.is_some() && hold.rules.contains(&RuleId::new("NET-17")), "{hold}");
    for term in ["hold", "transient", "fatal", "logoff", "log off"] {
        let entry = one(term, WordKind::Term);
        let page = entry.facts.iter().any(|fact| fact.contains("docs/src/"));
        assert!(page || !entry.rules.is_empty(), "{entry:?}");
    }
}

#[test]
fn half_a_code_tells_what_the_other_half_carries() {
    let [half] = &reference::explain("0x8019").unwrap()[..] else { panic!() };
    assert!(half.meaning.contains("lower half is an HTTP status, such as 404 (0x0194)"), "{half}");
    assert_eq!(reference::explain("0x80190194").unwrap()[0].name, "BG_E_HTTP_ERROR_404");
}

#[test]
fn rules_are_printed_without_the_abbreviations_of_the_catalogue() {
    let entry = one("TIME-06", WordKind::Rule);
    assert!(entry.to_string().contains("no-progress timeout"), "{entry}");
    assert!(!entry.to_string().contains("NPT"), "{entry}");
    let table = one("T2", WordKind::Rule).to_string();
    assert!(table.contains("GetError by state"), "{table}");
}

#[test]
fn a_wrong_word_is_answered_with_the_nearest() {
    let nearest = |word: &str| reference::explain(word).unwrap_err().nearest;
    assert_eq!(nearest("TRANSIENT_EROR")[0], JobState::TransientError.short_name());
    assert_eq!(nearest("BG_E_EMTPY")[0], HResult::BG_E_EMPTY.name().unwrap());
    assert_eq!(nearest("GetEror")[0], Method::GetError.name());
    // Names that have the word.
    assert_eq!(nearest("inactivity")[0], "inactivity timeout");
    assert!(nearest("timeout").contains(&"no-progress timeout".to_owned()));
    assert!(nearest("answers").iter().any(|name| name.contains("answers SCRIPT")));
    let error = reference::explain("xyzzyxyzzy").unwrap_err();
    assert_eq!(error.to_string(), "`xyzzyxyzzy` is no word of BITS or of the scenario language");
}

/// The page of the guide has the same as the text.
#[test]
fn the_page_in_markdown_has_what_the_text_has() {
    let entry = one("BG_E_INVALID_STATE", WordKind::Code);
    let (text, page) = (entry.to_string(), entry.to_markdown());
    assert!(page.starts_with("## `BG_E_INVALID_STATE`\n"), "{page}");
    for part in entry.causes.iter().chain(&entry.advice).chain([&entry.meaning]) {
        assert!(text.contains(part.as_str()) && page.contains(part.as_str()), "{part}");
    }
    assert!(page.contains("```bits\n"), "{page}");
}
