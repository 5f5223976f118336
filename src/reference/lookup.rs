//! Looking a word up: which entries there are, and which are nearest to a word that is not there.

use std::sync::LazyLock;

use super::entry::{Entry, WordKind};
use super::interfaces::DocumentedMethod;
use super::language::{self, Row, fixed_words};
use super::mentions::distinct;
use super::words::terms::Term;
use super::words::values::FlagRow;
use super::words::{codes, methods, questions, statements, states, terms, triggers, values};
use crate::machine::Trigger;
use crate::scenario::is_statement;
use crate::vocabulary::text::nearest::distance;
use crate::vocabulary::{
    ErrorContext, FilePropertyId, HResult, JobPriority, JobPropertyId, JobState, Method,
    Notification, Readings, Rule, Switch,
};

/// How many similar words are suggested for an unknown one.
const MOST_NEAREST: usize = 4;
/// The fewest letters of the beginning of a word by which names are offered that have it.
const FEWEST_LETTERS: usize = 4;

/// A word that the reference does not know.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{given}` is no word of BITS or of the scenario language{}", self.suggestion())]
#[non_exhaustive]
pub struct UnknownWord {
    /// The given word.
    pub given: String,
    /// The words that are nearest to it, the nearest first; none if none is near.
    pub nearest: Vec<String>,
}

impl UnknownWord {
    fn suggestion(&self) -> String {
        match self.nearest.split_last() {
            None => String::new(),
            Some((last, [])) => format!("; did you mean {last}?"),
            Some((last, others)) => format!("; did you mean {} or {last}?", others.join(", ")),
        }
    }
}

