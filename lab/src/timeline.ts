// The time line of all jobs: drawn once for each run and width, then only the cursor and what is later change. Where there
// are many jobs they scroll between the inspected one, which stands on top, and the axis.

import type { Run, Standing, State } from "./answers";
import { axis, kept, type Axis, type Fold } from "./axis";
import { h, s, textWidth } from "./dom";
import { colours, glyph } from "./glyphs";
import { DAY, short, span } from "./words";

const BAR = 26, LANE = 46, TOP = 20, BELOW = 46;
/** How many lanes are seen at once, and how many instants. */
const LANES = 4, INSTANTS = 60;
const TICKS: [number, string][] = [[60_000, "1 min"], [600_000, "10 min"], [3_600_000, "1 h"], [DAY, "1 d"], [10 * DAY, "10 d"], [30 * DAY, "30 d"]];

interface Bar { from: number; to: number; state: State; step: number; isLast: boolean; isFolded?: boolean }
interface Lane { name: string; bars: Bar[]; errors: { from: number; to: number; step: number }[]; fails: { at: number; step: number }[]; told: { at: number; what: string; step: number }[] }

function lanes(run: Run): Lane[] {
  const all = new Map<string, Lane>(run.jobs.map(({ name, created }) =>
    [name, { name, bars: [{ from: created, to: run.ends, state: "SUSPENDED", step: 0, isLast: true }], errors: [], fails: [], told: [] }]));
  const open = new Map<string, { from: number; to: number; step: number }>();
  run.steps.forEach((step, index) => {
    for (const did of step.jobs) {
      const lane = all.get(did.name);
      if (!lane) continue;
      const last = lane.bars[lane.bars.length - 1]!;
      if (did.after !== last.state) {
        [last.to, last.isLast] = [step.at, false];
        lane.bars.push({ from: step.at, to: run.ends, state: did.after, step: index + 1, isLast: true });
      }
      const known = open.get(did.name);
      if (did.error_object) {
        lane.fails.push({ at: step.at, step: index + 1 });
        if (!known) {
          const error = { from: step.at, to: run.ends, step: index + 1 };
          lane.errors.push(error);
          open.set(did.name, error);
        }
      } else if (did.error_object === null && known) {
        known.to = step.at;
        open.delete(did.name);
      }
      if (did.told) lane.told.push({ at: step.at, what: did.told.notification, step: index + 1 });
    }
  });
  return [...all.values()];
}

/** What is drawn of a bar beside folds: the one with which a fold begins is drawn up to its end, those within it are not. */
function folded(bar: Bar, folds: Fold[]): Bar[] {
  if (folds.some((fold) => bar.from > fold.from && bar.from < fold.to)) {
    const end = folds.find((fold) => bar.from < fold.to && bar.to > fold.to);
    return end ? [{ ...bar, from: end.to }] : [];
  }
  const begun = folds.find((fold) => bar.from <= fold.from && bar.to > fold.from && bar.to < fold.to);
  return [begun ? { ...bar, to: begun.to, isFolded: true } : bar];
}

interface Drawn { run: Run; width: number; pinned: string | undefined; window: string }

export class TimePane {
  readonly element = h("div", { class: "time-drawing" });
  readonly #go: (step: number) => void;
  #drawn: Drawn | undefined;
  #all: Lane[] = [];
  #kept = kept([], INSTANTS);
  #axis: Axis | undefined;
  #height = 0;
  #later: { element: Element; step: number }[] = [];
  #instants: { label: Element; from: number; to: number }[] = [];
  #cursor = s("svg", { class: "time cursor", "aria-hidden": "true" });
  #slider = h("div");

  constructor(go: (step: number) => void) {
    this.#go = go;
  }

  /** How wide it is: asked before anything is changed, so that nothing is laid out twice. */
  get width(): number {
    return this.element.clientWidth || 800;
  }

