// What could happen now: each call, event and span of time, tried by the engine.

import type { PossibleStep } from "./answers";
import { h } from "./dom";
import { colours, glyph } from "./glyphs";

const GROUPS = [["call", "Calls"], ["event", "Events"], ["time", "Time"], ["fault", "Faults"], ["other", "Others"]] as const;

/** The groups of which all is shown. */
const opened = new Set<string>();

interface Hooks { take: (step: PossibleStep) => void; preview: (step?: PossibleStep) => void }

/** What most people look for stands first. */
const FIRST = [
  "Resume", "Suspend", "Complete", "Cancel", "GetError", "AddFile", "SetPriority",
  "failed 503", "failed 404", "network lost", "network restored", "slice over", "client exits", "service restarts",
];
const rank = (step: PossibleStep) => {
  const place = FIRST.indexOf(step.words);
  return place < 0 ? FIRST.length : place;
};

export function next(steps: PossibleStep[], { take, preview }: Hooks): HTMLElement[] {
  return GROUPS.map(([kind, title]) => {
    const of = steps.filter((step) => step.kind === kind);
    if (!of.length) return undefined;
    // What leads on stands before what is refused or means nothing.
    const isOff = (step: PossibleStep) => step.refusal !== null || step.is_ignored;
    if (kind === "call" || kind === "event") of.sort((a, b) => rank(a) - rank(b) || Number(isOff(a)) - Number(isOff(b)) || Number(a.from === a.to) - Number(b.from === b.to));
    const reason = h("div", { class: "reason", role: "status", hidden: true });
    let open: HTMLButtonElement | undefined;
    const say = (button: HTMLButtonElement, step: PossibleStep) => {
      open?.setAttribute("aria-expanded", "false");
      if (open === button) {
        open = undefined;
        reason.hidden = true;
        return;
      }
      open = button;
      button.setAttribute("aria-expanded", "true");
      reason.hidden = false;
      const refusal = step.refusal;
      reason.replaceChildren(...(refusal
        ? [h("p", {}, h("b", {}, refusal.code.name ?? refusal.code.number), " ", h("code", {}, refusal.code.number), " · ", h("code", {}, refusal.rule)),
           h("p", {}, refusal.why), refusal.advice && h("p", { class: "dim" }, refusal.advice)].filter((one): one is HTMLParagraphElement => Boolean(one))
        : [h("p", {}, h("b", {}, `Ignored in ${step.from}.`), " It means nothing to the job in this state.")]));
      reason.scrollIntoView({ block: "nearest" });
    };
    const button = (step: PossibleStep) => {
      const off = isOff(step);
      const made: HTMLButtonElement = h("button", {
        type: "button", class: off ? "choice off" : "choice", title: step.line, "data-words": step.words, "aria-expanded": off ? "false" : null,
        click: () => (off ? say(made, step) : take(step)),
        mouseenter: () => preview(off ? undefined : step), focus: () => preview(off ? undefined : step),
        mouseleave: () => preview(), blur: () => preview(),
      }, step.words,
        off && h("span", { class: "hidden" }, step.refusal ? ", refused: why" : ", ignored: why"),
        step.from !== step.to && h("span", { class: "to", style: colours(step.to) }, "→", glyph(step.to), h("span", { class: "hidden" }, step.to)));
      return made;
    };
    // Setters and reasons to block a job are many, and most people look for none of them.
    const few = kind === "time" || kind === "fault" ? of : of.filter((step) => rank(step) < FIRST.length);
    const rest = of.filter((step) => !few.includes(step));
    return h("div", { class: "group", role: "group", "aria-label": title },
      h("h3", {}, title),
      h("div", {}, h("div", { class: "choices" }, ...few.map(button)),
        rest.length > 0 && h("details", { open: opened.has(kind), toggle: ({ currentTarget }) => currentTarget instanceof HTMLDetailsElement && opened[currentTarget.open ? "add" : "delete"](kind) }, h("summary", {}, few.length ? `${rest.length} more` : `${rest.length} calls of an administrator and of another user`), h("div", { class: "choices" }, ...rest.map(button))),
        reason));
  }).filter((one): one is HTMLDivElement => one !== undefined);
}
