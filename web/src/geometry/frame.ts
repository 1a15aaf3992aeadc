/** A rectangle that may be turned: what a box, a rotated box and an ellipse are dragged by. */
import type { Handle } from "./handles";
import { type Bounds, boundsOfPoints, type Point, turned } from "./points";
import type { Box, Ellipse, RotatedBox } from "./shapes";

export interface Frame {
  readonly cx: number;
  readonly cy: number;
  readonly width: number;
  readonly height: number;
  readonly angle_deg: number;
}

export type Framed = Box | RotatedBox | Ellipse;

/** Nothing is dragged smaller than this: a shape without an inside is no answer. */
export const SMALLEST_PX = 0.5;

const SIDES = {
  nw: [-1, -1],
  n: [0, -1],
  ne: [1, -1],
  e: [1, 0],
  se: [1, 1],
  s: [0, 1],
  sw: [-1, 1],
  w: [-1, 0],
} as const;
type Side = keyof typeof SIDES;
const ROTATE = "rotate";

export function frameOf(shape: Framed): Frame {
  if (shape.type === "box") {
    const { x, y, width, height } = shape;
    return { cx: x + width / 2, cy: y + height / 2, width, height, angle_deg: 0 };
  }
  const { cx, cy, angle_deg } = shape;
  if (shape.type === "ellipse") return { cx, cy, width: 2 * shape.rx, height: 2 * shape.ry, angle_deg };
  return { cx, cy, width: shape.width, height: shape.height, angle_deg };
}

export function framed<S extends Framed>(like: S, frame: Frame): S;
export function framed(like: Framed, { cx, cy, width, height, angle_deg }: Frame): Framed {
  switch (like.type) {
    case "box":
      return { type: "box", x: cx - width / 2, y: cy - height / 2, width, height };
    case "rotated-box":
      return { type: "rotated-box", cx, cy, width, height, angle_deg };
    case "ellipse":
      return { type: "ellipse", cx, cy, rx: width / 2, ry: height / 2, angle_deg };
  }
}

function sideAt(frame: Frame, side: Side): Point {
  const [sx, sy] = SIDES[side];
  const flat: Point = [frame.cx + (sx * frame.width) / 2, frame.cy + (sy * frame.height) / 2];
  return turned(flat, [frame.cx, frame.cy], frame.angle_deg);
}

export const frameCorners = (frame: Frame): Point[] =>
  (["nw", "ne", "se", "sw"] as const).map((side) => sideAt(frame, side));

export function frameBounds(frame: Frame): Bounds {
  return boundsOfPoints(frameCorners(frame));
}

/** `reach`: how far above the frame its turning handle stands, in pixels of the image. */
export function frameHandles(shape: Framed, reach: number): Handle[] {
  const frame = frameOf(shape);
  const handles: Handle[] = (Object.keys(SIDES) as Side[]).map((side) => ({
    id: side,
    at: sideAt(frame, side),
    role: side.length === 2 ? "corner" : "edge",
  }));
  if (shape.type === "box") return handles;
  const above: Point = [frame.cx, frame.cy - frame.height / 2 - reach];
  return [
    ...handles,
    { id: ROTATE, at: turned(above, [frame.cx, frame.cy], frame.angle_deg), role: "rotate" },
  ];
}

const opposite = (side: Side): Side => {
  const [sx, sy] = SIDES[side];
  return (
    (Object.keys(SIDES) as Side[]).find((other) => SIDES[other][0] === -sx && SIDES[other][1] === -sy) ?? side
  );
};

const atLeast = (length: number): number =>
  Math.abs(length) >= SMALLEST_PX ? length : length < 0 ? -SMALLEST_PX : SMALLEST_PX;

/** The frame with one handle at `p`; the opposite side stays. `regular` keeps the proportions, or turns by 15°. */
export function dragFrame<S extends Framed>(shape: S, handle: string, p: Point, regular: boolean): S {
  const frame = frameOf(shape);
  if (handle === ROTATE) return framed(shape, rotatedTo(frame, p, regular));
  const side = handle as Side;
  const [sx, sy] = SIDES[side];
  const fixed = sideAt(frame, opposite(side));
  const [dx, dy] = turned([p[0] - fixed[0], p[1] - fixed[1]], [0, 0], -frame.angle_deg);
  let across = sx === 0 ? frame.width : atLeast(dx);
  let down = sy === 0 ? frame.height : atLeast(dy);
  if (regular && sx !== 0 && sy !== 0) {
    const scale = Math.max(Math.abs(across) / frame.width, Math.abs(down) / frame.height);
    across = Math.sign(across) * frame.width * scale;
    down = Math.sign(down) * frame.height * scale;
  }
  const middle = turned([sx === 0 ? 0 : across / 2, sy === 0 ? 0 : down / 2], [0, 0], frame.angle_deg);
  return framed(shape, {
    cx: fixed[0] + middle[0],
    cy: fixed[1] + middle[1],
    width: Math.abs(across),
    height: Math.abs(down),
    angle_deg: frame.angle_deg,
  });
}

function rotatedTo(frame: Frame, p: Point, regular: boolean): Frame {
  const angle = (Math.atan2(p[1] - frame.cy, p[0] - frame.cx) * 180) / Math.PI + 90;
  const step = regular ? Math.round(angle / 15) * 15 : angle;
  return { ...frame, angle_deg: ((step % 360) + 360) % 360 };
}
