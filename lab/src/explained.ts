// What a word means, for the box beside it.

import type { Explained } from "./answers";
import { h } from "./dom";

export function explained({ entries }: Explained): HTMLElement | undefined {
  if (!entries.length) return undefined;
  return h("div", { class: "explained", role: "note" }, ...entries.slice(0, 3).map(({ kind, name, other_names, meaning, advice, rules }) =>
    h("div", {},
      h("p", {}, h("b", {}, name.replace(/`/g, "")), " ", h("span", { class: "dim" }, [kind, ...other_names.filter((other) => other.startsWith("0x"))].join(" · "))),
      h("p", {}, meaning),
      advice && h("p", {}, h("span", { class: "dim" }, "A client: "), advice),
      rules.length > 0 && h("p", { class: "dim" }, rules.slice(0, 6).map(({ id }) => id).join(", ")))));
}
