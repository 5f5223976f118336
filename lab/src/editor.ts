// The scenario in an editor: coloured and completed from the engine's tables, with what is wrong under its line.

import { autocompletion, closeBrackets, type CompletionContext, type CompletionResult } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, redo, undo } from "@codemirror/commands";
import { HighlightStyle, StreamLanguage, syntaxHighlighting } from "@codemirror/language";
import { StateEffect, StateField, EditorState } from "@codemirror/state";
import { Decoration, type DecorationSet, EditorView, WidgetType, keymap, lineNumbers } from "@codemirror/view";
import { Tag, tags } from "@lezer/highlight";

import type { Completion, Problem } from "./answers";
import { h } from "./dom";

interface Marks { line: number | null; reached: number; problems: Problem[] }
const setMarks = StateEffect.define<Marks>();

class Message extends WidgetType {
  constructor(readonly problem: Problem) {
    super();
  }
  override eq(other: Message) {
    return other.problem.cause === this.problem.cause && other.problem.help === this.problem.help;
  }
  toDOM() {
    return h("div", { class: "message", role: "alert" }, h("p", {}, this.problem.cause), this.problem.help && h("p", { class: "help" }, this.problem.help));
  }
}

const marks = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(known, transaction) {
    let found = known.map(transaction.changes);
    for (const effect of transaction.effects) if (effect.is(setMarks)) found = decorate(transaction.state, effect.value);
    return found;
  },
  provide: (field) => EditorView.decorations.from(field),
});

function decorate(state: EditorState, { line, reached, problems }: Marks): DecorationSet {
  const found = [];
  for (let number = 1; number <= state.doc.lines; number++) {
    const { from } = state.doc.line(number);
    if (number === line) found.push(Decoration.line({ class: "here" }).range(from));
    else if (number > reached) found.push(Decoration.line({ class: "later" }).range(from));
  }
  for (const problem of problems.slice(0, 20)) {
    const from = Math.min(problem.from, state.doc.length);
    const to = Math.min(Math.max(problem.to, from), state.doc.length);
    if (to > from) found.push(Decoration.mark({ class: "wrong" }).range(from, to));
    const end = state.doc.lineAt(from).to;
    found.push(Decoration.widget({ widget: new Message(problem), block: true, side: 1 }).range(end));
  }
  return Decoration.set(found, true);
}

/** The words of the language, by their kind, as the engine tells them. */
export type Words = Record<string, string[]>;

function language(words: Words, colours: Map<string, Tag>) {
  const states = new Set(words["state"]), codes = new Set(words["code"]), contexts = new Set(words["error context"]);
  // A statement's own words are the small ones that it begins with.
  const first = (name: string) => name.replace(/`/g, "").split(/\s+/).find((word) => /^[a-z]/.test(word)) ?? "";
  const statements = new Set([...(words["statement"] ?? []).map(first), "resume", "suspend", "complete", "cancel", "until"]);
  return StreamLanguage.define<{ isStart: boolean }>({
    startState: () => ({ isStart: true }),
    token(stream, state) {
      if (stream.sol()) state.isStart = true;
      if (stream.eatSpace()) return null;
      if (stream.match(/^#.*/)) return "comment";
      if (stream.match(/^"[^"]*"/)) return "string";
      if (stream.match(/^[A-Z][A-Z0-9_]+/)) {
        state.isStart = false;
        const word = stream.current();
        if (states.has(word)) return word;
        if (codes.has(word)) return "invalid";
        return contexts.has(word) ? "typeName" : null;
      }
      if (stream.match(/^\d[\d.,]*( ?(B|KiB|MiB|GiB|ms|s|m|h|d)\b)?/)) return "number";
      if (stream.match(/^[a-z][a-z-]*/)) {
        const isStart = state.isStart;
        state.isStart = false;
        return isStart && statements.has(stream.current()) && stream.peek() !== ":" ? "keyword" : null;
      }
      if (stream.match(/^[^\s:]+/)) return null;
      if (stream.eat(":")) state.isStart = true;
      else stream.next();
      return null;
    },
    tokenTable: Object.fromEntries(colours),
  });
}

const style = (colours: Map<string, Tag>) => HighlightStyle.define([
  ...[...colours].map(([state, tag]) => ({ tag, class: `tok-state tok-${state}` })),
  { tag: tags.comment, class: "tok-comment" },
  { tag: tags.keyword, class: "tok-keyword" },
  { tag: tags.invalid, class: "tok-code" },
  { tag: tags.number, class: "tok-number" },
  { tag: tags.typeName, class: "tok-context" },
]);

interface Hooks { words: Words; changed: (text: string) => void; complete: (line: string) => Promise<Completion>; moved: (by: number) => void }

export class Editor {
  readonly view: EditorView;

  constructor(parent: HTMLElement, text: string, { words, changed, complete, moved }: Hooks) {
    const colours = new Map((words["state"] ?? []).map((state) => [state, Tag.define()]));
    const source = async (context: CompletionContext): Promise<CompletionResult | null> => {
      const line = context.state.doc.lineAt(context.pos);
      const before = line.text.slice(0, context.pos - line.from);
      if (!before.trim() && !context.explicit) return null;
      // The indentation and the name of the job are the line's, not the statement's.
      const start = /^\s*(?:[\w-]+:\s*)?/.exec(before)?.[0].length ?? 0;
      const found = await complete(before.slice(start));
      if (!found.words.length) return null;
      return { from: line.from + start + found.from, options: found.words.map((label) => ({ label })) };
    };
    this.view = new EditorView({
      parent,
      state: EditorState.create({
        doc: text,
        extensions: [
          lineNumbers(), history(), closeBrackets(), EditorView.lineWrapping, marks,
          language(words, colours), syntaxHighlighting(style(colours)), autocompletion({ override: [source] }),
          keymap.of([
            { key: "Alt-ArrowLeft", run: () => (moved(-1), true) },
            { key: "Alt-ArrowRight", run: () => (moved(1), true) },
            ...defaultKeymap, ...historyKeymap,
          ]),
          EditorView.contentAttributes.of({ "aria-label": "Scenario text", tabindex: "0" }),
          EditorView.updateListener.of((update) => {
            if (update.docChanged) changed(update.state.doc.toString());
          }),
        ],
      }),
    });
  }

  get text(): string {
    return this.view.state.doc.toString();
  }

  /** Replaces the text, in one piece: one undo brings it back. */
  replace(text: string) {
    const known = this.text;
    let same = 0;
    while (same < text.length && same < known.length && text[same] === known[same]) same++;
    this.view.dispatch({ changes: { from: same, to: known.length, insert: text.slice(same) } });
  }

  mark(marks: Marks, follows: boolean) {
    const effects: StateEffect<unknown>[] = [setMarks.of(marks)];
    const { doc } = this.view.state;
    if (follows && marks.line && marks.line <= doc.lines) {
      effects.push(EditorView.scrollIntoView(doc.line(marks.line).from, { y: "center" }));
    }
    this.view.dispatch({ effects });
  }

  undo = () => undo(this.view);
  redo = () => redo(this.view);
}
