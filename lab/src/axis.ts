// The axis of time: a logarithm that starts again at every step, so that two seconds and ninety days have their place on
// one line. A cycle that repeats is one gap.

/** Steps that come again at the same distances, from the end of the first round on. */
export interface Fold { from: number; to: number; count: number }
export interface Axis { x: (at: number) => number; at: (x: number) => number; end: number }

/** The axis over instants in their order, from one place to another. */
export function axis(instants: number[], left: number, right: number): Axis {
  const gaps = instants.slice(1).map((at, index) => Math.log2(1 + (at - instants[index]!) / 1000));
  const unit = (right - left) / (gaps.reduce((sum, gap) => sum + gap, 0) || 1);
  const places = [left];
  for (const gap of gaps) places.push(places[places.length - 1]! + gap * unit);
  const last = instants.length - 1;
  const before = (sorted: number[], value: number) => {
    let [low, high] = [0, Math.max(0, sorted.length - 2)];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (sorted[middle]! <= value) low = middle;
      else high = middle - 1;
    }
    return low;
  };
  return {
    x: (at) => {
      const gap = before(instants, at);
      return Math.min(places[last] ?? left, places[gap]! + unit * Math.log2(1 + Math.max(0, at - instants[gap]!) / 1000));
    },
    at: (x) => {
      const gap = before(places, x);
      return instants[gap]! + 1000 * (2 ** Math.max(0, (x - places[gap]!) / unit) - 1);
    },
    end: places[last] ?? left,
  };
}

/** The instants that the axis keeps of a run: all, or where there are too many only those where the pattern changes. */
export function kept(instants: number[], most: number): { kept: number[]; folds: Fold[] } {
  const all = [...new Set(instants)].sort((a, b) => a - b);
  if (all.length <= most) return { kept: all, folds: [] };
  // Steps that come again at the same distances are one fold.
  const folds: Fold[] = [];
  const result: number[] = [];
  for (let at = 0; at < all.length; ) {
    let best = { period: 0, times: 0 };
    for (let period = 1; period <= 6; period++) {
      const every = all[at + period]! - all[at]!;
      let length = 0;
      while (at + length + period < all.length && all[at + length + period]! - all[at + length]! === every) length++;
      const times = Math.floor(length / period);
      if (times >= 3 && times * period > best.times * best.period) best = { period, times };
    }
    if (best.times) {
      const first = at + best.period, end = at + best.period * best.times;
      result.push(...all.slice(at, first + 1));
      folds.push({ from: all[first]!, to: all[end]!, count: best.times - 1 });
      at = end;
    } else result.push(all[at++]!);
  }
  return { kept: [...new Set(result)], folds };
}
