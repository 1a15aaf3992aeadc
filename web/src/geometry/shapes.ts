/** The shapes that a region can have, exactly as they stand in an answer. */
import { type Point, round4, roundPoint } from "./points";

export interface Box {
  readonly type: "box";
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Angles are degrees, clockwise. */
export interface RotatedBox {
  readonly type: "rotated-box";
  readonly cx: number;
  readonly cy: number;
  readonly width: number;
  readonly height: number;
  readonly angle_deg: number;
}

export interface Ellipse {
  readonly type: "ellipse";
  readonly cx: number;
  readonly cy: number;
  readonly rx: number;
  readonly ry: number;
  readonly angle_deg: number;
}

export interface Polygon {
  readonly type: "polygon";
  readonly outline: readonly Point[];
  readonly holes: readonly (readonly Point[])[];
}

export interface Polyline {
  readonly type: "polyline";
  readonly points: readonly Point[];
}

export interface Keypoint {
  readonly type: "keypoint";
  readonly x: number;
  readonly y: number;
}

/** The third number of a joint: 0 absent, 1 occluded, 2 visible. */
export type Joint = readonly [number, number, number];

export interface Skeleton {
  readonly type: "skeleton";
  readonly points: readonly Joint[];
}

/** COCO's compressed run lengths, column by column, over the whole image; `size` is height, width. */
export interface Mask {
  readonly type: "mask";
  readonly size: readonly [number, number];
  readonly counts: string;
}

/** Code points of the plain text of an object, half-open. */
export interface Span {
  readonly type: "span";
  readonly start: number;
  readonly end: number;
  readonly field?: string;
}

export type ImageShape = Box | RotatedBox | Ellipse | Polygon | Polyline | Keypoint | Skeleton | Mask;
export type Shape = ImageShape | Span;
export type ShapeType = Shape["type"];
export type ImageShapeType = ImageShape["type"];

export const IMAGE_SHAPES: readonly ImageShapeType[] = [
  "box",
  "rotated-box",
  "ellipse",
  "polygon",
  "polyline",
  "keypoint",
  "skeleton",
  "mask",
];

export const isImageShape = (shape: Shape): shape is ImageShape =>
  (IMAGE_SHAPES as readonly string[]).includes(shape.type);

/** [0, 360): one angle, one number. */
export const turn = (angleDeg: number): number => {
  const angle = round4(((angleDeg % 360) + 360) % 360);
  return angle === 360 ? 0 : angle;
};

/** The shape as it is stored: four decimals, angles within one turn. */
export function rounded<S extends Shape>(shape: S): S;
export function rounded(shape: Shape): Shape {
  switch (shape.type) {
    case "box":
      return {
        type: "box",
        x: round4(shape.x),
        y: round4(shape.y),
        width: round4(shape.width),
        height: round4(shape.height),
      };
    case "rotated-box":
      return {
        type: "rotated-box",
        cx: round4(shape.cx),
        cy: round4(shape.cy),
        width: round4(shape.width),
        height: round4(shape.height),
        angle_deg: turn(shape.angle_deg),
      };
    case "ellipse":
      return {
        type: "ellipse",
        cx: round4(shape.cx),
        cy: round4(shape.cy),
        rx: round4(shape.rx),
        ry: round4(shape.ry),
        angle_deg: turn(shape.angle_deg),
      };
    case "polygon":
      return {
        type: "polygon",
        outline: shape.outline.map(roundPoint),
        holes: shape.holes.map((hole) => hole.map(roundPoint)),
      };
    case "polyline":
      return { type: "polyline", points: shape.points.map(roundPoint) };
    case "keypoint":
      return { type: "keypoint", x: round4(shape.x), y: round4(shape.y) };
    case "skeleton":
      return { type: "skeleton", points: shape.points.map(([x, y, v]): Joint => [round4(x), round4(y), v]) };
    case "mask":
    case "span":
      return shape;
  }
}
