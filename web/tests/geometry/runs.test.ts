import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Point, Runs } from "../../src/geometry";
import * as g from "../../src/geometry";
import { runs, SIZE } from "./arbitrary";

const PIXELS = SIZE.width * SIZE.height;

function bitmap(set: Runs): Uint8Array {
  const bits = new Uint8Array(PIXELS);
  for (let i = 0; i < set.length; i += 2) bits.fill(1, set[i], set[i + 1]);
  return bits;
}

const centre = (at: number): Point => [Math.floor(at / SIZE.height) + 0.5, (at % SIZE.height) + 0.5];

describe("runs", () => {
  it("agree with bitmaps in union and difference", () => {
    fc.assert(
      fc.property(runs, runs, (a, b) => {
        const [x, y] = [bitmap(a), bitmap(b)];
        expect(bitmap(g.unionOfRuns(a, b))).toEqual(x.map((bit, i) => bit | (y[i] ?? 0)));
        expect(bitmap(g.runsWithout(a, b))).toEqual(x.map((bit, i) => (bit && !y[i] ? 1 : 0)));
        expect(g.runsArea(a)).toBe(x.reduce((sum, bit) => sum + bit, 0));
      }),
    );
  });

  it("survive COCO's spelling, with runs of no length in it too", () => {
    fc.assert(
      fc.property(runs, (a) => {
        const lengths = g.lengthsOfRuns(a, PIXELS);
        expect(lengths.reduce((x, y) => x + y, 0)).toBe(PIXELS);
        expect(g.unspelled(g.spelled(lengths))).toEqual(lengths);
        expect(g.runsOfLengths(lengths)).toEqual(a);
        const split = lengths.flatMap((n) => (n > 1 ? [1, 0, n - 1] : [n]));
        expect(bitmap(g.runsOfLengths(split))).toEqual(bitmap(a));
      }),
    );
  });

  it("spell as pycocotools does", () => {
    // What pycocotools 2.0.11 makes of these masks: a square in 4 x 5 pixels; a block and three pixels in 480 x 640.
    expect(g.spelled([5, 2, 2, 2, 9])).toBe("52207");
    const block = Array.from({ length: 40 }, (_, i) => [(200 + i) * 480 + 100, (200 + i) * 480 + 300]).flat();
    const runs = [7 * 480 + 5, 7 * 480 + 6, 10 * 480 + 479, 11 * 480 + 1, ...block];
    const counts = `UY31ik11Zjf2V6ebWM${"0".repeat(77)}l\\k5`;
    expect(g.spelled(g.lengthsOfRuns(runs, 480 * 640))).toBe(counts);
    expect(g.runsOfLengths(g.unspelled(counts))).toEqual(runs);
  });

  it("hold the pixels whose centres lie within a stroke", () => {
    const at = fc.tuple(
      fc.double({ min: -5, max: 65, noNaN: true }),
      fc.double({ min: -5, max: 45, noNaN: true }),
    );
    fc.assert(
      fc.property(
        fc.array(at, { minLength: 1, maxLength: 4 }),
        fc.double({ min: 0.6, max: 9, noNaN: true }),
        (line, radius) => {
          const bits = bitmap(g.strokeRuns(line, radius, SIZE));
          for (let i = 0; i < PIXELS; i++) {
            const away = distanceToLine(centre(i), line);
            if (Math.abs(away - radius) > 1e-6) expect([i, bits[i]]).toEqual([i, away < radius ? 1 : 0]);
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it("fill rings by the even-odd rule", () => {
    const at = fc.tuple(
      fc.double({ min: -5, max: 65, noNaN: true }),
      fc.double({ min: -5, max: 45, noNaN: true }),
    );
    fc.assert(
      fc.property(
        fc.array(fc.array(at, { minLength: 3, maxLength: 6 }), { minLength: 1, maxLength: 2 }),
        (rings) => {
          const bits = bitmap(g.ringRuns(rings, SIZE));
          for (let i = 0; i < PIXELS; i += 7) {
            const inside = rings.filter((ring) => insideRing(ring, centre(i))).length % 2;
            if (rings.every((ring) => distanceToLine(centre(i), [...ring, ring[0] as Point]) > 1e-6))
              expect([i, bits[i]]).toEqual([i, inside]);
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it("move as a bitmap moves, and know their bounds", () => {
    const by = fc.integer({ min: -70, max: 70 });
    fc.assert(
      fc.property(runs, by, by, (a, dx, dy) => {
        const before = bitmap(a);
        const after = bitmap(g.shiftedRuns(a, dx, dy, SIZE));
        const expected = new Uint8Array(PIXELS);
        let [minX, minY, maxX, maxY] = [99, 99, -1, -1];
        for (let i = 0; i < PIXELS; i++) {
          if (!before[i]) continue;
          const [x, y] = [Math.floor(i / SIZE.height), i % SIZE.height];
          [minX, minY] = [Math.min(minX, x), Math.min(minY, y)];
          [maxX, maxY] = [Math.max(maxX, x + 1), Math.max(maxY, y + 1)];
          const inside = x + dx >= 0 && x + dx < SIZE.width && y + dy >= 0 && y + dy < SIZE.height;
          if (inside) expected[(x + dx) * SIZE.height + y + dy] = 1;
        }
        expect(after).toEqual(expected);
        expect(g.runsBounds(a, SIZE.height)).toEqual(a.length === 0 ? null : { minX, minY, maxX, maxY });
      }),
    );
  });
});

function distanceToLine(p: Point, line: readonly Point[]): number {
  let nearest = Number.POSITIVE_INFINITY;
  line.forEach((to, i) => {
    const from = line[i - 1] ?? to;
    const [dx, dy] = [to[0] - from[0], to[1] - from[1]];
    const long = dx * dx + dy * dy;
    const t =
      long === 0 ? 0 : Math.min(1, Math.max(0, ((p[0] - from[0]) * dx + (p[1] - from[1]) * dy) / long));
    nearest = Math.min(nearest, Math.hypot(p[0] - from[0] - t * dx, p[1] - from[1] - t * dy));
  });
  return nearest;
}

function insideRing(ring: readonly Point[], p: Point): boolean {
  let turns = 0;
  ring.forEach((b, i) => {
    const a = ring.at(i - 1) as Point;
    if (a[1] > p[1] === b[1] > p[1]) return;
    if (a[0] + ((p[1] - a[1]) / (b[1] - a[1])) * (b[0] - a[0]) > p[0]) turns++;
  });
  return turns % 2 === 1;
}
