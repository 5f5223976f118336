// The sign and the colours of each state.

import type { State } from "./answers";
import { s } from "./dom";

const dot = (cx: number, cy: number, r: number) => s("circle", { cx, cy, r, fill: "currentColor", stroke: "none" });
const path = (d: string, width?: number) => s("path", { d, "stroke-width": width });

const SIGNS: Record<State, () => SVGElement[]> = {
  SUSPENDED: () => [path("M5.5 3.5v9M10.5 3.5v9", 2.4)],
  QUEUED: () => [dot(3, 8, 1.6), dot(8, 8, 1.6), dot(13, 8, 1.6)],
  CONNECTING: () => [path("M2 8h2.4M6.8 8h2.4M11.6 8H14M11 4.8 14.2 8 11 11.2")],
  TRANSFERRING: () => [path("M8 2v11M3.5 8.8 8 13.3l4.5-4.5", 2)],
  TRANSIENT_ERROR: () => [path("M13 8a5 5 0 1 1-1.6-3.7M13.2 1.8v3h-3M8 5.6v2.8"), dot(8, 10.4, 0.9)],
  ERROR: () => [path("M5.4 2h5.2L14 5.4v5.2L10.6 14H5.4L2 10.6V5.4ZM8 5v3.5"), dot(8, 10.9, 1)],
  TRANSFERRED: () => [s("rect", { x: 3, y: 3, width: 10, height: 10, rx: 1.5, fill: "currentColor", stroke: "none" })],
  ACKNOWLEDGED: () => [path("m2.8 8.5 3.5 3.5 7-8", 2.2)],
  CANCELLED: () => [path("m3.5 3.5 9 9M12.5 3.5l-9 9", 2.2)],
};

export function glyph(state: State, place: Record<string, number> = {}): SVGSVGElement {
  return s("svg", { class: "g", viewBox: "0 0 16 16", "aria-hidden": "true", ...place }, ...SIGNS[state]());
}

/** The variables by which an element takes the colours of a state. */
export function colours(state: State): string {
  return `--f:var(--${state});--on:var(--${state}-on);--ink:var(--${state}-ink)`;
}

/** The first state that a sentence names, if it names one. */
export function stateIn(sentence: string): State | undefined {
  return sentence.split(/[^A-Z_]+/).find((word): word is State => word in SIGNS);
}
