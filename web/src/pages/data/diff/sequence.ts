/**
 * Which elements two sequences share, in order. Pure.
 *
 * Small stretches are solved exactly. In large ones, elements that occur once on either side are trustworthy landmarks:
 * their longest common order cuts the stretch into smaller ones (Bram Cohen's patience diff). What is large and has no
 * landmark is taken as replaced, so that the time stays near n log n whatever the input.
 */

export interface Step {
  /** Index on the older side; -1 for what was added. */
  readonly a: number;
  /** Index on the newer side; -1 for what was removed. */
  readonly b: number;
}

/** Up to so many cells the exact table is used at once; without a landmark, up to so many. */
const FEW_CELLS = 10_000;
const MOST_CELLS = 1_000_000;

/** A stretch of either side, ends excluded. */
interface Span {
  readonly a0: number;
  readonly a1: number;
  readonly b0: number;
  readonly b1: number;
}

/** Every index of either side once, in order; shared elements have both. */
export function align(before: readonly string[], after: readonly string[]): Step[] {
  const numbered = numbering();
  const [a, b] = [numbered(before), numbered(after)];
  const steps: Step[] = [];
  // A stack instead of recursion: a file may have more landmarks than the call stack has room. The next is on top.
  const todo: (Span | readonly Step[])[] = [{ a0: 0, a1: a.length, b0: 0, b1: b.length }];
  for (let next = todo.pop(); next; next = todo.pop()) {
    if (!("a0" in next)) {
      for (const step of next) steps.push(step);
      continue;
    }
    const { head, middle, tail } = trimmed(a, b, next);
    for (const step of head) steps.push(step);
    todo.push(tail);
    const cells = (middle.a1 - middle.a0) * (middle.b1 - middle.b0);
    const landmarks = cells > FEW_CELLS ? sharedOnce(a, b, middle) : [];
    if (landmarks.length > 0) for (const part of cut(middle, landmarks).reverse()) todo.push(part);
    else todo.push(cells > 0 && cells <= MOST_CELLS ? exact(a, b, middle) : replaced(middle));
  }
  return steps;
}

/** Elements as numbers, the same for equal ones: quicker to compare than texts. */
function numbering(): (all: readonly string[]) => Int32Array {
  const numbers = new Map<string, number>();
  return (all) =>
    Int32Array.from(all, (each) => {
      const known = numbers.get(each) ?? numbers.size;
      if (known === numbers.size) numbers.set(each, known);
      return known;
    });
}

function trimmed(a: Int32Array, b: Int32Array, { a0, a1, b0, b1 }: Span) {
  const head: Step[] = [];
  const tail: Step[] = [];
  while (a0 < a1 && b0 < b1 && a[a0] === b[b0]) head.push({ a: a0++, b: b0++ });
  while (a0 < a1 && b0 < b1 && a[a1 - 1] === b[b1 - 1]) tail.push({ a: --a1, b: --b1 });
  return { head, middle: { a0, a1, b0, b1 }, tail: tail.reverse() };
}

function replaced({ a0, a1, b0, b1 }: Span): Step[] {
  return [
    ...Array.from({ length: a1 - a0 }, (_, i) => ({ a: a0 + i, b: -1 })),
    ...Array.from({ length: b1 - b0 }, (_, i) => ({ a: -1, b: b0 + i })),
  ];
}

function cut({ a0, a1, b0, b1 }: Span, landmarks: readonly Step[]): (Span | readonly Step[])[] {
  const parts: (Span | readonly Step[])[] = [];
  let [x, y] = [a0, b0];
  for (const mark of landmarks) {
    parts.push({ a0: x, a1: mark.a, b0: y, b1: mark.b }, [mark]);
    [x, y] = [mark.a + 1, mark.b + 1];
  }
  return [...parts, { a0: x, a1, b0: y, b1 }];
}

/** The longest chain of pairs, rising on both sides, of elements that occur once in each stretch. */
function sharedOnce(a: Int32Array, b: Int32Array, { a0, a1, b0, b1 }: Span): Step[] {
  const left = placesOf(a, a0, a1);
  const right = placesOf(b, b0, b1);
  const pairs: Step[] = [];
  for (const [element, i] of left) {
    const j = right.get(element);
    if (i >= 0 && j !== undefined && j >= 0) pairs.push({ a: i, b: j });
  }
  return longestRise(pairs);
}

/** Where each element is; -1 when it is in several places. */
function placesOf(all: Int32Array, from: number, to: number): Map<number, number> {
  const places = new Map<number, number>();
  for (let i = from; i < to; i++) {
    const element = all[i] ?? -1;
    places.set(element, places.has(element) ? -1 : i);
  }
  return places;
}

/** Of pairs that rise in `a`, the longest part that rises in `b`, too: patience sorting. */
function longestRise(pairs: readonly Step[]): Step[] {
  const tops: number[] = [];
  const back = new Int32Array(pairs.length).fill(-1);
  for (const [at, { b }] of pairs.entries()) {
    let [low, high] = [0, tops.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((pairs[tops[middle] ?? 0]?.b ?? 0) < b) low = middle + 1;
      else high = middle;
    }
    back[at] = low > 0 ? (tops[low - 1] ?? -1) : -1;
    tops[low] = at;
  }
  const chain: Step[] = [];
  for (let at = tops.at(-1) ?? -1; at >= 0; at = back[at] ?? -1) {
    const pair = pairs[at];
    if (pair) chain.push(pair);
  }
  return chain.reverse();
}

/** Longest common subsequence by the textbook table. */
function exact(a: Int32Array, b: Int32Array, { a0, a1, b0, b1 }: Span): Step[] {
  const [n, m] = [a1 - a0, b1 - b0];
  const longest = new Uint32Array((n + 1) * (m + 1));
  const at = (i: number, j: number): number => longest[i * (m + 1) + j] ?? 0;
  for (let i = n - 1; i >= 0; i--) {
    for (let j = m - 1; j >= 0; j--)
      longest[i * (m + 1) + j] =
        a[a0 + i] === b[b0 + j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
  }
  const steps: Step[] = [];
  let [i, j] = [0, 0];
  while (i < n || j < m) {
    if (i < n && j < m && a[a0 + i] === b[b0 + j]) steps.push({ a: a0 + i++, b: b0 + j++ });
    else if (i < n && (j === m || at(i + 1, j) >= at(i, j + 1))) steps.push({ a: a0 + i++, b: -1 });
    else steps.push({ a: -1, b: b0 + j++ });
  }
  return steps;
}
