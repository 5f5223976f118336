// Where the nine states stand, and the way of each arrow, at two widths. Which arrows there are and what they are
// called is the engine's to say: the browser's test holds that each of them has a way here.

import type { State } from "./answers";

export type Point = [number, number];
export type Box = [x: number, y: number, width: number, height: number];
export interface Way {
  points: Point[];
  label: { x: number; y: number; anchor: "start" | "middle" | "end" };
  /** Which of the triggers is written beside the arrow, if not the first. */
  usual?: string;
  /** Whether each word has a line of its own. */
  isTall?: boolean;
}
export interface Geometry { width: number; height: number; boxes: Record<State, Box>; ways: Record<string, Way>; start: Point; ends: Point[]; frame: number }

/** The key of an arrow; without a state to start from it comes from the whole queue. */
export const key = (from: State | null, to: State) => `${from ?? "queue"} ${to}`;

const ROW = { top: 20, queued: 42, queuedHeight: 54, connecting: 130, transferring: 210, transferred: 276, height: 36, error: 174, errorHeight: 28, frame: 330, final: 348 };

export function geometry(isNarrow: boolean): Geometry {
  const P = isNarrow
    ? { width: 420, sx: 7, sw: 78, mx: 124, mw: 118, ex: 255, ew: 62, xx: 328, xw: 84, lanes: [114, 102] as const }
    : { width: 648, sx: 12, sw: 96, mx: 206, mw: 128, ex: 410, ew: 70, xx: 548, xw: 90, lanes: [192, 179] as const };
  const R = ROW;
  const mr = P.mx + P.mw, mc = P.mx + P.mw / 2, sr = P.sx + P.sw, bottom = R.transferring + R.height, xm = P.xx + P.xw / 2;
  const finalWidth = 138, ka = isNarrow ? 24 : 150, kc = isNarrow ? P.width - finalWidth - 16 : 404;
  const queuedBottom = R.queued + R.queuedHeight, between = (sr + P.mx) / 2, gap = (mr + P.xx) / 2;
  const start = (x: number, y: number) => ({ x, y, anchor: "start" as const });
  const middle = (x: number, y: number) => ({ x, y, anchor: "middle" as const });
  return {
    width: P.width,
    height: 386,
    frame: R.frame,
    start: [P.sx + 18, R.top],
    ends: [[ka + finalWidth + 20, R.final + 15], [kc + finalWidth - 4, R.final + 15]],
    boxes: {
      SUSPENDED: [P.sx, R.queued, P.sw, bottom - R.queued],
      QUEUED: [P.mx, R.queued, P.mw, R.queuedHeight],
      CONNECTING: [P.mx, R.connecting, P.mw, R.height],
      TRANSFERRING: [P.mx, R.transferring, P.mw, R.height],
      TRANSFERRED: [P.mx, R.transferred, P.mw, R.height],
      TRANSIENT_ERROR: [P.xx, R.queued, P.xw, bottom - R.queued],
      ERROR: [P.ex, R.error, P.ew, R.errorHeight],
      ACKNOWLEDGED: [ka, R.final, finalWidth, 30],
      CANCELLED: [kc, R.final, finalWidth - 24, 30],
    },
    ways: {
      "SUSPENDED QUEUED": { points: [[sr, R.queued + 13], [P.mx, R.queued + 13]], label: middle(between, R.queued + 8) },
      "QUEUED SUSPENDED": { points: [[P.mx, R.queued + 40], [sr, R.queued + 40]], label: middle(between, R.queued + 35) },
      "CONNECTING SUSPENDED": { points: [[P.mx, R.connecting + 18], [sr, R.connecting + 18]], label: start(sr + 5, R.connecting + 13) },
      "TRANSFERRING SUSPENDED": { points: [[P.mx, R.transferring + 26], [sr, R.transferring + 26]], label: start(sr + 5, R.transferring + 39) },
      "CONNECTING QUEUED": { points: [[P.mx + 34, R.connecting], [P.mx + 34, queuedBottom]], label: start(P.mx + 39, R.connecting - 12), usual: "slice over" },
      "TRANSFERRING QUEUED": { points: [[P.mx, R.transferring + 10], [P.lanes[0], R.transferring + 10], [P.lanes[0], R.connecting - 10], [P.mx + 22, R.connecting - 10], [P.mx + 22, queuedBottom]], label: start(P.mx + 39, R.connecting - 12), usual: "slice over" },
      "TRANSFERRED QUEUED": { points: [[P.mx, R.transferred + 20], [P.lanes[1], R.transferred + 20], [P.lanes[1], R.connecting - 22], [P.mx + 10, R.connecting - 22], [P.mx + 10, queuedBottom]], label: { x: P.lanes[1] - 6, y: R.transferred + 24, anchor: "end" } },
      "QUEUED CONNECTING": { points: [[mr - 12, queuedBottom], [mr - 12, R.connecting]], label: start(mr - 6, R.connecting - 12) },
      "CONNECTING TRANSFERRING": { points: [[mc, R.connecting + R.height], [mc, R.transferring]], label: start(mc + 6, R.transferring - 18) },
      "TRANSFERRING TRANSFERRED": { points: [[mc, bottom], [mc, R.transferred]], label: start(mc + 6, R.transferred - 10) },
      "TRANSIENT_ERROR QUEUED": { points: [[P.xx, R.queued + 7], [mr, R.queued + 7]], label: middle(gap, R.queued + 2), usual: "retry delay elapsed" },
      "QUEUED TRANSIENT_ERROR": { points: [[mr, R.queued + 29], [P.xx, R.queued + 29]], label: middle(gap, R.queued + 25) },
      "ERROR QUEUED": { points: [[P.ex + P.ew - 16, R.error], [P.ex + P.ew - 16, R.queued + 47], [mr, R.queued + 47]], label: start(mr + 16, R.queued + 43) },
      "CONNECTING TRANSIENT_ERROR": { points: [[mr, R.connecting + 6], [P.xx, R.connecting + 6]], label: start(mr + 10, R.connecting + 1) },
      "CONNECTING ERROR": { points: [[mr, R.connecting + 30], [P.ex + 24, R.connecting + 30], [P.ex + 24, R.error]], label: start(mr + 10, R.connecting + 26) },
      "TRANSFERRING ERROR": { points: [[mr, R.transferring + 8], [P.ex + 24, R.transferring + 8], [P.ex + 24, R.error + R.errorHeight]], label: start(mr + 10, R.transferring + 20) },
      "TRANSFERRING TRANSIENT_ERROR": { points: [[mr, R.transferring + 28], [P.xx, R.transferring + 28]], label: start(mr + 10, R.transferring + 41) },
      "TRANSIENT_ERROR ERROR": { points: [[P.xx, R.error + 14], [P.ex + P.ew, R.error + 14]], label: middle((P.xx + P.ex + P.ew) / 2 - 2, R.error + 9), isTall: true },
      "TRANSIENT_ERROR SUSPENDED": { points: [[xm, R.queued], [xm, R.top + 8], [P.sx + P.sw / 2 + 14, R.top + 8], [P.sx + P.sw / 2 + 14, R.queued]], label: middle(mc, R.top + 3) },
      "queue ACKNOWLEDGED": { points: [[ka + finalWidth / 2, R.frame], [ka + finalWidth / 2, R.final]], label: start(ka + finalWidth / 2 + 6, R.frame + 13) },
      "queue CANCELLED": { points: [[kc + 56, R.frame], [kc + 56, R.final]], label: start(kc + 62, R.frame + 13) },
    },
  };
}

/** A way as a path with rounded bends. */
export function rounded(points: Point[], radius = 7): string {
  let d = `M${points[0]}`;
  for (let k = 1; k < points.length - 1; k++) {
    const [before, here, after] = points.slice(k - 1, k + 2) as [Point, Point, Point];
    const towards = (other: Point): Point => {
      const length = Math.hypot(other[0] - here[0], other[1] - here[1]) || 1;
      const part = Math.min(radius, length / 2) / length;
      return [here[0] + (other[0] - here[0]) * part, here[1] + (other[1] - here[1]) * part];
    };
    d += ` L${towards(before)} Q${here} ${towards(after)}`;
  }
  return `${d} L${points[points.length - 1]}`;
}
