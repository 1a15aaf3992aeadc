/** Masks: shapes of single pixels, read and written as COCO's run lengths. */
import type { Bounds, Point } from "./points";
import {
  inRuns,
  lengthsOfRuns,
  type Runs,
  runsArea,
  runsBounds,
  runsOfLengths,
  type Size,
  shiftedRuns,
  spelled,
  unspelled,
} from "./runs";
import type { Mask } from "./shapes";

interface Read {
  readonly runs: Runs;
  readonly bounds: Bounds;
  readonly area: number;
}

/** A mask is immutable, so what was once read of it holds. */
const readings = new WeakMap<Mask, Read>();

function reading(mask: Mask): Read {
  const known = readings.get(mask);
  if (known) return known;
  const runs = runsOfLengths(unspelled(mask.counts));
  const bounds = runsBounds(runs, mask.size[0]) ?? { minX: 0, minY: 0, maxX: 0, maxY: 0 };
  const read = { runs, bounds, area: runsArea(runs) };
  readings.set(mask, read);
  return read;
}

export const maskRuns = (mask: Mask): Runs => reading(mask).runs;
export const maskBounds = (mask: Mask): Bounds => reading(mask).bounds;
export const maskArea = (mask: Mask): number => reading(mask).area;
export const maskSize = ({ size: [height, width] }: Mask): Size => ({ width, height });

/** The mask of these pixels; null when there are none, for an empty mask marks nothing. */
export function maskOfRuns(runs: Runs, { width, height }: Size): Mask | null {
  if (runs.length === 0) return null;
  return { type: "mask", size: [height, width], counts: spelled(lengthsOfRuns(runs, width * height)) };
}

export function maskContains(mask: Mask, [x, y]: Point): boolean {
  const [height, width] = mask.size;
  const [column, row] = [Math.floor(x), Math.floor(y)];
  if (column < 0 || row < 0 || column >= width || row >= height) return false;
  return inRuns(maskRuns(mask), column * height + row);
}

/** Moved by whole pixels; the same mask where nothing of it would be left. */
export function movedMask(mask: Mask, dx: number, dy: number): Mask {
  const size = maskSize(mask);
  return maskOfRuns(shiftedRuns(maskRuns(mask), Math.round(dx), Math.round(dy), size), size) ?? mask;
}
