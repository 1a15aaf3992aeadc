import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { COLORS, firstLabels, labelLook, looksOf } from "../../src/canvas/looks";
import { Scene } from "../../src/canvas/scene";
import {
  anchored,
  fitted,
  panned,
  toImage,
  toScreen,
  type View,
  visible,
  zoomed,
} from "../../src/canvas/view";
import { apply, Editor, EMPTY, newRegion, type Region } from "../../src/doc";
import { areaOf, boundsOf, hits, type ImageShape, intersects, type Point } from "../../src/geometry";
import { cells, editOf, wish } from "../doc/arbitrary";
import { point, shape } from "../geometry/arbitrary";
import { field, options } from "../schemas";

const SCREEN = { width: 900, height: 700 };
const view: fc.Arbitrary<View> = fc.record({
  scale: fc.double({ min: 0.01, max: 40, noNaN: true }),
  x: fc.integer({ min: -500, max: 500 }),
  y: fc.integer({ min: -500, max: 500 }),
});

const near = (a: Point, b: Point): void => {
  expect(a[0]).toBeCloseTo(b[0], 4);
  expect(a[1]).toBeCloseTo(b[1], 4);
};

/** Holes lie within their polygon. */
const isProper = (given: ImageShape): boolean => {
  if (given.type !== "polygon") return true;
  const { minX, minY, maxX, maxY } = boundsOf(given);
  return given.holes.flat().every(([x, y]) => x >= minX && x <= maxX && y >= minY && y <= maxY);
};

describe("the view", () => {
  it("goes from image to screen and back", () => {
    fc.assert(fc.property(view, point, (v, p) => near(toImage(v, toScreen(v, p)), p)));
  });

  it("keeps what is under the pointer there while zooming", () => {
    fc.assert(
      fc.property(view, point, fc.double({ min: 0.5, max: 2, noNaN: true }), (v, at, factor) =>
        near(toScreen(zoomed(v, at, factor), toImage(v, at)), at),
      ),
    );
  });

  it("fits everything in the middle, and never loses the image", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 9000 }),
        fc.integer({ min: 1, max: 9000 }),
        view,
        (width, height, v) => {
          const image = { width, height };
          const fit = fitted({ minX: 0, minY: 0, maxX: width, maxY: height }, SCREEN);
          const seen = visible(fit, SCREEN);
          expect(seen.minX <= 0 && seen.minY <= 0 && seen.maxX >= width && seen.maxY >= height).toBe(true);
          const held = anchored(panned(v, 1e6, -1e6), image, SCREEN);
          const area = visible(held, SCREEN);
          expect(area.minX < width && area.maxX > 0 && area.minY < height && area.maxY > 0).toBe(true);
        },
      ),
    );
  });
});

describe("the scene", () => {
  const region = (id: string, s: ImageShape, more: Partial<Region> = {}) =>
    newRegion({ id, field: "cells", shape: s, labels: ["RBC"], ...more });

  it("finds what a search through everything finds: the smallest, of equals the upper one", () => {
    fc.assert(
      fc.property(fc.array(shape.filter(isProper), { maxLength: 30 }), point, (shapes, p) => {
        const regions = shapes.map((s, i) => region(`r${i}`, s, { hidden: i % 5 === 4 }));
        const scene = new Scene(looksOf(cells));
        scene.update(regions);
        let best: Region | null = null;
        for (const each of regions) {
          const own = each.shape as ImageShape;
          if (each.hidden || !hits(own, p, 3)) continue;
          if (!best || areaOf(own) <= areaOf(best.shape as ImageShape)) best = each;
        }
        expect(scene.hit(p, 3, () => [])?.region.id ?? null).toBe(best?.id ?? null);
      }),
    );
  });

  it("says what area changed from one document to the next, and nothing more", () => {
    fc.assert(
      fc.property(
        fc.array(shape, { minLength: 1, maxLength: 20 }),
        shape,
        fc.nat(19),
        (shapes, other, at) => {
          const regions = shapes.map((s, i) => region(`r${i}`, s));
          const scene = new Scene(looksOf(cells));
          scene.update(regions);
          expect(scene.update([...regions])).toEqual({ area: null, count: 0, parts: [] });
          const place = at % regions.length;
          const before = regions[place] as Region;
          const { area, count, parts } = scene.update(
            regions.map((each, i) => (i === place ? { ...each, shape: other } : each)),
          );
          expect(count).toBe(1);
          expect(parts).toEqual([boundsOf(before.shape as ImageShape), boundsOf(other)]);
          for (const b of [boundsOf(before.shape as ImageShape), boundsOf(other)])
            expect(
              area &&
                area.minX <= b.minX &&
                area.minY <= b.minY &&
                area.maxX >= b.maxX &&
                area.maxY >= b.maxY,
            ).toBe(true);
          expect(scene.update(regions.filter((_, k) => k !== place)).count).toBe(1);
        },
      ),
    );
  });
});

describe("the scene of a document being edited", () => {
  it("finds what is there, after any edits, taken back or not, and in a scene that took over from another", () => {
    const edge = fc.integer({ min: -60, max: 160 });
    fc.assert(
      fc.property(
        fc.array(fc.oneof(wish, fc.constant("undo" as const)), { maxLength: 40 }),
        edge,
        edge,
        edge,
        edge,
        (made, a, b, c, d) => {
          const editor = new Editor(EMPTY);
          let scene = new Scene(looksOf(cells));
          const area = {
            minX: Math.min(a, b),
            maxX: Math.max(a, b),
            minY: Math.min(c, d),
            maxY: Math.max(c, d),
          };
          for (const [i, step] of made.entries()) {
            const edit = step === "undo" ? null : editOf(editor.doc, step, apply);
            if (step === "undo") editor.undo();
            else if (edit) editor.dispatch(edit);
            scene.update(editor.doc.regions);
            if (i % 5 === 4) {
              const next = new Scene(looksOf(cells));
              next.takeOver(scene);
              scene = next;
            }
            const found = scene.within(area).map((i) => scene.items[i]?.region);
            const there = editor.doc.regions.filter((each) =>
              intersects(boundsOf(each.shape as ImageShape), area),
            );
            expect(found).toEqual(there);
            for (const each of editor.doc.regions) expect(scene.get(each.id)?.region).toBe(each);
          }
        },
      ),
      { numRuns: 150 },
    );
  });
});

describe("looks", () => {
  it("differ between any two labels of a schema, by colour or by line", () => {
    const fields = [20, 12].map((n, f) =>
      field({
        name: `f${f}`,
        kind: "regions",
        options: options(...Array.from({ length: n }, (_, i) => `${f} ${i}`)),
      }),
    );
    const first = firstLabels(fields);
    const looks = fields.flatMap((each) =>
      each.options.map((o) => JSON.stringify(labelLook(each, o.value, first.get(each.name)))),
    );
    expect(new Set(looks).size).toBe(32);
    expect(COLORS.length).toBe(8);
  });

  it("take a colour of the schema only when it can be nothing else", () => {
    const colored = (color: string) => {
      const own = field({
        name: "f",
        kind: "regions",
        options: [{ value: "a", label: "", hotkey: "", color }],
      });
      return labelLook(own, "a").color;
    };
    expect(["red", "#12ab34", "rgb(1, 2, 3)"].map(colored)).toEqual(["red", "#12ab34", "rgb(1, 2, 3)"]);
    expect(["url(javascript:x)", "red;background:url(x)", ""].map(colored)).toEqual([
      COLORS[0],
      COLORS[0],
      COLORS[0],
    ]);
  });
});
