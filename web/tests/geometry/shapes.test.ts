import fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as g from "../../src/geometry";
import { disc, framedShape, point, shape, vectorShape } from "./arbitrary";

const close = (a: g.Bounds, b: g.Bounds): void => {
  for (const side of ["minX", "minY", "maxX", "maxY"] as const) expect(a[side]).toBeCloseTo(b[side], 6);
};

describe("shapes", () => {
  it("are rounded once and for all", () => {
    fc.assert(
      fc.property(shape, (s) => {
        expect(g.rounded(s)).toEqual(s);
      }),
    );
  });

  it("move there and back, and their bounds with them", () => {
    fc.assert(
      fc.property(
        vectorShape,
        fc.integer({ min: -90, max: 90 }),
        fc.integer({ min: -90, max: 90 }),
        (s, dx, dy) => {
          const there = g.moved(s, dx, dy);
          const b = g.boundsOf(s);
          close(g.boundsOf(there), {
            minX: b.minX + dx,
            minY: b.minY + dy,
            maxX: b.maxX + dx,
            maxY: b.maxY + dy,
          });
          close(g.boundsOf(g.moved(there, -dx, -dy)), b);
        },
      ),
    );
  });

  it("are hit only where their bounds are", () => {
    fc.assert(
      fc.property(shape, point, (s, p) => {
        // Holes that stick out of their outline are not what bounds are about.
        if ((s.type === "polygon" && s.holes.length > 0) || !g.hits(s, p, 2)) return;
        const b = g.grow(g.boundsOf(s), 2.001);
        expect(p[0] >= b.minX && p[0] <= b.maxX && p[1] >= b.minY && p[1] <= b.maxY).toBe(true);
      }),
    );
  });

  it("follow the handle that is dragged, while the opposite one stays", () => {
    const opposite: Record<string, string> = { nw: "se", ne: "sw", se: "nw", sw: "ne" };
    fc.assert(
      fc.property(framedShape, fc.constantFrom("nw", "ne", "se", "sw"), point, (s, corner, p) => {
        const at = (of: g.ImageShape, id: string) =>
          g.handlesOf(of, 20).find((h) => h.id === id)?.at ?? [0, 0];
        const fixed = at(s, opposite[corner] ?? "");
        const dragged = g.dragHandle(s, corner, p);
        const corners = g.handlesOf(dragged, 20).filter((h) => h.role === "corner");
        expect(Math.min(...corners.map((h) => g.distance(h.at, fixed)))).toBeLessThan(1e-6);
        const [dx, dy] = g.turned(
          [p[0] - fixed[0], p[1] - fixed[1]],
          [0, 0],
          -("angle_deg" in s ? s.angle_deg : 0),
        );
        if (Math.abs(dx) >= 1 && Math.abs(dy) >= 1)
          expect(Math.min(...corners.map((h) => g.distance(h.at, p)))).toBeLessThan(1e-6);
        expect(g.areaOf(dragged)).toBeGreaterThan(0);
      }),
    );
  });

  it("turn about their middle, by steps when asked", () => {
    const s: g.RotatedBox = { type: "rotated-box", cx: 50, cy: 50, width: 20, height: 10, angle_deg: 0 };
    expect(g.dragHandle(s, "rotate", [90, 50])).toMatchObject({ cx: 50, cy: 50, angle_deg: 90 });
    expect(g.dragHandle(s, "rotate", [52, 10], true)).toMatchObject({ angle_deg: 0 });
  });

  it("gain a vertex on the nearest side and lose it again", () => {
    fc.assert(
      fc.property(vectorShape, point, (s, p) => {
        if (s.type !== "polygon" && s.type !== "polyline") return;
        const more = g.withVertexAt(s, p);
        const names = g.handlesOf(more, 0).filter((h) => h.role === "vertex");
        expect(names.length).toBe(g.handlesOf(s, 0).filter((h) => h.role === "vertex").length + 1);
        const added = names.find((h) => h.at === p);
        expect(added && g.withoutHandle(more, added.id)).toEqual(s);
      }),
    );
  });

  it("lose a hole, or themselves, with the last vertices", () => {
    const hole: g.Point[] = [
      [2, 2],
      [3, 2],
      [3, 3],
    ];
    const s: g.Polygon = {
      type: "polygon",
      outline: [
        [0, 0],
        [9, 0],
        [9, 9],
      ],
      holes: [hole],
    };
    expect(g.withoutHandle(s, "h0.1")).toEqual({ ...s, holes: [] });
    expect(g.withoutHandle(s, "o1")).toBeNull();
    expect(g.hits(s, [8, 4], 0)).toBe(true);
    expect(
      g.hits(
        {
          ...s,
          holes: [
            [
              [7, 3],
              [9, 3],
              [9, 6],
              [7, 6],
            ],
          ],
        },
        [8, 4],
        0,
      ),
    ).toBe(false);
  });

  it("are simplified without leaving any point further off than allowed", () => {
    fc.assert(
      fc.property(
        fc.array(point, { minLength: 2, maxLength: 40 }),
        fc.double({ min: 0.1, max: 20, noNaN: true }),
        (line, limit) => {
          const fewer = g.simplified(line, limit);
          expect([fewer[0], fewer.at(-1)]).toEqual([line[0], line.at(-1)]);
          for (const p of line)
            expect(g.hits({ type: "polyline", points: fewer }, p, limit + 1e-9)).toBe(true);
        },
      ),
    );
  });

  it("grow by whole pixels and are held inside the image", () => {
    expect(g.grown({ type: "box", x: 1, y: 2, width: 3, height: 4 }, 1, -1)).toEqual({
      type: "box",
      x: 1,
      y: 2,
      width: 4,
      height: 3,
    });
    expect(g.heldIn({ minX: 1, minY: 1, maxX: 9, maxY: 9 }, -5, 5, { width: 10, height: 10 })).toEqual([
      -1, 1,
    ]);
  });

  it("snap to corners before lines", () => {
    const box: g.Box = { type: "box", x: 10, y: 10, width: 20, height: 20 };
    expect(g.snapped([12, 11], [box], 4, { width: 99, height: 99 })).toEqual([10, 10]);
    expect(g.snapped([12, 55], [box], 4, { width: 99, height: 99 })).toEqual([10, 55]);
    expect(g.snapped([97, 55], [box], 4, { width: 99, height: 99 })).toEqual([99, 55]);
    expect(g.snapped([60, 60], [box], 4, { width: 99, height: 99 })).toEqual([60, 60]);
  });

  it("of pixels are hit, measured and moved as such", () => {
    const m = disc(20, 20, 8);
    expect([g.hits(m, [20, 20], 0), g.hits(m, [29, 20], 0)]).toEqual([true, false]);
    expect(Math.abs(g.areaOf(m) - Math.PI * 64)).toBeLessThan(12);
    expect(g.boundsOf(g.moved(m, 3, -2))).toEqual({ minX: 15, minY: 10, maxX: 31, maxY: 26 });
  });
});
