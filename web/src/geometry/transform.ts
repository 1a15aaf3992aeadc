/** Shapes moved, stretched and grown as wholes. */
import { framed, frameOf, SMALLEST_PX } from "./frame";
import { movedMask } from "./mask";
import { boundsOf } from "./measure";
import type { Bounds, Point } from "./points";
import type { Size } from "./runs";
import type { ImageShape, Joint } from "./shapes";

type Map2 = (p: Point) => Point;

function mapped(shape: ImageShape, map: Map2): ImageShape {
  switch (shape.type) {
    case "polygon":
      return { ...shape, outline: shape.outline.map(map), holes: shape.holes.map((hole) => hole.map(map)) };
    case "polyline":
      return { ...shape, points: shape.points.map(map) };
    case "keypoint": {
      const [x, y] = map([shape.x, shape.y]);
      return { ...shape, x, y };
    }
    case "skeleton":
      return {
        ...shape,
        points: shape.points.map(([x, y, v]): Joint => [...(map([x, y]) as [number, number]), v]),
      };
    default:
      return shape;
  }
}

export function moved(shape: ImageShape, dx: number, dy: number): ImageShape {
  switch (shape.type) {
    case "box":
      return { ...shape, x: shape.x + dx, y: shape.y + dy };
    case "rotated-box":
    case "ellipse":
      return { ...shape, cx: shape.cx + dx, cy: shape.cy + dy };
    case "mask":
      return movedMask(shape, dx, dy);
    default:
      return mapped(shape, ([x, y]) => [x + dx, y + dy]);
  }
}

/** What lay in `from` lies in `to` afterwards. Masks keep their pixels. */
export function stretched(shape: ImageShape, from: Bounds, to: Bounds): ImageShape {
  const kx = from.maxX > from.minX ? (to.maxX - to.minX) / (from.maxX - from.minX) : 1;
  const ky = from.maxY > from.minY ? (to.maxY - to.minY) / (from.maxY - from.minY) : 1;
  const map: Map2 = ([x, y]) => [to.minX + (x - from.minX) * kx, to.minY + (y - from.minY) * ky];
  if (shape.type === "mask") return shape;
  if (shape.type === "box" || shape.type === "rotated-box" || shape.type === "ellipse") {
    const frame = frameOf(shape);
    const [cx, cy] = map([frame.cx, frame.cy]);
    const a = (frame.angle_deg * Math.PI) / 180;
    const along = Math.hypot(kx * Math.cos(a), ky * Math.sin(a));
    const across = Math.hypot(kx * Math.sin(a), ky * Math.cos(a));
    const width = Math.max(SMALLEST_PX, frame.width * along);
    const height = Math.max(SMALLEST_PX, frame.height * across);
    return framed(shape, { cx, cy, width, height, angle_deg: frame.angle_deg });
  }
  return mapped(shape, map);
}

/** Right and lower side out by so many pixels (or in, when negative): resizing without a drag. */
export function grown(shape: ImageShape, dx: number, dy: number): ImageShape {
  if (shape.type === "rotated-box" || shape.type === "ellipse") {
    const frame = frameOf(shape);
    const width = Math.max(SMALLEST_PX, frame.width + dx);
    const height = Math.max(SMALLEST_PX, frame.height + dy);
    return framed(shape, { ...frame, width, height });
  }
  const from = boundsOf(shape);
  const maxX = Math.max(from.minX + SMALLEST_PX, from.maxX + dx);
  const maxY = Math.max(from.minY + SMALLEST_PX, from.maxY + dy);
  return stretched(shape, from, { ...from, maxX, maxY });
}

/** How far a move may go before the bounds leave the image. */
export function heldIn(bounds: Bounds, dx: number, dy: number, { width, height }: Size): Point {
  const hold = (d: number, low: number, high: number): number =>
    low > high ? d : Math.min(high, Math.max(low, d));
  return [hold(dx, -bounds.minX, width - bounds.maxX), hold(dy, -bounds.minY, height - bounds.maxY)];
}

export const clampPoint = ([x, y]: Point, { width, height }: Size): Point => [
  Math.min(width, Math.max(0, x)),
  Math.min(height, Math.max(0, y)),
];
