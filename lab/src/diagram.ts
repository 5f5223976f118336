// The state diagram: drawn once for each width, then only classes change.

import type { Diagram, State, Step } from "./answers";
import { h, s, textWidth } from "./dom";
import { geometry, key, rounded, type Point } from "./geometry";
import { colours, glyph } from "./glyphs";

export class DiagramPane {
  readonly element = h("div", { class: "drawing" });
  readonly caption = h("p", { class: "caption", "aria-live": "polite" });
  readonly #table: Diagram;
  #isNarrow: boolean | undefined;
  #path: { steps: Step[]; job: string; taken: Map<string, number>; been: Map<State, number> } | undefined;
  #svg = s("svg");
  #arrows = new Map<string, SVGGElement>();
  #nodes = new Map<State, SVGGElement>();
  #pill = s("g", { class: "pill" });

  constructor(table: Diagram) {
    this.#table = table;
    const { ways } = geometry(false);
    const unknown = new Set(Object.keys(ways));
    for (const { from, to, triggers } of table.arrows) {
      const way = ways[key(from, to)];
      unknown.delete(key(from, to));
      if (!way || (way.usual && !triggers.includes(way.usual))) throw new Error(`the diagram has no place for ${key(from, to)}: ${triggers.join(", ")}`);
    }
    if (unknown.size) throw new Error(`the table does not have ${[...unknown].join(", ")}`);
  }

  /** Shows the path of a job up to a step. */
  show(job: string, state: State | undefined, steps: Step[], step: number, isNarrow: boolean) {
    if (isNarrow !== this.#isNarrow) this.#draw(isNarrow);
    if (this.#path?.steps !== steps || this.#path.job !== job) this.#path = { steps, job, ...this.#way(job, steps) };
    const { taken, been } = this.#path;
    const last = steps[step - 1];
    let now: { id: string; by: string; to: State } | undefined;
    for (const did of last?.jobs.filter((did) => did.name === job) ?? []) {
      let from = did.before;
      did.entered.forEach((to, place) => {
        now = { id: this.#key(from, to), by: did.by[place] ?? last!.words, to };
        from = to;
      });
    }
    const isOver = this.#table.states.some((one) => one.name === state && one.is_final);
    for (const [id, arrow] of this.#arrows) {
      const can = !isOver && state !== undefined && (id.startsWith(`${state} `) || id.startsWith("queue "));
      arrow.classList.toggle("can", can);
      arrow.classList.toggle("taken", (taken.get(id) ?? Infinity) <= step);
      arrow.classList.toggle("now", id === now?.id);
      if (id === now?.id) {
        arrow.setAttribute("style", colours(now.to));
        arrow.parentNode?.append(arrow);
      }
    }
    for (const [name, node] of this.#nodes) {
      node.classList.toggle("lit", name === state);
      node.classList.toggle("been", name === "SUSPENDED" || (been.get(name) ?? Infinity) <= step);
    }
    const concerned = last?.jobs.map(({ name }) => name) ?? [];
    const others = concerned.length > 0 && !concerned.includes(job);
    this.caption.textContent = now || !last ? "" : others ? `${last.words}: that is ${concerned.join(", ")}.` : `${last.words}: the state does not change.`;
    this.#showPill(now);
    this.#svg.setAttribute(
      "aria-label",
      state ? `State diagram. ${job} is ${state}.${now ? ` It came there by ${now.by}.` : ""}` : "State diagram.",
    );
  }

  /** Shows what a step would do that is not taken, or that nothing is looked at any more. */
  preview(from?: State, to?: State) {
    this.element.querySelector(".preview")?.classList.remove("preview");
    if (from && to && from !== to) this.#arrows.get(this.#key(from, to))?.classList.add("preview");
  }

  /** After how many steps each arrow was taken first, and each state entered. */
  #way(job: string, steps: Step[]) {
    const taken = new Map<string, number>();
    const been = new Map<State, number>();
    steps.forEach((one, index) => {
      for (const did of one.jobs) {
        if (did.name !== job) continue;
        let from = did.before;
        for (const to of did.entered) {
          const id = this.#key(from, to);
          if (!taken.has(id)) taken.set(id, index + 1);
          if (!been.has(to)) been.set(to, index + 1);
          from = to;
        }
      }
    });
    return { taken, been };
  }

  #key(from: State, to: State): string {
    const isFinal = this.#table.states.some((one) => one.name === to && one.is_final);
    return key(isFinal ? null : from, to);
  }

