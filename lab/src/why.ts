// The step at the cursor: what happened, and by which rules.

import type { Run, Step } from "./answers";
import { h } from "./dom";

function line(step: Step): HTMLElement {
  const results = step.jobs.filter((did) => !did.ignored).map((did) => (did.before === did.after ? "" : ` => ${did.after}`));
  const effects = step.jobs.flatMap((did) => did.effects);
  return h("p", { class: "trace" }, step.words,
    step.code && ` -> ${step.code.name ?? step.code.number}`, results[0],
    effects.length > 0 && h("span", { class: "dim" }, `  # ${[...new Set(effects)].join("; ")}`));
}

/** The rules of a step; those that the text is about, as its comments say, come first. */
export function why(run: Run, step: number, about: string[]): HTMLElement[] {
  const at = run.steps[step - 1];
  if (!at) return [h("p", { class: "dim" }, "Nothing has happened yet. Step forward, or press something that could happen.")];
  const all = [...new Set(at.jobs.flatMap((did) => did.rules))];
  const ids = [...all.filter((id) => about.includes(id)), ...all.filter((id) => !about.includes(id))];
  const rules = ids.map((id) => {
    const rule = run.rules[id];
    return h("div", { class: "rule" }, h("code", { class: "id" }, id),
      h("div", {}, rule?.is_table ? h("details", {}, h("summary", {}, "a table"), h("pre", { tabindex: 0 }, rule.text)) : rule?.text,
        rule?.is_read && h("span", { class: "reading", title: rule.open }, "our reading"),
        ...(rule?.sources ?? []).map((source) => h("span", { class: "source" }, ` ${source}`))));
  });
  const refused = at.refusal && h("p", { class: "refused" }, h("b", {}, at.refusal.why), ` ${at.refusal.advice}`);
  const ignored = !ids.length && h("p", { class: "dim" }, `It means nothing to the job in its state.`);
  return [line(at), ...[refused, ignored].filter((one): one is HTMLParagraphElement => Boolean(one)), ...rules];
}
