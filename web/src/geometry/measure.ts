/** Where a shape is, how large it is, and whether a point hits it. */
import { frameBounds, frameOf } from "./frame";
import { maskArea, maskBounds, maskContains } from "./mask";
import {
  type Bounds,
  boundsOfPoints,
  distance,
  distanceToChain,
  distanceToSegment,
  insideRing,
  type Point,
  ringArea,
  turned,
  within,
} from "./points";
import { ringsOf } from "./rings";
import type { Ellipse, ImageShape, Polygon, RotatedBox, Skeleton } from "./shapes";

/** Pairs of joints that are joined by a line. */
export type Edges = readonly (readonly [number, number])[];

export function boundsOf(shape: ImageShape): Bounds {
  switch (shape.type) {
    case "box":
      return { minX: shape.x, minY: shape.y, maxX: shape.x + shape.width, maxY: shape.y + shape.height };
    case "rotated-box":
      return frameBounds(frameOf(shape));
    case "ellipse":
      return ellipseBounds(shape);
    case "polygon":
      return boundsOfPoints(shape.outline);
    case "polyline":
      return boundsOfPoints(shape.points);
    case "keypoint":
      return { minX: shape.x, minY: shape.y, maxX: shape.x, maxY: shape.y };
    case "skeleton":
      return boundsOfPoints(shape.points.filter(([, , v]) => v > 0));
    case "mask":
      return maskBounds(shape);
  }
}

function ellipseBounds({ cx, cy, rx, ry, angle_deg }: Ellipse): Bounds {
  const a = (angle_deg * Math.PI) / 180;
  const w = Math.hypot(rx * Math.cos(a), ry * Math.sin(a));
  const h = Math.hypot(rx * Math.sin(a), ry * Math.cos(a));
  return { minX: cx - w, minY: cy - h, maxX: cx + w, maxY: cy + h };
}

/** Square pixels; lines and points have none, so that they win over what they lie on. */
export function areaOf(shape: ImageShape): number {
  switch (shape.type) {
    case "box":
    case "rotated-box":
      return shape.width * shape.height;
    case "ellipse":
      return Math.PI * shape.rx * shape.ry;
    case "polygon":
      return ringsOf(shape).reduce((area, ring, i) => area + (i === 0 ? ringArea(ring) : -ringArea(ring)), 0);
    case "mask":
      return maskArea(shape);
    case "polyline":
    case "keypoint":
    case "skeleton":
      return 0;
  }
}

/** True within `reach` pixels of the shape, its inside included. */
export function hits(shape: ImageShape, p: Point, reach: number, edges: Edges = []): boolean {
  switch (shape.type) {
    case "box": {
      const b = boundsOf(shape);
      return (
        p[0] >= b.minX - reach && p[0] <= b.maxX + reach && p[1] >= b.minY - reach && p[1] <= b.maxY + reach
      );
    }
    case "rotated-box":
      return hitsRotated(shape, p, reach);
    case "ellipse": {
      const [x, y] = turned(p, [shape.cx, shape.cy], -shape.angle_deg);
      return ((x - shape.cx) / (shape.rx + reach)) ** 2 + ((y - shape.cy) / (shape.ry + reach)) ** 2 <= 1;
    }
    case "polygon":
      return (
        insidePolygon(shape, p) || ringsOf(shape).some((ring) => distanceToChain(p, ring, true) <= reach)
      );
    case "polyline":
      return distanceToChain(p, shape.points, false) <= reach;
    case "keypoint":
      return distance(p, [shape.x, shape.y]) <= Math.max(reach, 1);
    case "skeleton":
      return hitsSkeleton(shape, p, reach, edges);
    case "mask":
      return maskContains(shape, p);
  }
}

function hitsRotated(shape: RotatedBox, p: Point, reach: number): boolean {
  const [x, y] = turned(p, [shape.cx, shape.cy], -shape.angle_deg);
  return (
    Math.abs(x - shape.cx) <= shape.width / 2 + reach && Math.abs(y - shape.cy) <= shape.height / 2 + reach
  );
}

function insidePolygon(shape: Polygon, p: Point): boolean {
  return insideRing(shape.outline, p) && !shape.holes.some((hole) => insideRing(hole, p));
}

function hitsSkeleton(shape: Skeleton, p: Point, reach: number, edges: Edges): boolean {
  const seen = (i: number): Point | null => {
    const joint = shape.points[i];
    return joint && joint[2] > 0 ? [joint[0], joint[1]] : null;
  };
  if (shape.points.some((_, i) => distance(p, seen(i) ?? [Number.NaN, 0]) <= Math.max(reach, 1))) return true;
  return edges.some(([from, to]) => {
    const [a, b] = [seen(from), seen(to)];
    return a !== null && b !== null && distanceToSegment(p, a, b) <= reach;
  });
}

/** A point to which arrows and lines of a relation go. */
export function middleOf(shape: ImageShape): Point {
  const { minX, minY, maxX, maxY } = boundsOf(shape);
  return [(minX + maxX) / 2, (minY + maxY) / 2];
}

/** Whether a rectangle that was pulled open takes the shape in: all of it, or any part when it `touches`. */
export function caught(shape: ImageShape, area: Bounds, touches: boolean): boolean {
  const b = boundsOf(shape);
  if (!touches)
    return b.minX >= area.minX && b.maxX <= area.maxX && b.minY >= area.minY && b.maxY <= area.maxY;
  return (
    within(area, middleOf(shape)) ||
    !(b.minX > area.maxX || b.maxX < area.minX || b.minY > area.maxY || b.maxY < area.minY)
  );
}
