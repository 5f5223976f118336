// How the scenario can end: the engine's bounded check, each ending a press away.

import type { Outcomes } from "./answers";
import { h } from "./dom";
import { colours, glyph, stateIn } from "./glyphs";

/** How many pieces of runs are looked at: a second or two. */
export const PIECES = 400;

export function outcomes({ outcomes, exhausted }: Outcomes, open: (scenario: string) => void): HTMLElement[] {
  const list = outcomes.map(({ words, failure, taken, scenario }) => {
    const state = failure ? undefined : stateIn(words);
    return h("li", {}, h("button", { type: "button", class: "outcome", title: words, style: state && colours(state), click: () => open(scenario) },
      state ? glyph(state) : h("span"),
      h("span", {}, words, h("span", { class: "dim taken" }, taken.length ? taken.join(", ") : "as written"))));
  });
  return [h("ul", {}, ...list), ...(exhausted ? [] : [h("p", { class: "dim empty" }, "There may be more: the check was ended before it was through.")])];
}