/// What an entry is about.
enum Subject {
    State(JobState),
    Code(HResult),
    Context(ErrorContext),
    Priority(JobPriority),
    /// With the name by which it is found: its own, or that with its interface if another one has it.
    Method(DocumentedMethod, String),
    Property(JobPropertyId),
    FileProperty(FilePropertyId),
    Flag(FlagRow),
    Rule(&'static Rule),
    Notification(Notification),
    Trigger(Trigger),
    Reading(&'static Switch),
    Statement(&'static Row),
    Term(&'static Term),
}

impl Subject {
    fn all(kind: WordKind) -> Vec<Self> {
        match kind {
            WordKind::State => JobState::ALL.iter().copied().map(Self::State).collect(),
            WordKind::Code => HResult::all().map(|info| Self::Code(info.code)).collect(),
            WordKind::Context => ErrorContext::ALL.iter().copied().map(Self::Context).collect(),
            WordKind::Priority => JobPriority::ALL.iter().copied().map(Self::Priority).collect(),
            WordKind::Method => documented_methods(),
            WordKind::Property => {
                let of_files = FilePropertyId::ALL.iter().copied().map(Self::FileProperty);
                JobPropertyId::ALL.iter().copied().map(Self::Property).chain(of_files).collect()
            }
            WordKind::Flag => values::flags().into_iter().map(Self::Flag).collect(),
            WordKind::Rule => Rule::all().iter().map(Self::Rule).collect(),
            WordKind::Notification => methods::NOTIFICATIONS.map(Self::Notification).into(),
            WordKind::Trigger => Trigger::ALL.iter().copied().map(Self::Trigger).collect(),
            WordKind::Reading => Readings::SWITCHES.iter().map(Self::Reading).collect(),
            WordKind::Statement => language::rows().iter().map(Self::Statement).collect(),
            WordKind::Term => terms::terms().iter().map(Self::Term).collect(),
        }
    }

    /// The spellings by which it is known, but for those of statements and the numbers of codes.
    fn names(&self) -> Vec<String> {
        let of_enum = |full: &str, short: &str, value: u32| {
            vec![short.to_owned(), full.to_owned(), value.to_string()]
        };
        match self {
            Self::State(state) => of_enum(state.name(), state.short_name(), state.value()),
            Self::Code(code) => {
                let info = code.info().into_iter();
                info.flat_map(|info| std::iter::once(info.name).chain(info.aliases.iter().copied()))
                    .map(str::to_owned)
                    .collect()
            }
            Self::Context(context) => {
                of_enum(context.name(), context.short_name(), context.value())
            }
            Self::Priority(priority) => {
                of_enum(priority.name(), priority.short_name(), priority.value())
            }
            Self::Method(method, name) => match method.method() {
                Some(method) => of_method(method),
                None => vec![name.clone(), method.full_name()],
            },
            Self::Notification(told) => of_method(told.method()),
            Self::Property(id) => {
                let mut names = of_enum(id.name(), id.short_name(), id.value());
                names.push(id.short_name().trim_start_matches("ID_").to_owned());
                names
            }
            Self::FileProperty(id) => of_enum(id.name(), id.short_name(), id.value()),
            Self::Flag(flag) => {
                vec![flag.name.to_owned(), flag.windows.clone(), flag.number.clone()]
            }
            Self::Rule(rule) => vec![rule.id.to_string()],
            Self::Trigger(trigger) => {
                let name = trigger.name();
                let clock = name.strip_suffix(" elapsed");
                std::iter::once(name).chain(clock).map(str::to_owned).collect()
            }
            Self::Reading(switch) => vec![switch.name.to_owned()],
            Self::Term(term) => term.names.clone(),
            Self::Statement(row) => {
                // `USER logs on` begins with any name.
                let fixed =
                    row.forms.iter().map(|form| match (fixed_words(form), form.split_once(' ')) {
                        ("", Some((_, behind))) => fixed_words(behind).to_owned(),
                        (words, _) => words.to_owned(),
                    });
                fixed.filter(|words| !words.is_empty()).chain(row.forms.iter().cloned()).collect()
            }
        }
    }

    fn entry(&self) -> Entry {
        match self {
            Self::State(state) => states::entry(*state),
            Self::Code(code) => codes::entry(*code),
            Self::Context(context) => values::context(*context),
            Self::Priority(priority) => values::priority(*priority),
            Self::Method(method, name) => methods::documented_entry(*method, name),
            Self::Property(id) => values::property(*id),
            Self::FileProperty(id) => values::file_property(*id),
            Self::Flag(flag) => values::flag(flag),
            Self::Rule(rule) => triggers::rule(rule),
            Self::Notification(told) => methods::notification(*told),
            Self::Trigger(trigger) => triggers::entry(*trigger),
            Self::Reading(switch) => questions::entry(switch),
            Self::Statement(row) => statements::entry(row),
            Self::Term(term) => terms::entry(term),
        }
    }
}

/// Every documented method but the notifications, which are a kind of their own. A name that several interfaces have is
/// that of the method that calls, hooks and traces name so, or of the first; the others have theirs with the interface.
fn documented_methods() -> Vec<Subject> {
    let told = |method: Method| methods::NOTIFICATIONS.iter().any(|told| told.method() == method);
    let mut taken: Vec<&str> = Method::ALL.iter().map(|method| method.name()).collect();
    let all = DocumentedMethod::all().filter(|documented| !documented.method().is_some_and(told));
    let named = all.map(|documented| {
        let name = documented.name();
        if documented.method().is_some() || !taken.contains(&name) {
            taken.push(name);
            return Subject::Method(documented, name.to_owned());
        }
        Subject::Method(documented, documented.full_name())
    });
    named.collect()
}

/// The name, with its interface, and as Rust spells it.
fn of_method(method: Method) -> Vec<String> {
    let name = method.name();
    let mut rust = String::new();
    for letter in name.chars() {
        if letter.is_uppercase() && !rust.is_empty() {
            rust.push('_');
        }
        rust.extend(letter.to_lowercase());
    }
    vec![name.to_owned(), format!("{}::{name}", method.interface()), rust]
}

/// Returns the entries of all words of a kind, in the order of their table.
#[must_use]
pub fn entries(kind: WordKind) -> Vec<Entry> {
    Subject::all(kind).iter().map(Subject::entry).collect()
}

/// Returns the names of all words of a kind as traces and scenarios write them, in the order of their table.
#[must_use]
pub fn names(kind: WordKind) -> Vec<String> {
    Subject::all(kind).iter().filter_map(|subject| subject.names().into_iter().next()).collect()
}

/// Returns what is known of a word, an entry for each kind of word that it is.
///
/// A word may be given in any case of letters, by its short or its full name; a code also by its number, in
/// hexadecimal, unsigned or signed, by its HTTP status or its number of WinHTTP or Windows, also behind `HTTP`,
/// `WinHTTP` or `Win32`; a statement by its first words, or as a line that is one.
///
/// # Errors
///
/// If there is no such word: the words that are nearest to it.
pub fn explain(word: &str) -> Result<Vec<Entry>, UnknownWord> {
    let word = word.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut found: Vec<Entry> = match codes::upper_half(&word) {
        Some(half) => vec![half],
        None => numbered(&word).into_iter().map(codes::entry).collect(),
    };
    found.extend(all_kinds(&word));
    // An everyday word is rather meant as such than as the short name of a flag.
    let is_everyday = !word.contains(char::is_uppercase);
    found.sort_by_key(|entry| {
        !(is_everyday && entry.kind == WordKind::Term && has_name(entry, &word))
    });
    if found.is_empty() {
        found.extend(
            language::rows().iter().filter(|row| is_line_of(&word, row)).map(statements::entry),
        );
    }
    // `NPT` stands for what the term is called elsewhere.
    if let [term] = &found[..]
        && term.kind == WordKind::Term
    {
        let others = std::iter::once(&term.name).chain(&term.other_names).cloned();
        for other in others.collect::<Vec<_>>() {
            found.extend(all_kinds(&other));
        }
    }
    let found = distinct(found);
    if found.is_empty() { Err(unknown(&word)) } else { Ok(found) }
}

fn has_name(entry: &Entry, word: &str) -> bool {
    std::iter::once(&entry.name).chain(&entry.other_names).any(|name| name == word)
}

/// Whether a line of a scenario is such a statement.
fn is_line_of(line: &str, row: &Row) -> bool {
    is_statement(line) && row.forms.iter().any(|form| statements::is_like(line, form))
}

fn all_kinds(word: &str) -> impl Iterator<Item = Entry> + '_ {
    let known = WordKind::ALL.iter().flat_map(move |kind| of_kind(*kind, word));
    known.map(|known| known.subject.entry())
}

/// What an entry is about, and all its names.
struct Known {
    kind: WordKind,
    subject: Subject,
    names: Vec<String>,
}

fn known() -> &'static [Known] {
    static KNOWN: LazyLock<Vec<Known>> = LazyLock::new(|| {
        let of_kind = |kind: &WordKind| {
            let kind = *kind;
            Subject::all(kind).into_iter().map(move |subject| {
                let names = subject.names();
                Known { kind, subject, names }
            })
        };
        WordKind::ALL.iter().flat_map(of_kind).collect()
    });
    &KNOWN
}

/// Returns the words of a kind with that name; if no statement has it, those that begin with it.
fn of_kind(kind: WordKind, word: &str) -> Vec<&'static Known> {
    let chosen = |fits: &dyn Fn(&String) -> bool| -> Vec<&'static Known> {
        let all = known().iter().filter(|known| known.kind == kind);
        all.filter(|known| known.names.iter().any(fits)).collect()
    };
    if kind != WordKind::Statement {
        return chosen(&|name| name.eq_ignore_ascii_case(word));
    }
    // Words of the language have their case.
    let exact = chosen(&|name| name == word);
    if !exact.is_empty() {
        return exact;
    }
    chosen(&|name| name.strip_prefix(word).is_some_and(|rest| rest.starts_with([' ', ','])))
}

