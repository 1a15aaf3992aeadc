/** Points, rectangles and the little arithmetic that every shape needs. Pixels of the upright image, y down. */

export type Point = readonly [number, number];

/** A rectangle along the axes, by its corners: what an index, a screen and a dirty area need. */
export interface Bounds {
  readonly minX: number;
  readonly minY: number;
  readonly maxX: number;
  readonly maxY: number;
}

export const NOWHERE: Bounds = {
  minX: Number.POSITIVE_INFINITY,
  minY: Number.POSITIVE_INFINITY,
  maxX: Number.NEGATIVE_INFINITY,
  maxY: Number.NEGATIVE_INFINITY,
};

export const distance = (a: Point, b: Point): number => Math.hypot(a[0] - b[0], a[1] - b[1]);

export function boundsOfPoints(points: Iterable<readonly number[]>): Bounds {
  let { minX, minY, maxX, maxY } = NOWHERE;
  for (const [x = 0, y = 0] of points) {
    if (x < minX) minX = x;
    if (x > maxX) maxX = x;
    if (y < minY) minY = y;
    if (y > maxY) maxY = y;
  }
  return { minX, minY, maxX, maxY };
}

export function union(a: Bounds, b: Bounds): Bounds {
  return {
    minX: Math.min(a.minX, b.minX),
    minY: Math.min(a.minY, b.minY),
    maxX: Math.max(a.maxX, b.maxX),
    maxY: Math.max(a.maxY, b.maxY),
  };
}

export const grow = (b: Bounds, by: number): Bounds => ({
  minX: b.minX - by,
  minY: b.minY - by,
  maxX: b.maxX + by,
  maxY: b.maxY + by,
});

export const intersects = (a: Bounds, b: Bounds): boolean =>
  a.minX <= b.maxX && a.maxX >= b.minX && a.minY <= b.maxY && a.maxY >= b.minY;

export const encloses = (outer: Bounds, inner: Bounds): boolean =>
  outer.minX <= inner.minX &&
  outer.maxX >= inner.maxX &&
  outer.minY <= inner.minY &&
  outer.maxY >= inner.maxY;

export const within = (b: Bounds, [x, y]: Point): boolean =>
  x >= b.minX && x <= b.maxX && y >= b.minY && y <= b.maxY;

export const boundsBetween = (a: Point, b: Point): Bounds => ({
  minX: Math.min(a[0], b[0]),
  minY: Math.min(a[1], b[1]),
  maxX: Math.max(a[0], b[0]),
  maxY: Math.max(a[1], b[1]),
});

/** `p` turned by `angleDeg` about `centre`; positive is clockwise, since y points down. */
export function turned(p: Point, centre: Point, angleDeg: number): Point {
  const a = (angleDeg * Math.PI) / 180;
  const [dx, dy] = [p[0] - centre[0], p[1] - centre[1]];
  return [centre[0] + dx * Math.cos(a) - dy * Math.sin(a), centre[1] + dx * Math.sin(a) + dy * Math.cos(a)];
}

export function distanceToSegment(p: Point, a: Point, b: Point): number {
  const [dx, dy] = [b[0] - a[0], b[1] - a[1]];
  const length2 = dx * dx + dy * dy;
  const t = length2 === 0 ? 0 : Math.max(0, Math.min(1, ((p[0] - a[0]) * dx + (p[1] - a[1]) * dy) / length2));
  return Math.hypot(p[0] - a[0] - t * dx, p[1] - a[1] - t * dy);
}

/** The smallest distance to a chain of segments, closed or open. */
export function distanceToChain(p: Point, points: readonly Point[], closed: boolean): number {
  let nearest = Number.POSITIVE_INFINITY;
  let from = closed ? points.at(-1) : undefined;
  for (const to of points) {
    if (from) nearest = Math.min(nearest, distanceToSegment(p, from, to));
    from = to;
  }
  return points.length === 1 && points[0] ? distance(p, points[0]) : nearest;
}

/** Even-odd rule, as the renderer fills. */
export function insideRing(ring: readonly Point[], [x, y]: Point): boolean {
  let inside = false;
  let from = ring.at(-1);
  for (const to of ring) {
    if (from && to[1] > y !== from[1] > y) {
      if (x < ((from[0] - to[0]) * (y - to[1])) / (from[1] - to[1]) + to[0]) inside = !inside;
    }
    from = to;
  }
  return inside;
}

/** Twice-signed shoelace, halved and without its sign. */
export function ringArea(ring: readonly Point[]): number {
  let twice = 0;
  let from = ring.at(-1);
  for (const to of ring) {
    if (from) twice += from[0] * to[1] - to[0] * from[1];
    from = to;
  }
  return Math.abs(twice) / 2;
}

/** Four decimals: far below what a pixel can mean, and equal again after any number of round trips. */
export const round4 = (value: number): number => {
  const rounded = Math.round(value * 10_000) / 10_000;
  return rounded === 0 ? 0 : rounded;
};

export const roundPoint = ([x, y]: Point): Point => [round4(x), round4(y)];
