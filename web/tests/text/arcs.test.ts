/** Arcs begin and end at their marks, and do not cross where they need not. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { type Arc, arcsOf, type Link, ROOM_PX } from "../../src/text/arcs";

type Point = [number, number];

/** The corners of a path; its roundings are between their ends. */
function cornersOf({ path }: Arc): Point[] {
  return [
    ...path.matchAll(/[ML](-?[\d.]+) (-?[\d.]+)|Q(-?[\d.]+) (-?[\d.]+) (-?[\d.]+) (-?[\d.]+)/g),
  ].flatMap((match): Point[] =>
    match[3] === undefined
      ? [[Number(match[1]), Number(match[2])]]
      : [
          [Number(match[3]), Number(match[4])],
          [Number(match[5]), Number(match[6])],
        ],
  );
}

/** Whether two stretches cross in a point that is inside of both. */
function cross([a, b]: [Point, Point], [c, d]: [Point, Point]): boolean {
  const side = ([x, y]: Point, [fx, fy]: Point, [tx, ty]: Point) =>
    Math.sign((tx - fx) * (y - fy) - (ty - fy) * (x - fx));
  return side(a, c, d) * side(b, c, d) < 0 && side(c, a, b) * side(d, a, b) < 0;
}

function crossings(arcs: readonly Arc[]): number {
  const pieces = arcs.map((arc) => {
    const corners = cornersOf(arc);
    return corners.slice(1).map((to, i): [Point, Point] => [corners[i] as Point, to]);
  });
  let count = 0;
  for (let i = 0; i < pieces.length; i++)
    for (let j = i + 1; j < pieces.length; j++)
      for (const one of pieces[i] ?? []) for (const other of pieces[j] ?? []) if (cross(one, other)) count++;
  return count;
}

const word = (n: number, line = 0) => ({ x: 20 + n * 60, width: 44, top: 100 + line * 54 });

/** Pairs of words of which each lies within another, or beside it. */
const nested: fc.Arbitrary<[number, number][]> = fc
  .array(fc.tuple(fc.nat(11), fc.nat(11)), { maxLength: 14 })
  .map((wanted) => {
    const kept: [number, number][] = [];
    for (const [a, b] of wanted) {
      const [from, to] = [Math.min(a, b), Math.max(a, b)];
      const crosses = kept.some(
        ([c, d]) =>
          (c < from && from < d && d < to) || (from < c && c < to && to < d) || (c === from && d === to),
      );
      if (from < to && !crosses) kept.push([from, to]);
    }
    return kept;
  });

test("arcs that lie within or beside one another on a line never cross, whichever way they point", () => {
  fc.assert(
    fc.property(nested, fc.infiniteStream(fc.boolean()), (pairs, turned) => {
      const links = pairs.map(([a, b], i): Link => {
        const [from, to] = turned.next().value ? [word(b), word(a)] : [word(a), word(b)];
        return { id: `${i}`, from, to };
      });
      expect(crossings(arcsOf(links))).toBe(0);
    }),
  );
});

test("every arc begins and ends on its marks and stays between its line and the one above", () => {
  const end = fc.tuple(fc.nat(11), fc.nat(4)).map(([n, line]) => word(n, line));
  fc.assert(
    fc.property(fc.array(fc.tuple(end, end), { maxLength: 30 }), (pairs) => {
      const links = pairs.map(([from, to], i): Link => ({ id: `${i}`, from, to }));
      const arcs = arcsOf(links);
      expect(arcs.map((arc) => arc.id)).toEqual(links.map((link) => link.id));
      arcs.forEach((arc, i) => {
        const { from, to } = links[i] as Link;
        for (const [spot, mark] of [
          [arc.from, from],
          [arc.to, to],
        ] as const) {
          expect(spot.x).toBeGreaterThanOrEqual(mark.x);
          expect(spot.x).toBeLessThanOrEqual(mark.x + mark.width);
          expect(spot.y).toBe(mark.top);
        }
        const corners = cornersOf(arc);
        expect(corners[0]?.[1]).toBe(from.top);
        expect(corners.at(-1)?.[1]).toBe(to.top);
        const highest = Math.min(from.top, to.top) - ROOM_PX;
        for (const [, y] of corners) expect(y).toBeGreaterThanOrEqual(highest - 0.1);
        // From line to line it runs down beside the text, not through it.
        if (from.top !== to.top) expect(Math.min(...corners.map(([x]) => x))).toBeLessThan(0);
      });
    }),
  );
});

test("shorter arcs are below longer ones that they share a place with", () => {
  const arcs = arcsOf([
    { id: "long", from: word(0), to: word(5) },
    { id: "short", from: word(2), to: word(3) },
  ]);
  expect((arcs[1] as Arc).label.y).toBeGreaterThan((arcs[0] as Arc).label.y);
});
