// A button that opens a list of buttons. It closes at a press beside it, at Escape and at a choice.

import { h } from "./dom";

/** Says something in the place of a label, for a moment. */
export function say(label: HTMLElement, words: string) {
  const known = label.textContent;
  if (known === words) return;
  label.textContent = words;
  setTimeout(() => (label.textContent = known), 1500);
}

export function menu(label: string, sign: SVGElement, items: [name: string, act: () => Promise<void>][]): HTMLElement {
  const words = h("span", { class: "label" }, label);
  const summary = h("summary", { class: "button", "aria-label": label }, sign, words);
  const choose = async (act: () => Promise<void>) => {
    details.open = false;
    summary.focus();
    await act();
    say(words, "Copied");
  };
  const details = h("details", { class: "menu" }, summary,
    h("div", { class: "items" }, ...items.map(([name, act]) => h("button", { type: "button", class: "item", click: () => void choose(act) }, name))));
  addEventListener("pointerdown", (event) => {
    if (event.target instanceof Node && !details.contains(event.target)) details.open = false;
  });
  details.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !details.open) return;
    details.open = false;
    summary.focus();
  });
  return details;
}
