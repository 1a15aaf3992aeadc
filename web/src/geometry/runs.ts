/**
 * Sets of pixels as sorted boundaries: `[start, end, start, end, …]` of half-open intervals over the pixels of an image
 * counted column by column. A stroke, a union or a shift costs as much as it has boundaries, never a bitmap: this is what
 * keeps a brush light on images of many megapixels.
 */
import type { Bounds, Point } from "./points";

export type Runs = readonly number[];

/** COCO's run lengths (background first) as boundaries. */
export function runsOfLengths(lengths: readonly number[]): number[] {
  const runs: number[] = [];
  let at = 0;
  lengths.forEach((length, i) => {
    at += length;
    // A run of no length joins its neighbours: the boundary before it and the one after it cancel.
    if (length === 0 && i > 0) runs.pop();
    else runs.push(at);
  });
  if (runs.length % 2 === 1) runs.pop();
  return runs;
}

export function lengthsOfRuns(runs: Runs, pixels: number): number[] {
  const lengths = runs.map((at, i) => at - (runs[i - 1] ?? 0));
  const last = runs.at(-1) ?? 0;
  if (last < pixels) lengths.push(pixels - last);
  return lengths;
}

/** COCO's spelling of run lengths: differences to the last run of the same kind, five bits a letter. */
export function spelled(lengths: readonly number[]): string {
  const letters: number[] = [];
  let text = "";
  lengths.forEach((length, i) => {
    let rest = i > 2 ? length - (lengths[i - 2] as number) : length;
    for (let more = true; more; ) {
      let letter = rest & 0x1f;
      rest >>= 5;
      more = (letter & 0x10) === 0 ? rest !== 0 : rest !== -1;
      if (more) letter |= 0x20;
      letters.push(letter + 48);
    }
    if (letters.length > 4_096) text += String.fromCharCode(...letters.splice(0));
  });
  return text + String.fromCharCode(...letters);
}

export function unspelled(text: string): number[] {
  const lengths: number[] = [];
  for (let i = 0; i < text.length; ) {
    let [value, shift, letter] = [0, 0, 0];
    do {
      letter = text.charCodeAt(i++) - 48;
      value |= (letter & 0x1f) << shift;
      shift += 5;
    } while (letter & 0x20 && i < text.length);
    if (letter & 0x10 && shift < 32) value |= -1 << shift;
    if (lengths.length > 2) value += lengths[lengths.length - 2] as number;
    lengths.push(value);
  }
  return lengths;
}

type Keep = (inA: boolean, inB: boolean) => boolean;
const joined: Keep = (a, b) => a || b;
const without: Keep = (a, b) => a && !b;

function combined(a: Runs, b: Runs, keep: Keep): number[] {
  const out: number[] = [];
  let [i, j] = [0, 0];
  let inside = false;
  while (i < a.length || j < b.length) {
    const at = Math.min(a[i] ?? Number.POSITIVE_INFINITY, b[j] ?? Number.POSITIVE_INFINITY);
    while (a[i] === at) i++;
    while (b[j] === at) j++;
    const now = keep(i % 2 === 1, j % 2 === 1);
    if (now !== inside) out.push(at);
    inside = now;
  }
  return out;
}

export const unionOfRuns = (a: Runs, b: Runs): number[] => combined(a, b, joined);
export const runsWithout = (a: Runs, b: Runs): number[] => combined(a, b, without);

