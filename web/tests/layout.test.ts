import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fittingLayout, layout } from "../src/graph/layout";

const SIZE = { width: 200, height: 50, between: 60, beside: 20 };
const ids = (n: number) => Array.from({ length: n }, (_, i) => `n${i}`);

const chainOf = (n: number) =>
  ids(n)
    .slice(1)
    .map((to, i) => ({ from: `n${i}`, to }));

const acyclic = fc
  .tuple(fc.integer({ min: 1, max: 25 }), fc.array(fc.tuple(fc.nat(24), fc.nat(24)), { maxLength: 60 }))
  .map(([n, pairs]) => ({
    n,
    edges: pairs
      .map(([a, b]) => [Math.min(a, b) % n, Math.max(a, b) % n] as const)
      .filter(([a, b]) => a < b)
      .map(([a, b]) => ({ from: `n${a}`, to: `n${b}` })),
  }));

describe("layout", () => {
  it("draws every edge from left to right, and no node on another", () => {
    fc.assert(
      fc.property(acyclic, ({ n, edges }) => {
        const placed = layout(ids(n), edges, SIZE).places;
        const at = new Map(placed.map((p) => [p.id, p]));
        expect(placed.length).toBe(n);
        for (const { from, to } of edges) expect(at.get(from)?.x).toBeLessThan(at.get(to)?.x ?? 0);
        for (const a of placed) {
          for (const b of placed) {
            if (a !== b && a.layer === b.layer)
              expect(Math.abs(a.y - b.y)).toBeGreaterThanOrEqual(SIZE.height + SIZE.beside - 1e-6);
          }
        }
      }),
    );
  });

  it("turns the way in which it can be shown larger", () => {
    const chain = chainOf(9);
    const directionIn = (width: number, height: number) =>
      fittingLayout(ids(9), chain, SIZE, { width, height }).direction;
    expect(directionIn(3000, 300)).toBe("right");
    expect(directionIn(700, 900)).toBe("down");
  });

  it("leads long edges past the nodes in between", () => {
    fc.assert(
      fc.property(acyclic, ({ n, edges }) => {
        const { places, routes } = layout(ids(n), edges, SIZE, "down");
        for (const points of routes.values()) {
          for (const { x, y } of points) {
            const under = places.filter(
              (p) => x > p.x && x < p.x + SIZE.width && y >= p.y && y <= p.y + SIZE.height,
            );
            expect(under).toEqual([]);
          }
        }
      }),
    );
  });

  it("draws cycles, loops and edges to nowhere without an end", () => {
    const edges = [
      { from: "n0", to: "n1" },
      { from: "n1", to: "n2" },
      { from: "n2", to: "n0" },
      { from: "n1", to: "n1" },
      { from: "n1", to: "gone" },
    ];
    expect(layout(ids(3), edges, SIZE).places.map((p) => p.layer)).toEqual([0, 1, 2]);
  });

  it("puts a source right before its first reader", () => {
    const edges = [...chainOf(4), { from: "n4", to: "n3" }];
    expect(layout(ids(5), edges, SIZE).places.map((p) => p.layer)).toEqual([0, 1, 2, 3, 2]);
  });

  it("uncrosses what can be uncrossed", () => {
    const edges = [
      { from: "n0", to: "n3" },
      { from: "n1", to: "n2" },
    ];
    const at = new Map(layout(ids(4), edges, SIZE).places.map((p) => [p.id, p.y]));
    expect(Math.sign((at.get("n0") ?? 0) - (at.get("n1") ?? 0))).toBe(
      Math.sign((at.get("n3") ?? 0) - (at.get("n2") ?? 0)),
    );
  });

  it("is the same every time, for a thousand nodes too", () => {
    const edges = ids(1000).flatMap((id, i) =>
      [1, 7].map((k) => ({ from: `n${Math.floor(i / (k + 1))}`, to: id })),
    );
    const first = layout(ids(1000), edges, SIZE);
    expect(layout(ids(1000), edges, SIZE)).toEqual(first);
  });
});
