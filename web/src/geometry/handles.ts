/** The small squares a shape is changed by, and what dragging one does. */
import { dragFrame, frameHandles } from "./frame";
import type { Point } from "./points";
import { dragRing, insertInRing, ringHandles, withoutVertex } from "./rings";
import type { ImageShape, Joint } from "./shapes";

export interface Handle {
  readonly id: string;
  readonly at: Point;
  /** `middle` stands between two vertices: dragging it makes a new one. */
  readonly role: "corner" | "edge" | "rotate" | "vertex" | "middle" | "joint";
}

export function handlesOf(shape: ImageShape, reach: number): Handle[] {
  switch (shape.type) {
    case "box":
    case "rotated-box":
    case "ellipse":
      return frameHandles(shape, reach);
    case "polygon":
    case "polyline":
      return ringHandles(shape);
    case "keypoint":
      return [{ id: "point", at: [shape.x, shape.y], role: "vertex" }];
    case "skeleton":
      return shape.points.flatMap(([x, y, v], i): Handle[] =>
        v === 0 ? [] : [{ id: `j${i}`, at: [x, y], role: "joint" }],
      );
    case "mask":
      return [];
  }
}

/** The shape after its handle was dragged to `p`. `regular`: proportions are kept, angles snap. */
export function dragHandle(shape: ImageShape, handle: string, p: Point, regular = false): ImageShape {
  switch (shape.type) {
    case "box":
    case "rotated-box":
    case "ellipse":
      return dragFrame(shape, handle, p, regular);
    case "polygon":
    case "polyline":
      return dragRing(shape, handle, p);
    case "keypoint":
      return { ...shape, x: p[0], y: p[1] };
    case "skeleton":
      return {
        ...shape,
        points: withJoint(shape.points, jointOf(handle), ([, , v]) => [p[0], p[1], v || 2]),
      };
    case "mask":
      return shape;
  }
}

export const jointOf = (handle: string): number => Number(handle.slice(1));

export function withJoint(
  points: readonly Joint[],
  index: number,
  change: (joint: Joint) => Joint,
): readonly Joint[] {
  return points.map((joint, i) => (i === index ? change(joint) : joint));
}

/** Without the vertex under the handle; null where nothing would be left of the shape. */
export function withoutHandle(shape: ImageShape, handle: string): ImageShape | null {
  if (shape.type === "polygon" || shape.type === "polyline") return withoutVertex(shape, handle);
  if (shape.type === "skeleton") {
    return { ...shape, points: withJoint(shape.points, jointOf(handle), ([x, y]) => [x, y, 0]) };
  }
  return shape;
}

/** With a new vertex on the side nearest to `p`; the same shape when it has no sides to split. */
export function withVertexAt(shape: ImageShape, p: Point): ImageShape {
  return shape.type === "polygon" || shape.type === "polyline" ? insertInRing(shape, p) : shape;
}