/// Returns the code with a number, or the codes that carry it, such as an HTTP status.
fn numbered(word: &str) -> Vec<HResult> {
    if let Some((carrier, number)) = word.split_once(' ') {
        let Ok(number) = number.parse::<u16>() else { return Vec::new() };
        return match carrier.to_lowercase().as_str() {
            "http" => vec![HResult::from_http_status(number)],
            "winhttp" | "win32" => vec![HResult::from_win32(number.into())],
            _ => Vec::new(),
        };
    }
    if !word.starts_with(|first: char| first.is_ascii_digit() || first == '-') {
        return Vec::new();
    }
    match word.parse::<HResult>() {
        Ok(code) => vec![code],
        Err(error) => {
            let named: Vec<HResult> =
                error.carriers.iter().copied().filter(|code| code.name().is_some()).collect();
            if named.is_empty() { error.carriers } else { named }
        }
    }
}

fn unknown(word: &str) -> UnknownWord {
    let near = known().iter().filter_map(|known| {
        let near = known.names.iter().filter_map(|name| Some((distance(word, name)?, name)));
        near.min_by_key(|(distance, _)| *distance)
    });
    let mut near: Vec<(usize, &String)> = near.collect();
    near.sort_by_key(|(distance, _)| *distance);
    let near = near.into_iter().map(|(_, name)| name.clone());
    let nearest = distinct(with_word(word).into_iter().chain(near));
    UnknownWord {
        given: word.to_owned(),
        nearest: nearest.into_iter().take(MOST_NEAREST).collect(),
    }
}

/// The names of terms, of what happens and of statements that have the word, or one that begins with it; one of each.
fn with_word(word: &str) -> Vec<String> {
    if word.chars().count() < FEWEST_LETTERS {
        return Vec::new();
    }
    let word = word.to_lowercase();
    let has = |name: &&String| {
        let mut parts = name.split(|next: char| !next.is_alphanumeric());
        parts.any(|part| part.to_lowercase().starts_with(&word))
    };
    let kinds = [WordKind::Term, WordKind::Trigger, WordKind::Reading, WordKind::Statement];
    let of_kind = |kind: WordKind| known().iter().filter(move |known| known.kind == kind);
    let names =
        kinds.into_iter().flat_map(of_kind).filter_map(|known| known.names.iter().find(has));
    names.cloned().collect()
}
