/** Draws single shapes. The context is scaled to image pixels; widths are given in screen pixels and divided. */
import { frameCorners, frameOf, type Handle, type ImageShape, type Point } from "../geometry";
import type { Look } from "./looks";
import { paintMask } from "./masks";

export interface Stroke {
  readonly look: Look;
  /** Screen pixels per image pixel. */
  readonly scale: number;
  readonly width: number;
  readonly fill: number;
  /** A dark seam around the line, for bright images: where there is time for it. */
  readonly halo?: boolean;
}

type Context = CanvasRenderingContext2D;

function ring(context: Context, points: readonly Point[], closed: boolean): void {
  points.forEach(([x, y], i) => {
    if (i === 0) context.moveTo(x, y);
    else context.lineTo(x, y);
  });
  if (closed) context.closePath();
}

function trace(context: Context, shape: ImageShape): void {
  switch (shape.type) {
    case "box":
      context.rect(shape.x, shape.y, shape.width, shape.height);
      return;
    case "rotated-box":
      ring(context, frameCorners(frameOf(shape)), true);
      return;
    case "ellipse":
      context.ellipse(
        shape.cx,
        shape.cy,
        shape.rx,
        shape.ry,
        (shape.angle_deg * Math.PI) / 180,
        0,
        2 * Math.PI,
      );
      return;
    case "polygon":
      ring(context, shape.outline, true);
      for (const hole of shape.holes) ring(context, hole, true);
      return;
    case "polyline":
      ring(context, shape.points, false);
  }
}

const POINT_PX = 5;

/** One shape, one path: hundreds of outlines in one path would cost twice as much. */
export function paintShape(context: Context, shape: ImageShape, stroke: Stroke): void {
  const { look, scale, width, fill } = stroke;
  context.lineWidth = width / scale;
  context.strokeStyle = look.color;
  if (shape.type === "mask") paintMask(context, shape, look.color, scale, 0.3 + fill);
  else if (shape.type === "keypoint") paintPoint(context, [shape.x, shape.y], look.color, scale, true);
  else if (shape.type === "skeleton") paintSkeleton(context, shape.points, stroke);
  else paintOutline(context, shape, stroke);
}

const SEAM = "rgb(14 15 18 / 55%)";
const SEAM_PX = 2;

function paintSeam(context: Context, shape: ImageShape, { look, scale, width }: Stroke): void {
  context.beginPath();
  trace(context, shape);
  context.strokeStyle = SEAM;
  context.lineWidth = (width + SEAM_PX) / scale;
  context.stroke();
  context.strokeStyle = look.color;
  context.lineWidth = width / scale;
}

function paintOutline(context: Context, shape: ImageShape, stroke: Stroke): void {
  const { look, scale, fill } = stroke;
  if (stroke.halo) paintSeam(context, shape, stroke);
  if (look.dash.length > 0) context.setLineDash(look.dash.map((each) => each / scale));
  if (shape.type === "box") {
    paintFill(context, look.color, fill, () => context.fillRect(shape.x, shape.y, shape.width, shape.height));
    context.strokeRect(shape.x, shape.y, shape.width, shape.height);
  } else {
    context.beginPath();
    trace(context, shape);
    if (shape.type !== "polyline") paintFill(context, look.color, fill, () => context.fill("evenodd"));
    context.stroke();
  }
  if (look.dash.length > 0) context.setLineDash([]);
}

function paintFill(context: Context, color: string, fill: number, draw: () => void): void {
  context.globalAlpha = fill;
  context.fillStyle = color;
  draw();
  context.globalAlpha = 1;
}

export function paintPoint(
  context: Context,
  [x, y]: Point,
  color: string,
  scale: number,
  solid: boolean,
): void {
  context.beginPath();
  context.arc(x, y, POINT_PX / scale, 0, 2 * Math.PI);
  context.fillStyle = solid ? color : "#0e0f12";
  context.fill();
  context.lineWidth = (solid ? 1.5 : 2) / scale;
  context.strokeStyle = solid ? "#0e0f12" : color;
  context.stroke();
}

function paintSkeleton(
  context: Context,
  points: readonly (readonly [number, number, number])[],
  { look, scale, width }: Stroke,
): void {
  context.lineWidth = Math.max(2, width) / scale;
  for (const [from, to] of look.edges) {
    const [a, b] = [points[from], points[to]];
    if (!a || !b || a[2] === 0 || b[2] === 0) continue;
    context.beginPath();
    context.moveTo(a[0], a[1]);
    context.lineTo(b[0], b[1]);
    context.stroke();
  }
  for (const [x, y, seen] of points) if (seen > 0) paintPoint(context, [x, y], look.color, scale, seen === 2);
}

const HANDLE_PX = 4.5;

export function paintHandles(
  context: Context,
  handles: readonly Handle[],
  scale: number,
  focus: string | null,
): void {
  for (const { id, at, role } of handles) {
    const size = (role === "middle" ? 3 : HANDLE_PX) / scale;
    context.beginPath();
    if (role === "corner" || role === "edge") context.rect(at[0] - size, at[1] - size, 2 * size, 2 * size);
    else context.arc(at[0], at[1], size, 0, 2 * Math.PI);
    context.globalAlpha = role === "middle" ? 0.75 : 1;
    context.fillStyle = id === focus ? "#5b8def" : "#ffffff";
    context.fill();
    context.lineWidth = (id === focus ? 2.5 : 1.25) / scale;
    context.strokeStyle = id === focus ? "#ffffff" : "#0e0f12";
    context.stroke();
    context.globalAlpha = 1;
  }
}

/** An arrow from one region to another. */
export function paintArrow(context: Context, from: Point, to: Point, scale: number, both: boolean): void {
  const angle = Math.atan2(to[1] - from[1], to[0] - from[0]);
  const head = (at: Point, turn: number): void => {
    for (const side of [-0.45, 0.45]) {
      const direction = angle + turn + side;
      context.moveTo(at[0], at[1]);
      context.lineTo(at[0] - (10 / scale) * Math.cos(direction), at[1] - (10 / scale) * Math.sin(direction));
    }
  };
  for (const [color, width] of [
    ["#0e0f12", 4],
    ["#ffffff", 1.75],
  ] as const) {
    context.strokeStyle = color;
    context.lineWidth = width / scale;
    context.beginPath();
    context.moveTo(from[0], from[1]);
    context.lineTo(to[0], to[1]);
    head(to, 0);
    if (both) head(from, Math.PI);
    context.stroke();
  }
}
