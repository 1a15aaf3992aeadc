/** Polygons with holes and open lines: their vertices, named `o3` (outline), `h1.2` (hole 1), `…+` (after that vertex). */
import type { Handle } from "./handles";
import { distanceToSegment, type Point } from "./points";
import type { Polygon, Polyline } from "./shapes";

type Chain = Polygon | Polyline;

interface Place {
  /** -1 is the outline, or the only line. */
  readonly ring: number;
  readonly index: number;
  readonly after: boolean;
}

const nameOf = (ring: number, index: number): string => (ring < 0 ? `o${index}` : `h${ring}.${index}`);

function placeOf(handle: string): Place {
  const [, hole, index, after] = /^(?:o|h(\d+)\.)(\d+)(\+?)$/.exec(handle) ?? [];
  return { ring: hole === undefined ? -1 : Number(hole), index: Number(index), after: after === "+" };
}

export function ringsOf(shape: Chain): readonly (readonly Point[])[] {
  return shape.type === "polyline" ? [shape.points] : [shape.outline, ...shape.holes];
}

function ringAt(shape: Chain, ring: number): readonly Point[] {
  return ringsOf(shape)[ring + 1] ?? [];
}

function withRing<S extends Chain>(shape: S, ring: number, points: readonly Point[]): S;
function withRing(shape: Chain, ring: number, points: readonly Point[]): Chain {
  if (shape.type === "polyline") return { ...shape, points };
  if (ring < 0) return { ...shape, outline: points };
  return { ...shape, holes: shape.holes.map((hole, i) => (i === ring ? points : hole)) };
}

export function ringHandles(shape: Chain): Handle[] {
  const closed = shape.type === "polygon";
  return ringsOf(shape).flatMap((points, i) =>
    points.flatMap((at, k): Handle[] => {
      const id = nameOf(i - 1, k);
      const next = points[k + 1] ?? (closed ? points[0] : undefined);
      const vertex: Handle = { id, at, role: "vertex" };
      if (!next) return [vertex];
      return [vertex, { id: `${id}+`, at: [(at[0] + next[0]) / 2, (at[1] + next[1]) / 2], role: "middle" }];
    }),
  );
}

export function dragRing<S extends Chain>(shape: S, handle: string, p: Point): S {
  const { ring, index, after } = placeOf(handle);
  const points = ringAt(shape, ring);
  const moved = after
    ? [...points.slice(0, index + 1), p, ...points.slice(index + 1)]
    : points.map((point, i) => (i === index ? p : point));
  return withRing(shape, ring, moved);
}

export function withoutVertex(shape: Chain, handle: string): Chain | null {
  const { ring, index, after } = placeOf(handle);
  if (after) return shape;
  const left = ringAt(shape, ring).filter((_, i) => i !== index);
  if (left.length >= (shape.type === "polygon" ? 3 : 2)) return withRing(shape, ring, left);
  if (shape.type === "polygon" && ring >= 0) {
    return { ...shape, holes: shape.holes.filter((_, i) => i !== ring) };
  }
  return null;
}

export function insertInRing<S extends Chain>(shape: S, p: Point): S {
  const closed = shape.type === "polygon";
  let best = { ring: -1, index: 0, away: Number.POSITIVE_INFINITY };
  ringsOf(shape).forEach((points, i) => {
    points.forEach((from, index) => {
      const to = points[index + 1] ?? (closed ? points[0] : undefined);
      if (!to) return;
      const away = distanceToSegment(p, from, to);
      if (away < best.away) best = { ring: i - 1, index, away };
    });
  });
  return dragRing(shape, `${nameOf(best.ring, best.index)}+`, p);
}

/** Douglas–Peucker: fewer points, none of the given ones further than `tolerance` from the result. */
export function simplified(points: readonly Point[], tolerance: number): Point[] {
  if (points.length < 3) return [...points];
  const keep = new Uint8Array(points.length);
  keep[0] = keep[points.length - 1] = 1;
  const open: [number, number][] = [[0, points.length - 1]];
  for (let part = open.pop(); part; part = open.pop()) {
    const [from, to] = part;
    const [a, b] = [points[from], points[to]];
    if (!a || !b) continue;
    let [far, at] = [tolerance, -1];
    for (let i = from + 1; i < to; i++) {
      const away = distanceToSegment(points[i] as Point, a, b);
      if (away > far) [far, at] = [away, i];
    }
    if (at < 0) continue;
    keep[at] = 1;
    open.push([from, at], [at, to]);
  }
  return points.filter((_, i) => keep[i] === 1);
}
