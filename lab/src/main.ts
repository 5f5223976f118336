// The page: what is shown of a text at a step, and what a press does to it.

import "./style.css";

import type { Completion, Diagram, Explained, Lesson, NotRun, Outcomes, PossibleStep, Run, Scenarios, Standing, Step } from "./answers";
import { card, title } from "./card";
import { DiagramPane } from "./diagram";
import { h, refill, s } from "./dom";
import { Editor, type Words } from "./editor";
import { Engine } from "./engine";
import { explained } from "./explained";
import { noted, sentences } from "./lesson";
import { read, written, type Link } from "./link";
import { glyph } from "./glyphs";
import { menu, say } from "./menu";
import { next } from "./next";
import { BOUNDS, outcomes } from "./outcomes";
import { TimePane } from "./timeline";
import { why } from "./why";
import { instant } from "./words";

const BEGINNING = "lessons/05-error-object.bits";
const PAUSE = 1400;
const icon = (...parts: SVGElement[]) => s("svg", { class: "g", viewBox: "0 0 16 16", "aria-hidden": "true" }, ...parts);
const line = (d: string) => s("path", { d });
const solid = (d: string) => s("path", { d, fill: "currentColor", stroke: "none" });

/** A text that was looked at, and where. */
interface Visit { text: string; step: number; file: string; course: string }

/** How many steps two runs have in common. */
function common(one: Step[], other: Step[]): number {
  let same = 0;
  while (same < one.length && same < other.length && one[same]!.at === other[same]!.at && one[same]!.words === other[same]!.words) same++;
  return same;
}

class Lab {
  #run: Run | undefined;
  /** The text that the run is of. */
  #ran = "";
  #problems: Run["problems"] = [];
  #stopped = "";
  #step = 0;
  #job: string | undefined;
  /** Whether the job was picked by its tab. */
  #isPicked = false;
  #asked = 0;
  #timer: number | undefined;
  #addressed: number | undefined;
  #playing: number | undefined;
  /** The runs before this one, and those after it that were taken back. */
  #earlier: Visit[] = [];
  #later: Visit[] = [];
  /** The line that the last press added. */
  #added: number | undefined;
  /** Which scenario of the library the text is. */
  #file = "";
  /** The scenario of the lesson that the text comes from. */
  #course = "";
  #lesson: Lesson = {};
  /** The step whose standing is shown, and the standing: most often it is that before the next. */
  #shown: { text: string; step: number; standing: Standing } | undefined;
  #explorer: Engine | undefined;
  #endings: { text: string; list: HTMLElement[] } | undefined;

