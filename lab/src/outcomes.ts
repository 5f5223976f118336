// How the scenario can end: the engine's bounded check, with the answers to the questions of the text, each a press away.

import type { Outcomes } from "./answers";
import { h, s } from "./dom";
import { colours, glyph, stateIn } from "./glyphs";

/** How much is looked at: pieces of runs, and milliseconds. */
export const BOUNDS = { pieces: 400, milliseconds: 4000 };

/** The sign of what the engine finds of a question. */
const SIGNS: Record<string, string> = { holds: "m2.8 8.5 3.5 3.5 7-8", fails: "m3.5 3.5 9 9M12.5 3.5l-9 9" };
const UNKNOWN = "M5.2 6a2.8 2.8 0 1 1 4 2.6c-.9.5-1.2 1-1.2 1.9M8 12.6v.6";

export function outcomes({ answers, outcomes, exhausted, extent }: Outcomes, open: (scenario: string) => void): HTMLElement[] {
  const asked = answers.map(({ question, finding, taken, scenario }) => {
    const sign = s("svg", { class: "g", viewBox: "0 0 16 16", "aria-hidden": "true" }, s("path", { d: SIGNS[finding] ?? UNKNOWN }));
    const what = h("span", {}, h("code", {}, question), " ", h("b", {}, finding),
      scenario !== null && h("span", { class: "dim taken" }, taken?.length ? `shown by: ${taken.join(", ")}` : "shown by the run as written"));
    const kind = `outcome answer ${finding.replace(/ /g, "-")}`;
    return h("li", {}, scenario === null
      ? h("div", { class: kind }, sign, what)
      : h("button", { type: "button", class: kind, click: () => open(scenario) }, sign, what));
  });
  const list = outcomes.map(({ words, failure, taken, scenario }) => {
    const state = failure ? undefined : stateIn(words);
    return h("li", {}, h("button", { type: "button", class: "outcome", title: words, style: state && colours(state), click: () => open(scenario) },
      state ? glyph(state) : h("span"),
      h("span", {}, words, h("span", { class: "dim taken" }, taken.length ? taken.join(", ") : "as written"))));
  });
  return [
    ...(asked.length ? [h("ul", { "aria-label": "Questions" }, ...asked)] : []),
    h("ul", { "aria-label": "Endings" }, ...list),
    h("p", { class: "dim empty" }, exhausted ? `These are all: ${extent}.` : list.length ? `There may be more, the check was bounded: ${extent}.` : `No ending was found within the bounds of the check: ${extent}.`),
  ];
}
