// The scenario in an editor: coloured and completed from the engine's tables, with what is wrong under its line.

import { autocompletion, closeBrackets, type CompletionContext, type CompletionResult } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, redo, undo } from "@codemirror/commands";
import { HighlightStyle, StreamLanguage, syntaxHighlighting } from "@codemirror/language";
import { EditorState, RangeSet, StateEffect, StateField } from "@codemirror/state";
import { Decoration, type DecorationSet, EditorView, GutterMarker, MatchDecorator, type Tooltip, ViewPlugin, WidgetType, gutter, hoverTooltip, keymap, lineNumbers, showTooltip } from "@codemirror/view";
import { Tag, tags } from "@lezer/highlight";

import type { Completion, Problem } from "./answers";
import { h } from "./dom";

interface Marks {
  line: number | null;
  reached: number;
  problems: Problem[];
  /** The lines that held. */
  held: number[];
  /** The line that a press added. */
  added: number | undefined;
  /** Where the run ends because a line leaves open what happens. */
  open: Problem | null;
}
const setMarks = StateEffect.define<Marks>();

class Message extends WidgetType {
  constructor(readonly problem: Problem) {
    super();
  }
  override eq(other: Message) {
    return other.problem.cause === this.problem.cause && other.problem.help === this.problem.help;
  }
  override toDOM(): HTMLElement {
    // Of a margin the numbers of the lines would not know.
    return h("div", { class: "below" }, h("div", { class: "message", role: "alert" }, h("p", {}, this.problem.cause), this.problem.help && h("p", { class: "help" }, this.problem.help)));
  }
}

/** Where the run that is shown ends. */
class Note extends WidgetType {
  constructor(readonly cause: string) {
    super();
  }
  override eq(other: Note) {
    return other.cause === this.cause;
  }
  override toDOM(): HTMLElement {
    return h("div", { class: "below" }, h("div", { class: "note" }, `${this.cause[0]?.toUpperCase()}${this.cause.slice(1)}: the run ends before it. “How it can end” follows what is possible.`));
  }
}

/** What stands beside a line: that it held, or that a press added it. */
class Sign extends GutterMarker {
  constructor(readonly kind: "held" | "added") {
    super();
  }
  override eq(other: Sign) {
    return other.kind === this.kind;
  }
  override toDOM(): HTMLElement {
    const isHeld = this.kind === "held";
    return h("span", { class: this.kind, title: isHeld ? "held" : "added by a press" }, isHeld ? "✓" : "+");
  }
}
const held = new Sign("held"), added = new Sign("added");

const signs = StateField.define<RangeSet<Sign>>({
  create: () => RangeSet.empty,
  update(known, transaction) {
    let found = known.map(transaction.changes);
    for (const effect of transaction.effects) {
      if (!effect.is(setMarks)) continue;
      const { doc } = transaction.state;
      const lines = new Map(effect.value.held.filter((line) => line <= effect.value.reached).map((line) => [line, held]));
      if (effect.value.added) lines.set(effect.value.added, added);
      const here = [...lines].filter(([line]) => line <= doc.lines).sort(([one], [other]) => one - other);
      found = RangeSet.of(here.map(([line, sign]) => sign.range(doc.line(line).from)));
    }
    return found;
  },
});

const marks = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(known, transaction) {
    let found = known.map(transaction.changes);
    for (const effect of transaction.effects) if (effect.is(setMarks)) found = decorate(transaction.state, effect.value);
    return found;
  },
  provide: (field) => EditorView.decorations.from(field),
});

function decorate(state: EditorState, { line, reached, problems, open, added }: Marks): DecorationSet {
  const found = [];
  for (let number = 1; number <= state.doc.lines; number++) {
    const { from } = state.doc.line(number);
    if (number === line) found.push(Decoration.line({ class: "here" }).range(from));
    else if (number > reached) found.push(Decoration.line({ class: "later" }).range(from));
    if (number === added) found.push(Decoration.line({ class: "added" }).range(from));
  }
  for (const problem of problems.slice(0, 20)) {
    const from = Math.min(problem.from, state.doc.length);
    const to = Math.min(Math.max(problem.to, from), state.doc.length);
    if (to > from) found.push(Decoration.mark({ class: "wrong" }).range(from, to));
    const end = state.doc.lineAt(from).to;
    found.push(Decoration.widget({ widget: new Message(problem), block: true, side: 1 }).range(end));
  }
  if (open && open.line <= state.doc.lines) {
    found.push(Decoration.widget({ widget: new Note(open.cause), block: true, side: -1 }).range(state.doc.line(open.line).from));
  }
  return Decoration.set(found, true);
}

