// The lesson of a scenario: its sentence for the step at the cursor, as the guide says it.

import type { Lesson, Step } from "./answers";

const RULE = /\b(?:[A-Z]+-\d\d|T[1-4])\b/g;

/** The rules that the comments of some lines of a text name, counted from 1; and what else the comments say. */
export function noted(text: string, from: number | null, to: number): { rules: string[]; words: string[] } {
  const lines = from === null ? [] : text.split("\n").slice(from - 1, Math.max(from, to));
  const comments = lines.map((line) => /(?:^|\s)#(.*)$/.exec(line)?.[1]?.trim() ?? "").filter(Boolean);
  return {
    rules: comments.flatMap((comment) => comment.match(RULE) ?? []),
    words: comments.map((comment) => comment.replace(RULE, "").replace(/^[\s,:]+/, "").trim()).filter((words) => /[a-z]/.test(words)),
  };
}

/** At most two sentences of the lesson that say most about a step: about the rules that its lines name, or else its own. */
export function sentences({ sentences = [] }: Lesson, step: Step | undefined, rules: string[]): string[] {
  const own = step?.jobs.flatMap((did) => did.rules) ?? [];
  for (const wanted of [rules, own]) {
    const found = sentences
      .map((sentence, place) => ({ text: sentence.text, place, fit: sentence.rules.filter((id) => wanted.includes(id)).length }))
      .filter(({ fit }) => fit > 0)
      .sort((a, b) => b.fit - a.fit || a.place - b.place);
    if (found.length) return found.slice(0, 2).map(({ text }) => text);
  }
  return [];
}