  #draw(isNarrow: boolean) {
    this.#isNarrow = isNarrow;
    const G = geometry(isNarrow);
    const marker = (id: string, size: number) =>
      s("marker", { id, viewBox: "0 0 8 8", refX: 7, refY: 4, markerWidth: size, markerHeight: size, orient: "auto", markerUnits: "userSpaceOnUse" },
        s("path", { d: "M0 1 7 4 0 7Z", fill: "context-stroke" }));
    const arrows = s("g");
    this.#arrows.clear();
    for (const { from, to, triggers } of this.#table.arrows) {
      const id = key(from, to);
      const way = G.ways[id];
      if (!way) continue;
      const d = rounded(way.points);
      const more = triggers.length > 1 ? ` +${triggers.length - 1}` : "";
      const words = `${way.usual ?? triggers[0] ?? ""}${more}`;
      const { x, y, anchor } = way.label;
      const [begin, end] = [way.points[0]!, way.points[1]!];
      const hasRoom = !isNarrow || (!way.isTall && (begin[0] === end[0] || textWidth(words) < Math.abs(begin[0] - end[0]) + 16));
      const lines = !hasRoom ? [] : way.isTall ? words.split(" ") : [words];
      const arrow = s("g", { class: "arrow" },
        s("path", { class: "trail", d }),
        s("path", { class: "line", d }),
        s("path", { class: "hit", d }, s("title", {}, `${from ?? "any state"} to ${to}: ${triggers.join(", ")}`)),
        ...lines.map((line, index) => s("text", { x, y: y - 11 * (lines.length - 1 - index), "text-anchor": anchor }, line)));
      this.#arrows.set(id, arrow);
      arrows.append(arrow);
    }
    const nodes = s("g");
    this.#nodes.clear();
    for (const { name } of this.#table.states) {
      const [x, y, width, height] = G.boxes[name];
      const isTall = height > 80;
      const node = s("g", { class: isTall ? "node tall" : "node", style: colours(name) },
        s("rect", { class: "halo", x: x - 4, y: y - 4, width: width + 8, height: height + 8, rx: 9 }),
        s("rect", { class: "box", x, y, width, height, rx: 6 }));
      if (isTall) {
        const middle = y + height / 2;
        const parts = name.split("_").map((part, index, all) => (index < all.length - 1 ? `${part}_` : part));
        node.append(
          s("rect", { class: "plate", x: x + 4, y: middle - 34, width: width - 8, height: 66, rx: 4 }),
          glyph(name, { x: x + width / 2 - 8, y: middle - 24, width: 16, height: 16 }),
          ...parts.map((part, index) => s("text", { x: x + width / 2, y: middle + 8 + 14 * index, "text-anchor": "middle" }, part)));
      } else {
        const left = x + (width - textWidth(name) - 19) / 2;
        node.append(
          glyph(name, { x: left, y: y + height / 2 - 7, width: 14, height: 14 }),
          s("text", { x: left + 19, y: y + height / 2 + 4 }, name));
      }
      this.#nodes.set(name, node);
      nodes.append(node);
    }
    const [x, y] = G.start;
    this.#svg = s("svg", { class: isNarrow ? "diagram narrow" : "diagram", viewBox: `0 0 ${G.width} ${G.height}`, role: "img" },
      s("defs", {}, marker("tip", 7)),
      s("rect", { class: "frame", x: 0.5, y: 6, width: G.width - 1, height: G.frame - 6, rx: 8 }),
      arrows,
      s("path", { class: "entry", d: `M${x} ${y}V42` }),
      s("circle", { class: "entry", cx: x, cy: y, r: 4 }),
      ...G.ends.flatMap(([cx, cy]) => [
        s("path", { class: "entry", d: `M${cx - 20} ${cy}h14` }),
        s("circle", { class: "ring", cx, cy, r: 5.5 }), s("circle", { class: "entry", cx, cy, r: 3 }),
      ]),
      nodes, this.#pill);
    this.element.replaceChildren(this.#svg, h("p", { class: "notes" }, this.#table.notes.join(". ")));
  }

  #showPill(now: { id: string; by: string; to: State } | undefined) {
    this.#pill.replaceChildren();
    const G = geometry(this.#isNarrow ?? false);
    const way = now && G.ways[now.id];
    if (!now || !way) return;
    let [a, b]: [Point, Point] = [way.points[0]!, way.points[1]!];
    const length = ([one, other]: [Point, Point]) => Math.abs(one[0] - other[0]) + Math.abs(one[1] - other[1]) * 0.6;
    for (let k = 1; k < way.points.length - 1; k++) {
      const next: [Point, Point] = [way.points[k]!, way.points[k + 1]!];
      if (length(next) > length([a, b])) [a, b] = next;
    }
    const isAcross = Math.abs(a[0] - b[0]) > Math.abs(a[1] - b[1]);
    const width = textWidth(now.by) + 18;
    let x = (a[0] + b[0]) / 2, y = (a[1] + b[1]) / 2;
    // Where the arrow is too short for the words they stand beside it.
    const room = Math.abs(a[0] - b[0]);
    if (isAcross && this.#isNarrow && width > room + 40) {
      this.caption.textContent = `${now.by}: now ${now.to}`;
      return;
    }
    if (!isAcross) x += width / 2 + 7;
    else if (way.isTall) [x, y] = [Math.max(a[0], b[0]) - width / 2 - 4, y + 26];
    else if (width > room - 24) y -= 14;
    x = Math.min(Math.max(x, width / 2 + 2), G.width - width / 2 - 2);
    this.#pill.setAttribute("style", colours(now.to));
    this.#pill.append(
      s("rect", { x: x - width / 2, y: y - 8, width, height: 16, rx: 8 }),
      s("text", { x, y: y + 4, "text-anchor": "middle" }, now.by));
  }
}
