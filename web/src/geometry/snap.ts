/** Pulls a point to what is near it: corners first, then the lines through them, then the edge of the image. */
import { frameCorners, frameOf } from "./frame";
import { distance, type Point } from "./points";
import { ringsOf } from "./rings";
import type { Size } from "./runs";
import type { ImageShape } from "./shapes";

/** The points of a shape that others may want to meet. */
export function anchorsOf(shape: ImageShape): readonly Point[] {
  switch (shape.type) {
    case "box":
    case "rotated-box":
      return frameCorners(frameOf(shape));
    case "polygon":
    case "polyline":
      return ringsOf(shape).flat();
    case "keypoint":
      return [[shape.x, shape.y]];
    case "skeleton":
      return shape.points.flatMap(([x, y, v]): Point[] => (v > 0 ? [[x, y]] : []));
    case "ellipse":
    case "mask":
      return [];
  }
}

export function snapped(
  p: Point,
  near: readonly ImageShape[],
  reach: number,
  { width, height }: Size,
): Point {
  const anchors = near.flatMap((shape) => anchorsOf(shape));
  const corner = closest(anchors, (anchor) => distance(anchor, p), reach);
  if (corner) return corner;
  const x = closest([0, width, ...anchors.map((a) => a[0])], (value) => Math.abs(value - p[0]), reach);
  const y = closest([0, height, ...anchors.map((a) => a[1])], (value) => Math.abs(value - p[1]), reach);
  return [x ?? p[0], y ?? p[1]];
}

function closest<T>(candidates: readonly T[], away: (candidate: T) => number, reach: number): T | null {
  let best: T | null = null;
  let limit = reach;
  for (const candidate of candidates) {
    const distanceTo = away(candidate);
    if (distanceTo <= limit) [best, limit] = [candidate, distanceTo];
  }
  return best;
}
