/** Which squares of a large image are fetched, and which are kept. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { ByteShelf } from "../../src/canvas/byteShelf";
import { levelFor, tilesWithin, tileUrl, wholeTile } from "../../src/canvas/tiles";

const tiles = { url: "/t/{level}/{x}_{y}", size: 512, levels: 6 };
const size = { width: 10_000, height: 7_001 };

const parts = fc
  .tuple(fc.nat(9_999), fc.nat(7_000), fc.integer({ min: 1, max: 9_000 }), fc.integer({ min: 1, max: 9_000 }))
  .map(([minX, minY, width, height]) => ({
    minX,
    minY,
    maxX: Math.min(size.width, minX + width),
    maxY: Math.min(size.height, minY + height),
  }));

test("the squares of a part are exactly those that share a pixel with it; a ring adds their neighbours", () => {
  fc.assert(
    fc.property(parts, fc.nat(5), fc.nat(2), (part, level, ring) => {
      const side = 512 * 2 ** level;
      const wanted: string[] = [];
      for (let y = 0; y * side < size.height; y++)
        for (let x = 0; x * side < size.width; x++) {
          const near =
            (x + 1 + ring) * side > part.minX &&
            (x - ring) * side < part.maxX &&
            (y + 1 + ring) * side > part.minY &&
            (y - ring) * side < part.maxY;
          if (near) wanted.push(`/t/${level}/${x}_${y}`);
        }
      const found = tilesWithin(tiles, size, level, part, ring).map((tile) => tileUrl(tiles, tile));
      expect([...found].sort()).toEqual(wanted.sort());
    }),
  );
});

test("the square in the middle of a part comes first", () => {
  const [first] = tilesWithin(tiles, size, 0, { minX: 0, minY: 0, maxX: 2560, maxY: 2560 });
  expect(first).toEqual({ level: 0, x: 2, y: 2 });
});

test("a level has a pixel for each of the screen's, and no finer one is taken", () => {
  fc.assert(
    fc.property(fc.double({ min: 0.001, max: 64, noNaN: true }), (scale) => {
      const level = levelFor(tiles, scale);
      if (level > 0) expect(scale * 2 ** level).toBeLessThanOrEqual(1);
      if (level < tiles.levels - 1) expect(scale * 2 ** (level + 1)).toBeGreaterThan(1);
    }),
  );
  expect(levelFor(tiles, 0)).toBe(5);
  expect(tileUrl(tiles, wholeTile(tiles))).toBe("/t/5/0_0");
});

test("what is kept stays within its bytes, the least used goes first, and what must stay does", () => {
  const steps = fc.array(
    fc.tuple(fc.constantFrom("get", "put"), fc.constantFrom(..."abcdefgh"), fc.integer({ min: 1, max: 40 })),
    { maxLength: 60 },
  );
  fc.assert(
    fc.property(steps, (done) => {
      const shelf = new ByteShelf<string>(100, (name) => name === "a");
      let model: [string, number, string][] = [];
      const sum = () => model.reduce((total, [, bytes]) => total + bytes, 0);
      done.forEach(([verb, name, bytes], i) => {
        const held = model.find(([each]) => each === name);
        model = model.filter((each) => each !== held);
        if (verb === "get") {
          expect(shelf.get(name)).toBe(held?.[2] ?? null);
          if (held) model.push(held);
          return;
        }
        const gone = held ? [held[2]] : [];
        model.push([name, bytes, `${i}`]);
        while (sum() > 100) {
          const old = model.find(([each]) => each !== name && each !== "a");
          if (!old) break;
          model = model.filter((each) => each !== old);
          gone.push(old[2]);
        }
        expect(shelf.put(name, `${i}`, bytes)).toEqual(gone);
      });
      const left: string[] = [];
      shelf.clear((thing) => left.push(thing));
      expect(left).toEqual(model.map(([, , thing]) => thing));
    }),
  );
});
