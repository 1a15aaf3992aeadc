/** Shapes for property tests. */
import fc from "fast-check";
import type { ImageShape, Mask, Point } from "../../src/geometry";
import { maskOfRuns, ringRuns, rounded } from "../../src/geometry";

export const SIZE = { width: 60, height: 40 };

const coordinate = fc.double({ min: -50, max: 150, noNaN: true });
const length = fc.double({ min: 0.5, max: 90, noNaN: true });
const angle_deg = fc.double({ min: 0, max: 359.9999, noNaN: true });
export const point: fc.Arbitrary<Point> = fc.tuple(coordinate, coordinate);
const ring = (least: number) => fc.array(point, { minLength: least, maxLength: 7 });

export const runs = fc
  .uniqueArray(fc.integer({ min: 0, max: SIZE.width * SIZE.height }), { maxLength: 30 })
  .map((cuts) => cuts.sort((a, b) => a - b))
  .map((cuts) => (cuts.length % 2 === 0 ? cuts : cuts.slice(1)));

export const mask: fc.Arbitrary<Mask> = runs
  .filter((each) => each.length > 0)
  .map((each) => maskOfRuns(each, SIZE) as Mask);

export const framedShape: fc.Arbitrary<ImageShape> = fc.oneof(
  fc.record({
    type: fc.constant("box" as const),
    x: coordinate,
    y: coordinate,
    width: length,
    height: length,
  }),
  fc.record({
    type: fc.constant("rotated-box" as const),
    cx: coordinate,
    cy: coordinate,
    width: length,
    height: length,
    angle_deg,
  }),
  fc.record({
    type: fc.constant("ellipse" as const),
    cx: coordinate,
    cy: coordinate,
    rx: length,
    ry: length,
    angle_deg,
  }),
);

export const vectorShape: fc.Arbitrary<ImageShape> = fc.oneof(
  framedShape,
  fc.record({
    type: fc.constant("polygon" as const),
    outline: ring(3),
    holes: fc.array(ring(3), { maxLength: 2 }),
  }),
  fc.record({ type: fc.constant("polyline" as const), points: ring(2) }),
  fc.record({ type: fc.constant("keypoint" as const), x: coordinate, y: coordinate }),
  fc.record({
    type: fc.constant("skeleton" as const),
    points: fc.array(fc.tuple(coordinate, coordinate, fc.constantFrom(1, 2)), { minLength: 1, maxLength: 5 }),
  }),
);

export const shape: fc.Arbitrary<ImageShape> = fc
  .oneof({ weight: 5, arbitrary: vectorShape }, mask)
  .map((s) => rounded(s));

export const disc = (cx: number, cy: number, r: number): Mask =>
  maskOfRuns(
    ringRuns(
      [
        Array.from(
          { length: 40 },
          (_, i): Point => [cx + r * Math.cos(i / 6.366), cy + r * Math.sin(i / 6.366)],
        ),
      ],
      SIZE,
    ),
    SIZE,
  ) as Mask;