/** The intervals of a list in any order, overlapping or not, as runs. */
function sortedRuns(intervals: [number, number][]): number[] {
  intervals.sort((a, b) => a[0] - b[0]);
  const runs: number[] = [];
  for (const [start, end] of intervals) {
    const last = runs.at(-1);
    if (last !== undefined && start <= last) runs[runs.length - 1] = Math.max(last, end);
    else runs.push(start, end);
  }
  return runs;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** Everything within `radius` of a line through `points`: a pixel counts when its centre does. */
export function strokeRuns(points: readonly Point[], radius: number, { width, height }: Size): number[] {
  const intervals: [number, number][] = [];
  const segment = (a: Point, b: Point): void => {
    const from = Math.max(0, Math.ceil(Math.min(a[0], b[0]) - radius - 0.5));
    const to = Math.min(width - 1, Math.floor(Math.max(a[0], b[0]) + radius - 0.5));
    for (let column = from; column <= to; column++) {
      const [low, high] = capsuleAt(a, b, radius, column + 0.5);
      const y0 = Math.max(0, Math.ceil(low - 0.5));
      const y1 = Math.min(height, Math.floor(high - 0.5) + 1);
      if (y1 > y0) intervals.push([column * height + y0, column * height + y1]);
    }
  };
  points.forEach((point, i) => {
    segment(points[i - 1] ?? point, point);
  });
  return sortedRuns(intervals);
}

/** Where the vertical line at `x` enters and leaves the two discs and the band between them. */
function capsuleAt(a: Point, b: Point, radius: number, x: number): [number, number] {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  const take = (y: number): void => {
    if (y < low) low = y;
    if (y > high) high = y;
  };
  for (const [cx, cy] of [a, b]) {
    const inside = radius * radius - (x - cx) * (x - cx);
    if (inside < 0) continue;
    take(cy - Math.sqrt(inside));
    take(cy + Math.sqrt(inside));
  }
  const [dx, dy] = [b[0] - a[0], b[1] - a[1]];
  const length = Math.hypot(dx, dy);
  if (length > 0 && dx !== 0) {
    for (const side of [-1, 1]) {
      const [ox, oy] = [(side * -dy * radius) / length, (side * dx * radius) / length];
      const t = (x - a[0] - ox) / dx;
      if (t >= 0 && t <= 1) take(a[1] + oy + t * dy);
    }
  }
  return [low, high];
}

/** The inside of rings by the even-odd rule: holes are rings like any other. */
export function ringRuns(rings: readonly (readonly Point[])[], { width, height }: Size): number[] {
  const crossings = new Map<number, number[]>();
  for (const ring of rings) {
    let from = ring.at(-1);
    for (const to of ring) {
      if (from) crossColumns(from, to, width, crossings);
      from = to;
    }
  }
  const intervals: [number, number][] = [];
  for (const [column, ys] of crossings) {
    ys.sort((a, b) => a - b);
    for (let i = 0; i + 1 < ys.length; i += 2) {
      const y0 = Math.max(0, Math.ceil((ys[i] as number) - 0.5));
      const y1 = Math.min(height, Math.ceil((ys[i + 1] as number) - 0.5));
      if (y1 > y0) intervals.push([column * height + y0, column * height + y1]);
    }
  }
  return sortedRuns(intervals);
}

function crossColumns(a: Point, b: Point, width: number, crossings: Map<number, number[]>): void {
  const [left, right] = a[0] <= b[0] ? [a, b] : [b, a];
  const first = Math.max(0, Math.ceil(left[0] - 0.5));
  for (let column = first; column < width && column + 0.5 < right[0]; column++) {
    const y = left[1] + ((column + 0.5 - left[0]) * (right[1] - left[1])) / (right[0] - left[0]);
    const known = crossings.get(column);
    if (known) known.push(y);
    else crossings.set(column, [y]);
  }
}

/** Moved by whole pixels; what leaves the image is gone. */
export function shiftedRuns(runs: Runs, dx: number, dy: number, { width, height }: Size): number[] {
  const intervals: [number, number][] = [];
  eachColumn(runs, height, (column, y0, y1) => {
    const to = column + dx;
    const [low, high] = [Math.max(0, y0 + dy), Math.min(height, y1 + dy)];
    if (to >= 0 && to < width && high > low) intervals.push([to * height + low, to * height + high]);
  });
  return sortedRuns(intervals);
}

/** Calls `each` with every unbroken vertical piece. */
export function eachColumn(
  runs: Runs,
  height: number,
  each: (column: number, y0: number, y1: number) => void,
): void {
  for (let i = 0; i + 1 < runs.length; i += 2) {
    let start = runs[i] as number;
    const end = runs[i + 1] as number;
    while (start < end) {
      const column = Math.floor(start / height);
      const stop = Math.min(end, (column + 1) * height);
      each(column, start - column * height, stop - column * height);
      start = stop;
    }
  }
}

export function runsBounds(runs: Runs, height: number): Bounds | null {
  if (runs.length === 0) return null;
  let [minX, minY, maxX, maxY] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, 0, 0];
  for (let i = 0; i + 1 < runs.length; i += 2) {
    const [start, last] = [runs[i] as number, (runs[i + 1] as number) - 1];
    const [x0, x1] = [Math.floor(start / height), Math.floor(last / height)];
    minX = Math.min(minX, x0);
    maxX = Math.max(maxX, x1 + 1);
    // A run over the end of a column touches both edges of the image.
    minY = x0 === x1 ? Math.min(minY, start - x0 * height) : 0;
    maxY = x0 === x1 ? Math.max(maxY, last - x0 * height + 1) : height;
  }
  return { minX, minY, maxX, maxY };
}

export function runsArea(runs: Runs): number {
  let area = 0;
  for (let i = 0; i + 1 < runs.length; i += 2) area += (runs[i + 1] as number) - (runs[i] as number);
  return area;
}

/** Whether pixel number `at` is in the set, by halving. */
export function inRuns(runs: Runs, at: number): boolean {
  let [low, high] = [0, runs.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((runs[middle] as number) <= at) low = middle + 1;
    else high = middle;
  }
  return low % 2 === 1;
}