/** The space by which comments stand below each other has no room here: it is shown short. */
const gaps = new MatchDecorator({ regexp: /\S( {3,})#/g, decorate: (add, from, to) => add(from + 1, to - 1, Decoration.mark({ class: "gap" })) });
const shortGaps = ViewPlugin.define((view) => ({
  found: gaps.createDeco(view),
  update(update) {
    this.found = gaps.updateDeco(update, this.found);
  },
}), { decorations: (plugin) => plugin.found });

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

interface Hooks {
  words: Words;
  changed: (text: string) => void;
  complete: (line: string) => Promise<Completion>;
  /** What a word means, if it means something. */
  explain: (word: string) => Promise<HTMLElement | undefined>;
  moved: (by: number) => void;
}

/** The words at a place that could be explained, the likeliest first: the one there, and those with which the line begins. */
function wordsAt(state: EditorState, at: number): { from: number; to: number; words: string[] } | undefined {
  const line = state.doc.lineAt(at);
  const isWord = /[\w-]/;
  let [from, to] = [at - line.from, at - line.from];
  while (from > 0 && isWord.test(line.text[from - 1]!)) from--;
  while (to < line.text.length && isWord.test(line.text[to]!)) to++;
  if (from === to) return undefined;
  const word = line.text.slice(from, to);
  const start = /^\s*(?:[\w-]+:\s*)?/.exec(line.text)?.[0].length ?? 0;
  const statement = line.text.slice(start).split(/\s+/).filter((part) => /^[a-z-]+$/.test(part));
  const within = line.text.slice(start, to).split(/\s+/).length <= statement.length;
  const first = within ? [3, 2, 1].map((count) => statement.slice(0, count).join(" ")) : [];
  return { from: line.from + from, to: line.from + to, words: /^[a-z]/.test(word) ? [...first, word] : [word] };
}

const setTooltip = StateEffect.define<Tooltip | null>();
/** The explanation that a key asked for: it goes with the next change or movement. */
const asked = StateField.define<Tooltip | null>({
  create: () => null,
  update(known, transaction) {
    for (const effect of transaction.effects) if (effect.is(setTooltip)) return effect.value;
    return transaction.docChanged || transaction.selection ? null : known;
  },
  provide: (field) => showTooltip.from(field),
});

export class Editor {
  readonly view: EditorView;
  /** The line of the step at the cursor. */
  #line = 0;

  constructor(parent: HTMLElement, text: string, { words, changed, complete, explain, moved }: Hooks) {
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
    const explained = async (at: number): Promise<Tooltip | null> => {
      const found = wordsAt(this.view.state, at);
      for (const word of found?.words ?? []) {
        const dom = await explain(word);
        if (dom && found) return { pos: found.from, end: found.to, above: false, create: () => ({ dom }) };
      }
      return null;
    };
    const ask = () => {
      void explained(this.view.state.selection.main.head).then((tooltip) => this.view.dispatch({ effects: setTooltip.of(tooltip) }));
      return true;
    };
    this.view = new EditorView({
      parent,
      state: EditorState.create({
        doc: text,
        extensions: [
          gutter({ class: "signs", markers: (view) => view.state.field(signs), initialSpacer: () => held }), signs,
          hoverTooltip((_, at) => explained(at), { hoverTime: 350 }), asked,
          lineNumbers(), history(), closeBrackets(), EditorView.lineWrapping, marks, shortGaps,
          language(words, colours), syntaxHighlighting(style(colours)), autocompletion({ override: [source] }),
          keymap.of([
            { key: "Alt-ArrowLeft", run: () => (moved(-1), true) },
            { key: "Alt-ArrowRight", run: () => (moved(1), true) },
            { key: "F1", run: ask },
            { key: "Escape", run: (view) => view.state.field(asked) !== null && (view.dispatch({ effects: setTooltip.of(null) }), true) },
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
    this.view.dispatch({ effects: [setMarks.of(marks)] });
    this.#line = marks.line ?? 0;
    if (follows) this.follow();
  }

  /** Shows the line of the step, within the editor only: the page stays where it is. */
  follow() {
    const { doc } = this.view.state;
    if (this.#line < 1 || this.#line > doc.lines) return;
    const { from } = doc.line(this.#line);
    this.view.requestMeasure({
      key: this,
      read: (view) => ({ block: view.lineBlockAt(from), height: view.scrollDOM.clientHeight, top: view.scrollDOM.scrollTop }),
      write: ({ block, height, top }, view) => {
        if (block.top < top + 38 || block.bottom > top + height - 38) view.scrollDOM.scrollTop = (block.top + block.bottom - height) / 2;
      },
    });
  }

  undo = () => undo(this.view);
  redo = () => redo(this.view);
}