  readonly #engine: Engine;
  readonly #scenarios: Scenarios["scenarios"];
  readonly #editor: Editor;
  readonly #diagram: DiagramPane;
  readonly #time = new TimePane((step) => this.#go(step));
  readonly #chooser: HTMLSelectElement;
  readonly #parts = {
    count: h("span", { class: "count", "aria-live": "polite" }),
    status: h("span", { class: "right" }),
    state: h("span"),
    tabs: h("div", { class: "jobs", role: "tablist", "aria-label": "Jobs" }),
    at: h("span", { class: "right" }),
    card: h("div", { id: "job", role: "tabpanel", "aria-label": "Job at the cursor" }),
    rules: h("div", { class: "rules", tabindex: 0, role: "region", "aria-label": "Rules of the step" }),
    whyAt: h("span", { class: "right" }),
    choices: h("div", { class: "all-choices" }),
    outcomes: h("div", { class: "outcomes", role: "status" }),
    check: h("button", { type: "button", class: "link", click: () => void this.#check() }, "check"),
    earlier: h("button", { type: "button", class: "link", hidden: true, title: "the run before this one (u)", click: () => this.#visit(this.#earlier, this.#later) }, "earlier run"),
    later: h("button", { type: "button", class: "link", hidden: true, title: "the run that was taken back (U)", click: () => this.#visit(this.#later, this.#earlier) }, "later run"),
    lesson: h("section", { id: "lesson", "aria-labelledby": "h-lesson", hidden: true }),
  };
  readonly #buttons: Record<"first" | "back" | "play" | "forward" | "last", HTMLButtonElement>;

  constructor(engine: Engine, table: Diagram, words: Words, scenarios: Scenarios["scenarios"], link: Link) {
    this.#engine = engine;
    this.#scenarios = scenarios;
    this.#diagram = new DiagramPane(table);
    const button = (label: string, key: string, sign: SVGElement, click: () => void, outlined = false) =>
      h("button", { type: "button", class: outlined ? "button square outlined" : "button square", "aria-label": `${label} (${key})`, title: key, click }, sign);
    this.#buttons = {
      first: button("To the beginning", "Home", icon(line("M4 3v10M12.5 3.5 7 8l5.5 4.5Z")), () => this.#go(0)),
      back: button("Step back", "←", icon(line("M10.5 3.5 5 8l5.5 4.5Z")), () => this.#go(this.#step - 1)),
      play: button("Play", "Space", icon(solid("M4.5 2.8v10.4L13 8Z")), () => this.#play(), true),
      forward: button("Step", "→", icon(line("M5.5 3.5 11 8l-5.5 4.5Z")), () => this.#go(this.#step + 1)),
      last: button("To the end", "End", icon(line("M12 3v10M3.5 3.5 9 8l-5.5 4.5Z")), () => this.#go(Infinity)),
    };
    const option = ({ file }: { file: string }) => h("option", { value: file }, file.replace(/^lessons\/(\d+)-|^\w+\/|\.bits$/g, (_, number) => (number ? `${Number(number)} · ` : "")).replace(/-/g, " "));
    const within = (folder: string) => scenarios.filter(({ file }) => (folder ? file.startsWith(folder) : !file.includes("/")));
    this.#chooser = h("select", {
      id: "scenario", class: "chooser",
      change: () => this.#leave({ file: this.#chooser.value }),
    }, h("option", { value: "", hidden: true }, "your own text"), h("optgroup", { label: "Lessons" }, ...within("lessons/").map(option)),
      h("optgroup", { label: "Questions" }, ...within("check/").map(option)), h("optgroup", { label: "Scenarios" }, ...within("").map(option)),
      h("optgroup", { label: "The language" }, ...within("language/").map(option)));
    const code = h("div", { class: "code" });
    this.#lay(code);
    this.#editor = new Editor(code, "", {
      words,
      changed: () => this.#changed(),
      complete: (line) => engine.ask<Completion>({ ask: "complete", line }),
      explain: async (word) => explained((await this.#answer<Explained>({ ask: "explain", word })) ?? { entries: [] }),
      moved: (by) => this.#go(this.#step + by),
    });
    addEventListener("keydown", (event) => this.#key(event));
    let resized: number | undefined;
    addEventListener("resize", () => {
      clearTimeout(resized);
      resized = window.setTimeout(() => void this.#show(false), 60);
    });
    addEventListener("hashchange", () => void read(location.hash).then((link) => this.#leave(link)));
    this.#open(link);
  }

  /** Opens what a link says, or what to begin with. */
  #open({ file = BEGINNING, text, step }: Link) {
    const known = text === undefined ? this.#scenarios.find((one) => one.file === file) : undefined;
    this.#job = undefined;
    this.#isPicked = false;
    this.#replace(text ?? known?.text ?? "", known?.file ?? "");
    void this.#learn(known?.file ?? "");
    void this.#execute(step);
  }

  /** Opens something, and keeps the way back. */
  #leave(link: Link) {
    this.#keep();
    this.#open(link);
  }

  /** Keeps the present run as the one before the next. */
  #keep() {
    this.#earlier.push({ text: this.#editor.text, step: this.#step, file: this.#file, course: this.#course });
    this.#later = [];
  }

  /** Goes to the run before this one, or to the one that was taken back. */
  #visit(from: Visit[], to: Visit[]) {
    const visit = from.pop();
    if (!visit) return;
    to.push({ text: this.#editor.text, step: this.#step, file: this.#file, course: this.#course });
    this.#replace(visit.text, visit.file);
    void this.#learn(visit.course);
    void this.#execute(visit.step);
  }

  /** Puts a text into the editor; `file` says of which scenario of the library it is. */
  #replace(text: string, file: string) {
    this.#editor.replace(text);
    clearTimeout(this.#timer);
    this.#added = undefined;
    this.#file = file;
    this.#chooser.value = file;
    // Endings are those of the text of which they were found.
    this.#parts.outcomes.replaceChildren(...(this.#endings?.text === text ? this.#endings.list : []));
  }

  /** Asks for the lesson that a scenario belongs to. */
  async #learn(course: string) {
    this.#course = course;
    const lesson = course.startsWith("lessons/") ? ((await this.#answer<Lesson>({ ask: "lesson", file: course })) ?? {}) : {};
    if (course !== this.#course) return;
    this.#lesson = lesson;
    this.#teach();
  }

  /** Shows the sentence of the lesson for the step at the cursor. */
  #teach() {
    const { title } = this.#lesson;
    const { lesson } = this.#parts;
    const shown = this.#shown;
    // A text that begins otherwise has left the lesson.
    const begin = this.#scenarios.find(({ file }) => file === this.#course)?.text.split("\n", 1)[0];
    lesson.hidden = !title || !shown || begin !== this.#ran.split("\n", 1)[0];
    if (!title || !shown || lesson.hidden) return;
    const { rules, words } = noted(this.#ran, shown.standing.line, shown.standing.lines_reached);
    const said = sentences(this.#lesson, this.#run?.steps[this.#step - 1], rules);
    const head = noted(this.#ran, 1, 1).words;
    lesson.replaceChildren(
      h("h2", { id: "h-lesson" }, title),
      h("div", { class: "sentences", "aria-live": "polite" }, ...(said.length ? said : words.length ? words : head).map((one) => h("p", {}, one))));
  }

  #lay(code: HTMLElement) {
    const head = (id: string, name: string | Node, ...rest: Node[]) => h("div", { class: "head" }, h("h2", { id }, ...(typeof name === "string" ? [name] : [name])), ...rest);
    const legend = (...parts: [string, string][]) => h("span", { class: "right legend" }, ...parts.map(([kind, words]) => h("span", {}, h("i", { class: kind, "aria-hidden": "true" }), words)));
    const { count, status, state, tabs, at, card, rules, whyAt, choices, earlier, later, check, lesson, outcomes: endings } = this.#parts;
    const chosen = h("input", { type: "file", accept: ".bits,.txt,text/plain", hidden: true, "aria-label": "A scenario file", change: () => void this.#read(chosen) });
    const copy = (text: string) => navigator.clipboard.writeText(text);
    const shared = h("span", { class: "label" }, "Share");
    const { first, back, play, forward, last } = this.#buttons;
    document.getElementById("lab")?.replaceChildren(
      h("header", {},
        h("h1", {}, "bits ", h("span", {}, "lab")),
        h("label", { class: "hidden", for: "scenario" }, "Scenario"), this.#chooser,
        h("span", { class: "grow" }),
        h("div", { class: "transport", role: "group", "aria-label": "Steps" }, first, back, play, forward, last, count),
        h("span", { class: "grow" }),
        h("button", { type: "button", class: "button", "aria-label": "Open a file", title: "Open a file", click: () => chosen.click() },
          icon(line("M2.5 12.5v-9h4l1.5 2h5.5v7Z")), h("span", { class: "label" }, "Open")), chosen,
        menu("Copy", icon(s("rect", { x: 5.5, y: 5.5, width: 8, height: 8, rx: 1.5 }), line("M10.5 5.5v-2a1 1 0 0 0-1-1h-6a1 1 0 0 0-1 1v6a1 1 0 0 0 1 1h2")), [
          ["as scenario", () => copy(this.#editor.text)],
          ["as Rust test", async () => copy((await this.#answer<{ test?: string }>({ ask: "test", text: this.#editor.text }))?.test ?? this.#editor.text)],
        ]),
        h("button", { type: "button", class: "button outlined", "aria-label": "Share: copy the link", title: "Copy the link to this text and step", click: () => void copy(location.href).then(() => say(shared, "Copied")) },
          icon(line("M6.5 9.5a3 3 0 0 0 4.2 0l2-2a3 3 0 0 0-4.2-4.2l-.8.8M9.5 6.5a3 3 0 0 0-4.2 0l-2 2a3 3 0 0 0 4.2 4.2l.8-.8")), shared),
        h("button", { type: "button", class: "button square", "aria-label": "Light or dark", click: turn }, icon(s("circle", { cx: 8, cy: 8, r: 5.5 }), solid("M8 2.5a5.5 5.5 0 0 1 0 11Z")))),
      h("div", { class: "column" }, lesson, h("section", { id: "text", "aria-labelledby": "h-text" }, head("h-text", "Scenario", earlier, later, status), code),
        h("section", { id: "outcomes", "aria-labelledby": "h-outcomes" }, head("h-outcomes", "How it can end", h("span", { class: "right" }, check)), endings)),
      h("div", { class: "column" },
        h("section", { id: "states", "aria-labelledby": "h-states" }, head("h-states", state, legend(["can", "possible now"], ["taken", "taken"], ["now", "just now"])), this.#diagram.element, this.#diagram.caption),
        h("section", { id: "why", "aria-labelledby": "h-why" }, head("h-why", "Why", whyAt), rules)),
      h("div", { class: "column" },
        h("section", { id: "card", "aria-labelledby": "h-job" }, head("h-job", "Job", tabs, at), card),
        h("section", { id: "next", "aria-labelledby": "h-next" }, head("h-next", "What could happen now", h("span", { class: "right" }, "a press adds a line")), choices)),
      h("section", { id: "time", "aria-labelledby": "h-time" }, head("h-time", "Time", h("span", { class: "dim" }, "a logarithm that starts again at every step"), legend(["failed", "failed attempt"], ["exists", "error object exists"], ["ahead", "next clock"])), this.#time.element));
  }

  /** Opens the file that was chosen. */
  async #read(chosen: HTMLInputElement) {
    const text = await chosen.files?.[0]?.text();
    chosen.value = "";
    if (text !== undefined) this.#leave({ text });
  }

  #changed() {
    this.#chooser.value = this.#file = "";
    this.#added = undefined;
    clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => void this.#execute(this.#step), 120);
  }

  /** Runs the text, and shows it at a step; without one where first an error object appears, or at the end. */
  async #execute(step?: number) {
    const text = this.#editor.text;
    try {
      const answer = await this.#engine.ask<Run | NotRun>({ ask: "run", text });
      if (text !== this.#editor.text) return;
      this.#stopped = "";
      this.#problems = answer.problems;
      // Of a text that cannot be read the last run stays on the page.
      if (answer.steps) [this.#run, this.#ran] = [answer, text];
    } catch (error) {
      this.#stopped = error instanceof Error ? error.message : String(error);
      this.#problems = [];
    }
    const steps = this.#run?.steps ?? [];
    const failed = steps.findIndex((one) => one.jobs.some((did) => did.error_object));
    this.#step = Math.max(0, Math.min(step ?? (failed < 0 ? steps.length : failed + 1), steps.length));
    await this.#show(this.#problems.length === 0);
  }

  /** Where everything stands after a step; nothing before the first. */
  async #standing(step: number): Promise<Standing | undefined> {
    if (step < 0) return undefined;
    const known = this.#shown;
    if (known && known.step === step && known.text === this.#ran) return known.standing;
    return this.#answer<Standing>({ ask: "standing", text: this.#ran, step });
  }

  #go(step: number) {
    const last = this.#run?.steps.length ?? 0;
    const wanted = Math.max(0, Math.min(step, last));
    if (wanted === this.#step) return;
    this.#step = wanted;
    void this.#show(true);
  }

  /** Shows the step at the cursor. What has been overtaken by a later step is not shown. */
  async #show(follows: boolean) {
    const run = this.#run;
    const step = this.#step;
    const asked = ++this.#asked;
    this.#showStatus();
    if (!run) return;
    const [before, standing] = await Promise.all([this.#standing(step - 1), this.#standing(step)]);
    if (!standing || asked !== this.#asked) return;
    this.#shown = { text: this.#ran, step, standing };
    const began = performance.now();
    const changed = run.steps[step - 1]?.jobs.map((did) => did.name) ?? [];
    const names = standing.jobs.map((job) => job.name);
    // Unless a job was picked, the card follows the steps.
    if (!this.#isPicked && changed.length === 1 && names.includes(changed[0]!)) this.#job = changed[0];
    if (!this.#job || !names.includes(this.#job)) this.#job = changed.find((name) => names.includes(name)) ?? names[names.length - 1];
    const job = standing.jobs.find(({ name }) => name === this.#job);
    // First the editor, which looks at the layout, while that is still as it was.
    if (this.#ran === this.#editor.text) {
      const failed = this.#problems.map((one) => one.line);
      const held = run.expecting.filter((line) => !failed.includes(line) && line <= standing.lines_reached);
      const reached = this.#problems.length ? Infinity : standing.lines_reached;
      this.#editor.mark({ line: standing.line, reached, problems: this.#problems, held, added: this.#added, open: run.open }, follows);
    }
    const { state, tabs, at, card: place, rules, whyAt } = this.#parts;
    const [isNarrow, width] = [document.documentElement.clientWidth <= 640, this.#time.width];
    state.textContent = job ? `State of ${job.name}` : "States";
    this.#diagram.show(job?.name ?? "", job?.state, run.steps, step, isNarrow);
    this.#time.show(run, step, standing, this.#job, width);
    at.textContent = names.length > 2 ? "" : title(standing);
    refill(tabs, "data-job", ...standing.jobs.map(({ name, state }) =>
      h("button", { type: "button", role: "tab", "data-job": name, "aria-selected": String(name === this.#job), "aria-controls": "job", click: () => this.#inspect(name) }, glyph(state), name)));
    if (names.length > 2) requestAnimationFrame(() => {
      const tab = tabs.querySelector<HTMLElement>("[aria-selected=true]");
      if (tab) tabs.scrollLeft = tab.offsetLeft - tabs.offsetLeft - (tabs.clientWidth - tab.offsetWidth) / 2;
    });
    place.replaceChildren(...(job ? card(job, standing, before, run.begins, run.steps, step) : [h("p", { class: "dim empty" }, "There is no job yet.")]));
    rules.replaceChildren(...why(run, step, noted(this.#ran, standing.line, standing.lines_reached).rules));
    this.#teach();
    const now = run.steps[step - 1];
    whyAt.textContent = now ? instant(now.at) : "";
    document.documentElement.dataset["painted"] = (performance.now() - began).toFixed(1);
    const possible = await this.#answer<{ steps: PossibleStep[] }>({ ask: "possible", text: this.#ran, step, job: this.#job });
    if (!possible || asked !== this.#asked) return;
    refill(this.#parts.choices, "data-words", ...next(possible.steps, {
      take: (step) => void this.#take(step),
      preview: (step) => this.#diagram.preview(step?.from, step?.to),
    }));
    document.documentElement.dataset["step"] = String(step);
    document.documentElement.dataset["begun"] ??= performance.now().toFixed(0);
    // Browsers take their time for an address, so that it follows once the steps come to rest.
    clearTimeout(this.#addressed);
    this.#addressed = window.setTimeout(() => void this.#address(asked), 200);
  }

  /** Puts the text and the step into the address. */
  async #address(asked: number) {
    const hash = await written({ file: this.#file || undefined, text: this.#ran, step: this.#step });
    if (asked === this.#asked) history.replaceState(null, "", hash);
  }

  /** Asks the engine; if it had to be stopped, the page says so and goes on. */
  async #answer<T>(request: object, milliseconds?: number): Promise<T | undefined> {
    try {
      return await this.#engine.ask<T>(request, milliseconds);
    } catch (error) {
      this.#stopped = error instanceof Error ? error.message : String(error);
      this.#showStatus();
      return undefined;
    }
  }

  #inspect(job: string) {
    this.#job = job;
    this.#isPicked = true;
    void this.#show(false);
  }

  #showStatus() {
    const { count, status, earlier, later } = this.#parts;
    const last = this.#run?.steps.length ?? 0;
    count.replaceChildren("step ", h("b", {}, String(this.#step)), ` of ${last}`);
    const number = this.#problems.length;
    status.textContent = this.#stopped || (number ? `${number} problem${number > 1 ? "s" : ""}, first in line ${this.#problems[0]!.line}` : `${this.#editor.view.state.doc.lines} lines`);
    status.classList.toggle("bad", Boolean(this.#stopped || number));
    if (number && this.#ran !== this.#editor.text) this.#editor.mark({ line: null, reached: Infinity, problems: this.#problems, held: [], added: undefined, open: null }, false);
    earlier.hidden = !this.#earlier.length;
    later.hidden = !this.#later.length;
    const { first, back, forward, last: end } = this.#buttons;
    first.disabled = back.disabled = this.#step === 0;
    forward.disabled = end.disabled = this.#step >= last;
  }

  /** Takes a step: its line stands below that of the cursor, and what came after it is gone. */
  async #take(possible: PossibleStep) {
    const taken = await this.#answer<{ text?: string }>({ ask: "take", text: this.#ran, step: this.#step, line: possible.line });
    if (taken?.text === undefined) return;
    this.#keep();
    this.#replace(taken.text, "");
    this.#added = taken.text.trimEnd().split("\n").length;
    await this.#execute(Infinity);
  }

  /** Opens a run that was found, where it parts from this one. */
  async #part(scenario: string) {
    const known = this.#run?.steps ?? [];
    this.#keep();
    this.#replace(scenario, "");
    // The other endings stay beside it.
    this.#parts.outcomes.replaceChildren(...(this.#endings?.list ?? []));
    await this.#execute(Infinity);
    const steps = this.#run?.steps ?? [];
    const same = common(known, steps);
    if (same < steps.length) this.#go(same + 1);
  }

  /** Asks how the text can end: what it leaves open, and if that is nothing, with a fault at any time. */
  async #check() {
    const { check, outcomes: place } = this.#parts;
    const text = this.#editor.text;
    check.disabled = true;
    place.replaceChildren(h("p", { class: "dim empty" }, "Looking …"));
    // Another worker looks, so that the page goes on meanwhile.
    const explorer = (this.#explorer ??= this.#engine.another());
    const ask = (faults: number) => explorer.ask<Outcomes & { error?: string }>({ ask: "outcomes", text, faults, ...BOUNDS }, 12_000);
    let found: (Outcomes & { error?: string }) | undefined, why = "";
    try {
      found = await ask(0);
      if (!found.error && found.outcomes.length <= 1 && !found.answers.length) found = await ask(1);
    } catch (error) {
      why = error instanceof Error ? error.message : String(error);
    }
    check.disabled = false;
    if (text !== this.#editor.text) place.replaceChildren();
    else if (!found || found.error) place.replaceChildren(h("p", { class: "dim empty" }, found?.error ? "The text cannot be read." : why));
    else {
      this.#endings = { text, list: outcomes(found, (scenario) => void this.#part(scenario)) };
      place.replaceChildren(...this.#endings.list);
      this.#editor.follow();
    }
  }

  #play() {
    const { play } = this.#buttons;
    if (this.#playing !== undefined) {
      clearInterval(this.#playing);
      this.#playing = undefined;
    } else {
      const last = this.#run?.steps.length ?? 0;
      if (this.#step >= last) this.#go(0);
      this.#playing = window.setInterval(() => {
        if (this.#step >= (this.#run?.steps.length ?? 0)) this.#play();
        else this.#go(this.#step + 1);
      }, PAUSE);
    }
    const isPlaying = this.#playing !== undefined;
    play.replaceChildren(isPlaying ? glyph("SUSPENDED") : icon(solid("M4.5 2.8v10.4L13 8Z")));
    play.setAttribute("aria-label", isPlaying ? "Pause (Space)" : "Play (Space)");
  }

  /** Arrows step where no editor and no list needs them; with Alt always. */
  #key(event: KeyboardEvent) {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey) return;
    const target = event.target instanceof Element ? event.target : undefined;
    const isTyping = target?.closest(".cm-editor, select") !== null && target?.closest(".cm-editor, select") !== undefined;
    if (isTyping && !event.altKey) return;
    const acts: Record<string, () => void> = {
      ArrowLeft: () => this.#go(this.#step - 1),
      ArrowRight: () => this.#go(this.#step + 1),
      Home: () => this.#go(0),
      End: () => this.#go(Infinity),
      u: () => this.#visit(this.#earlier, this.#later),
      U: () => this.#visit(this.#later, this.#earlier),
    };
    if (!target?.closest("button, summary")) acts[" "] = () => this.#play();
    const act = acts[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  }
}

function turn() {
  const { dataset } = document.documentElement;
  dataset["theme"] = dataset["theme"] === "dark" ? "light" : "dark";
}

async function begin() {
  document.documentElement.dataset["theme"] = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  const engine = await Engine.start();
  const [table, { words }, { scenarios }] = await Promise.all([
    engine.ask<Diagram>({ ask: "diagram" }),
    engine.ask<{ words: Words }>({ ask: "words" }),
    engine.ask<Scenarios>({ ask: "scenarios" }),
  ]);
  new Lab(engine, table, words, scenarios, await read(location.hash));
}

begin().catch((error: unknown) => {
  document.getElementById("lab")?.replaceChildren(h("p", { role: "alert", class: "empty" }, `The lab did not start: ${String(error)}`));
});
