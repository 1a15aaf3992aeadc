/** A stretch of text cut where marks begin and end, so that overlapping and nested marks can be drawn. Pure. */

export interface Mark {
  readonly id: string;
  readonly start: number;
  readonly end: number;
}

/** Text from `start` to `end` under the same marks, outermost (earliest, then longest) first. */
export interface Segment {
  readonly start: number;
  readonly end: number;
  readonly ids: readonly string[];
  /** Marks that begin here, and those that end here: where their ends are drawn. */
  readonly begins: readonly string[];
  readonly ends: readonly string[];
}

/** Segments that cover [from, to) without gaps; marks may reach beyond it. */
export function segments(from: number, to: number, marks: readonly Mark[]): Segment[] {
  const here = marks
    .filter((mark) => mark.start < to && mark.end > from)
    .sort((a, b) => a.start - b.start || b.end - a.end || (a.id < b.id ? -1 : 1));
  const cuts = new Set([from, to]);
  for (const { start, end } of here) {
    if (start > from) cuts.add(start);
    if (end < to) cuts.add(end);
  }
  const edges = [...cuts].sort((a, b) => a - b);
  const found: Segment[] = [];
  const open: Mark[] = [];
  let next = 0;
  for (let i = 0; i + 1 < edges.length; i++) {
    const start = edges[i] as number;
    const end = edges[i + 1] as number;
    for (let k = open.length - 1; k >= 0; k--) if ((open[k] as Mark).end <= start) open.splice(k, 1);
    while (next < here.length && (here[next] as Mark).start <= start) open.push(here[next++] as Mark);
    found.push({
      start,
      end,
      ids: open.map((mark) => mark.id),
      begins: open.filter((mark) => mark.start === start).map((mark) => mark.id),
      ends: open.filter((mark) => mark.end === end).map((mark) => mark.id),
    });
  }
  return found;
}

export type Granularity = "symbol" | "word" | "sentence" | "paragraph";

/** The stretch widened to whole words, sentences or paragraphs, without blanks at its ends; null when nothing is left. */
export function snapped(
  text: string,
  start: number,
  end: number,
  granularity: Granularity,
): { start: number; end: number } | null {
  let [from, to] = [start, end];
  if (granularity === "paragraph") {
    from = text.lastIndexOf("\n", from - 1) + 1;
    const next = text.indexOf("\n", Math.max(to - 1, from));
    to = next < 0 ? text.length : next;
  } else if (granularity !== "symbol") [from, to] = widened(text, from, to, granularity);
  while (from < to && /\s/.test(text[from] as string)) from++;
  while (to > from && /\s/.test(text[to - 1] as string)) to--;
  return from < to ? { start: from, end: to } : null;
}

/** How far around a place words and sentences are looked for: segmenting a whole book for one word is slow. */
const AROUND = 2_000;

function widened(
  text: string,
  start: number,
  end: number,
  granularity: "word" | "sentence",
): [number, number] {
  const low = Math.max(0, start - AROUND);
  const part = text.slice(low, Math.min(text.length, end + AROUND));
  const segmenter = new Intl.Segmenter(undefined, { granularity });
  let [from, to] = [start, end];
  for (const { segment, index } of segmenter.segment(part)) {
    const [first, last] = [low + index, low + index + segment.length];
    if (first < end && last > start) {
      from = Math.min(from, first);
      to = Math.max(to, last);
    }
  }
  return [from, to];
}