  show(run: Run, step: number, standing: Standing, job: string | undefined, width: number) {
    if (run !== this.#drawn?.run) {
      this.#all = lanes(run);
      this.#kept = kept([run.begins, ...run.steps.map((step) => step.at), run.ends], INSTANTS);
    }
    const pinned = this.#all.length > LANES ? job : undefined;
    const found = this.#kept(standing.now);
    const drawn = { run, width, pinned, window: `${found.kept[1]} ${found.kept.length}` };
    const known = this.#drawn;
    if (!known || run !== known.run || width !== known.width || pinned !== known.pinned || drawn.window !== known.window) {
      this.#drawn = drawn;
      this.#draw(drawn, found);
    }
    for (const { element, step: at } of this.#later) element.classList.toggle("later", at > step);
    this.#moveCursor(run, step, standing);
  }

  #draw({ run, width, pinned }: Drawn, found: { kept: number[]; folds: Fold[] }) {
    const isNarrow = width < 640;
    const left = isNarrow ? 12 : 116;
    // Behind the end of the run each job has room for the state in which it is left.
    const tail = isNarrow ? 30 : 136;
    const right = width - (isNarrow ? 12 : 16) - tail;
    const scale = (this.#axis = axis(found.kept, found.folds, left, right));
    const laneHeight = LANE + (isNarrow ? 16 : 0);
    this.#later = [];
    this.#instants = [];
    const grid = (from: number, to: number) => found.kept.map((at) => s("path", { class: "grid", d: `M${scale.x(at)} ${from}V${to}` }));
    const lane = (one: Lane, top: number) => this.#lane(one, top + (isNarrow ? 16 : 0), { run, scale, folds: found.folds, left, tail, isNarrow });
    const drawing = (name: string, height: number, ...parts: SVGElement[]) =>
      s("svg", { class: `time ${name}`, viewBox: `0 0 ${width} ${height}`, width, height, "aria-hidden": "true" }, ...parts);
    const first = this.#all.find(({ name }) => name === pinned);
    const others = this.#all.filter((one) => one !== first);
    const room = TOP + (first ? laneHeight : 0);
    const seen = Math.min(others.length, first ? LANES - 0.5 : LANES) * laneHeight;
    const long = others.length * laneHeight;
    const hatch = s("pattern", { id: "hatch", width: 7, height: 8, patternUnits: "userSpaceOnUse" }, s("rect", { width: 1.5, height: 8 }));
    const head = drawing("top", room, s("defs", {}, hatch), ...grid(TOP, room), ...(first ? [lane(first, TOP)] : []));
    const rest = drawing("lanes", long, ...grid(0, long), ...others.map((one, index) => lane(one, index * laneHeight)));
    const foot = drawing("foot", BELOW, ...this.#foot(run, found, scale, left));
    this.#height = room + seen + BELOW;
    for (const [name, value] of Object.entries({ viewBox: `0 0 ${width} ${this.#height}`, width, height: this.#height })) this.#cursor.setAttribute(name, String(value));
    const scrolls = others.length > LANES;
    this.#slider = h("div", { class: "axis-slider", role: "slider", tabindex: 0, "aria-label": "Time", "aria-valuemin": 0, "aria-valuemax": run.steps.length, "aria-valuenow": 0 }, foot);
    const whole = h("div", { class: first ? "dragged pinned" : "dragged" },
      head, h("div", { class: "all-lanes", style: `height:${seen}px`, ...(scrolls ? { tabindex: 0, role: "group", "aria-label": `${others.length} jobs` } : {}) }, rest), this.#slider, this.#cursor);
    const pick = (event: PointerEvent) => this.#go(this.#nearest(run, event.clientX - whole.getBoundingClientRect().left));
    whole.addEventListener("pointerdown", (event) => {
      // The bar by which the lanes are scrolled.
      if (event.target instanceof HTMLElement && event.offsetX > event.target.clientWidth) return;
      whole.setPointerCapture(event.pointerId);
      pick(event);
    });
    whole.addEventListener("pointermove", (event) => {
      if (whole.hasPointerCapture(event.pointerId)) pick(event);
    });
    const scrolled = this.element.querySelector(".all-lanes")?.scrollTop ?? 0;
    this.element.replaceChildren(whole);
    rest.parentElement!.scrollTop = scrolled;
  }

  #lane(lane: Lane, y: number, { run, scale, folds, left, tail, isNarrow }: { run: Run; scale: Axis; folds: Fold[]; left: number; tail: number; isNarrow: boolean }): SVGElement {
    const drawing = s("g");
    const later = <E extends Element>(element: E, step: number): E => {
      this.#later.push({ element, step });
      return element;
    };
    y += 10; // above a bar stand the marks of what happened
    drawing.append(s("text", { class: "name", x: isNarrow ? left : 16, y: isNarrow ? y - 5 : y + 17 }, lane.name));
    for (const bar of lane.bars.flatMap((bar) => folded(bar, folds))) {
      const isFinal = bar.state === "ACKNOWLEDGED" || bar.state === "CANCELLED";
      const from = scale.x(bar.from);
      const label = textWidth(bar.state) + 34;
      const end = scale.x(bar.to) + (bar.isLast ? tail : 0);
      // A job in a final state has left the queue: its bar is only long enough for the name.
      const to = isFinal ? Math.min(end, from + label) : end;
      const room = to - from - 1;
      if (room < 0.4) continue;
      const group = later(s("g", { class: "bar", style: colours(bar.state) },
        s("rect", { x: from, y, width: Math.max(1, room), height: BAR, rx: Math.min(3, room / 2) },
          s("title", {}, `${lane.name}: ${bar.state} from ${short(bar.from, run.begins)}, ${span(bar.to - bar.from)}`))), bar.step);
      if (bar.isFolded) group.append(glyph(bar.state, { x: from + 7, y: y + 6, width: 14, height: 14 }));
      else if (room > label - 4) group.append(glyph(bar.state, { x: from + 7, y: y + 6, width: 14, height: 14 }), s("text", { x: from + 26, y: y + 17 }, bar.state));
      else if (room > 13) group.append(glyph(bar.state, { x: from + room / 2 - 6, y: y + 7, width: 12, height: 12 }));
      drawing.append(group);
    }
    // What comes again and again is drawn once, and told how often.
    for (const fold of folds.filter((fold) => lane.bars.some((bar) => bar.from > fold.from && bar.from < fold.to))) {
      const [from, to] = [scale.x(fold.from), scale.x(fold.to)];
      const room = textWidth(fold.words) + 14;
      drawing.append(s("g", { class: "fold" },
        s("rect", { class: "hatch", x: from, y, width: to - from, height: BAR }),
        !fold.isPart && to - from > room && s("rect", { class: "plate", x: (from + to - room) / 2, y: y + 4, width: room, height: 18, rx: 3 }),
        !fold.isPart && to - from > room && s("text", { x: (from + to) / 2, y: y + 17, "text-anchor": "middle" }, fold.words)));
    }
    const inFold = (at: number) => folds.some((fold) => at > fold.from && at < fold.to);
    for (const error of lane.errors.filter((error) => !folds.some((fold) => error.from > fold.from && error.to < fold.to))) {
      drawing.append(later(s("rect", { class: "error", x: scale.x(error.from), y: y + BAR + 4, width: Math.max(2, scale.x(error.to) - scale.x(error.from) - 1), height: 5, rx: 2.5 },
        s("title", {}, `error object from ${short(error.from, run.begins)}`)), error.step));
    }
    for (const { at, step } of lane.fails.filter(({ at }) => !inFold(at))) {
      drawing.append(later(s("path", { class: "error", d: `M${scale.x(at)} ${y - 1}l4 -7h-8z` }, s("title", {}, `failed at ${short(at, run.begins)}`)), step));
    }
    for (const { at, what, step } of lane.told.filter(({ at }) => !inFold(at))) {
      const bell = s("svg", { class: "g", viewBox: "0 0 16 16", x: scale.x(at) + 5, y: y - 13, width: 12, height: 12 },
        s("path", { d: "M3.5 11.5h9l-1.3-2V7a3.2 3.2 0 0 0-6.4 0v2.5ZM7 13.8h2" }));
      drawing.append(later(s("g", { class: "told" }, bell, s("title", {}, `told: ${what}`)), step));
    }
    return drawing;
  }

  #foot(run: Run, { kept, folds }: { kept: number[]; folds: Fold[] }, scale: Axis, left: number): SVGElement[] {
    const drawing: SVGElement[] = [s("path", { class: "axis", d: `M${left} 4H${scale.end}` })];
    for (const { from, to, words } of folds.filter(({ isPart }) => isPart)) {
      const [begin, end] = [scale.x(from), scale.x(to)];
      drawing.push(s("rect", { class: "hatch", x: begin, y: 0, width: end - begin, height: 8 }));
      if (end - begin > textWidth(words)) drawing.push(s("text", { class: "tick part", x: (begin + end) / 2, y: 19, "text-anchor": "middle" }, words));
    }
    kept.forEach((at, index) => {
      const x = scale.x(at), until = kept[index + 1];
      drawing.push(s("path", { class: "axis", d: `M${x} 0v8` }));
      if (until === undefined || folds.some((fold) => fold.isPart && fold.from === at)) return;
      let free = x + 32;
      for (const [length, words] of TICKS.filter(([length]) => length < 0.7 * (until - at))) {
        const tick = scale.x(at + length);
        drawing.push(s("path", { class: "axis", d: `M${tick} 4v4` }));
        if (tick > free && scale.x(until) - tick > 32) {
          drawing.push(s("text", { class: "tick", x: tick, y: 19, "text-anchor": "middle" }, `+${words}`));
          free = tick + 44;
        }
      }
    });
    // Instants stand below, as many as have room.
    let free = -Infinity;
    for (const at of kept) {
      const words = short(at, run.begins);
      const width = textWidth(words);
      const place = Math.min(Math.max(scale.x(at), left + width / 2), scale.end - width / 2 + 12);
      if (place - width / 2 < free) continue;
      const label = s("text", { class: "instant", x: place, y: 37, "text-anchor": "middle" }, words);
      this.#instants.push({ label, from: place - width / 2, to: place + width / 2 });
      drawing.push(label);
      free = place + width / 2 + 14;
    }
    return drawing;
  }

  /** The last step at the instant that is nearest to a place. */
  #nearest(run: Run, x: number): number {
    const scale = this.#axis;
    if (!scale) return 0;
    let best = 0, distance = Math.abs(scale.x(run.begins) - x);
    run.steps.forEach((step, index) => {
      const away = Math.abs(scale.x(step.at) - x);
      if (away <= distance) [best, distance] = [index + 1, away];
    });
    return best;
  }

  #moveCursor(run: Run, step: number, standing: Standing) {
    const scale = this.#axis, width = this.#drawn?.width ?? 0;
    if (!scale) return;
    const below = this.#height - BELOW + 4;
    const x = scale.x(standing.now);
    const words = short(standing.now, run.begins);
    const room = textWidth(words) + 14;
    const plate = Math.min(Math.max(x, room / 2 + 2), width - room / 2 - 2);
    // What stands under the plate would show at its edges.
    for (const { label, from, to } of this.#instants) label.toggleAttribute("hidden", to > plate - room / 2 - 6 && from < plate + room / 2 + 6);
    const clocks = standing.jobs.flatMap((job) => job.clocks.map((clock) => ({ ...clock, job: job.name }))).sort((a, b) => a.at - b.at);
    const next = clocks[0];
    const ahead = next && next.at <= run.ends ? scale.x(next.at) : undefined;
    const isLeft = ahead !== undefined && ahead > width - 260;
    this.#cursor.replaceChildren(...[
      ahead !== undefined && s("path", { class: "ahead", d: `M${ahead} ${TOP - 12}V${below}` }),
      ahead !== undefined && width > 640 && s("text", { class: "tick ahead-words", x: ahead + (isLeft ? -6 : 6), y: TOP - 12, "text-anchor": isLeft ? "end" : "start" }, `${next!.clock} acts in ${span(next!.at - standing.now)}`),
      s("path", { class: "line", d: `M${x} ${TOP - 8}V${below + 22}` }),
      s("path", { class: "handle", d: `M${x - 5} ${TOP - 9}h10l-5 6z` }),
      s("rect", { class: "handle", x: plate - room / 2, y: below + 20, width: room, height: 18, rx: 3 }),
      s("text", { class: "now", x: plate, y: below + 33, "text-anchor": "middle" }, words),
    ].filter((one): one is SVGPathElement => Boolean(one)));
    this.#slider.setAttribute("aria-valuenow", String(step));
    this.#slider.setAttribute("aria-valuetext", `step ${step}, ${words}`);
  }
}
