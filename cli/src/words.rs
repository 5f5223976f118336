//! `bits codes`, `bits states` and `bits readings`: the words of a kind, a line each.

use std::io::{self, Write};
use std::process::ExitCode;

use bits_emulator::HResult;
use bits_emulator::codes::CodeKind;
use bits_emulator::reference::{self, Entry, WordKind};
use clap::Args;

use crate::explain::object;
use crate::output::{Output, complain, finish, open};

#[derive(Args)]
pub(crate) struct Options {
    /// List only entries whose name and text contain all of these words.
    #[arg(value_name = "WORD", allow_negative_numbers = true)]
    words: Vec<String>,
    /// Print JSON, an object a line, with the fields of `bits explain --json`.
    #[arg(long)]
    json: bool,
    /// Print a page in Markdown, as the guide has it: what `bits explain` says of each word.
    #[arg(long, conflicts_with = "json")]
    markdown: bool,
}

pub(crate) fn run(options: &Options, kind: WordKind) -> ExitCode {
    let all = reference::entries(kind);
    let chosen: Vec<&Entry> = all.iter().filter(|entry| options.selects(entry)).collect();
    if chosen.is_empty() {
        let plural = kind.name();
        complain(format_args!(
            "error: no {plural} has all of these words; without a word all are listed"
        ));
        return ExitCode::from(2);
    }
    let mut out = open();
    let written = chosen.iter().try_for_each(|entry| write_word(entry, options, &mut out));
    finish(written, out, ExitCode::SUCCESS)
}

impl Options {
    fn selects(&self, entry: &Entry) -> bool {
        let parts = [&entry.name, &entry.meaning].into_iter().chain(&entry.other_names);
        let text = parts.chain(&entry.facts).map(String::as_str).collect::<Vec<_>>().join("\n");
        let text = text.to_lowercase();
        self.words.iter().all(|word| text.contains(&word.to_lowercase()))
    }
}

fn write_word(entry: &Entry, options: &Options, out: &mut Output) -> io::Result<()> {
    let Entry { name, meaning, .. } = entry;
    if options.json {
        return writeln!(out, "{}", object(entry));
    }
    if options.markdown {
        return writeln!(out, "{}", entry.to_markdown());
    }
    match entry.kind {
        WordKind::Code => {
            let code = name.parse::<HResult>().unwrap_or(HResult::S_OK);
            writeln!(out, "{:#010X} {name:<48} {:<10} {meaning}", code.value(), class(code))
        }
        WordKind::State => {
            let number = entry.other_names.last().map_or("", String::as_str);
            writeln!(out, "{number} {name:<16} {meaning}")
        }
        _ => {
            writeln!(out, "{name}: {meaning}")?;
            entry.facts.iter().try_for_each(|fact| writeln!(out, "  {fact}"))
        }
    }
}

/// Where a code is received, and whether a job that fails with it is tried again.
fn class(code: HResult) -> String {
    match code.info().map(|info| info.kind) {
        Some(CodeKind::Success) => "success".to_owned(),
        Some(CodeKind::Call) => "call".to_owned(),
        Some(CodeKind::Text) => "text".to_owned(),
        _ => code.failure_class().to_string(),
    }
}
