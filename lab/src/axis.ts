// The axis of time: a logarithm that starts again at every step, so that two seconds and ninety days have their place on
// one line. A cycle that repeats is one gap.

/** What is one gap: steps that come again at the same distances, from the end of the first round on; or what there is no
 * room for. */
export interface Fold { from: number; to: number; words: string; isPart?: boolean }
export interface Axis { x: (at: number) => number; at: (x: number) => number; end: number }

/** The axis over instants in their order, from one place to another. A gap that stands for what has no room is wide enough
 * for its words. */
export function axis(instants: number[], folds: Fold[], left: number, right: number): Axis {
  const spans = instants.slice(1).map((at, index) => Math.log2(1 + (at - instants[index]!) / 1000));
  const own = spans.reduce((sum, gap) => sum + gap, 0);
  const isPart = (at: number) => folds.some((fold) => fold.isPart && fold.from === at);
  const gaps = spans.map((gap, index) => (isPart(instants[index]!) ? Math.max(gap, own / 6) : gap));
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
  /** How wide a unit of the logarithm is within a gap. */
  const scale = (gap: number) => (spans[gap] ? (unit * gaps[gap]!) / spans[gap] : unit);
  return {
    x: (at) => {
      const gap = before(instants, at);
      return Math.min(places[last] ?? left, places[gap]! + scale(gap) * Math.log2(1 + Math.max(0, at - instants[gap]!) / 1000));
    },
    at: (x) => {
      const gap = before(places, x);
      return instants[gap]! + 1000 * (2 ** Math.max(0, (x - places[gap]!) / scale(gap)) - 1);
    },
    end: places[last] ?? left,
  };
}

/** The instants that the axis keeps of a run: all; or where there are too many only those where the pattern changes, and
 * if there are still too many those around an instant. */
export function kept(instants: number[], most: number): (around: number) => { kept: number[]; folds: Fold[] } {
  const all = [...new Set(instants)].sort((a, b) => a - b);
  const found = all.length <= most ? { kept: all, folds: [] } : repeated(all);
  return (around) => (found.kept.length <= most ? found : within(found, most, around));
}

/** The part around an instant: it stays the same while the instant is in its middle. What comes before and after is one
 * gap each. */
function within({ kept, folds }: { kept: number[]; folds: Fold[] }, most: number, around: number) {
  const half = Math.floor(most / 2);
  const place = kept.findLastIndex((at) => at <= around);
  const first = Math.max(0, Math.min(Math.floor(place / half) * half - Math.floor(half / 2), kept.length - most));
  const last = Math.min(kept.length - 1, first + most);
  const begin = kept[0]!, end = kept[kept.length - 1]!;
  const [from, to] = [kept[first]!, kept[last]!];
  const gap = (count: number, from: number, to: number, words: string) => (count > 0 ? [{ from, to, words: `${count.toLocaleString("en")} ${words}`, isPart: true }] : []);
  return {
    kept: [...new Set([begin, ...kept.slice(first, last + 1), end])],
    folds: [
      ...gap(first - 1, begin, from, "instants before"),
      ...folds.filter((fold) => fold.from >= from && fold.to <= to),
      ...gap(kept.length - 2 - last, to, end, "instants after"),
    ],
  };
}

function repeated(all: number[]): { kept: number[]; folds: Fold[] } {
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
      folds.push({ from: all[first]!, to: all[end]!, words: `${(best.times - 1).toLocaleString("en")} times again` });
      at = end;
    } else result.push(all[at++]!);
  }
  return { kept: [...new Set(result)], folds };
}
