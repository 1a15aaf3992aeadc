/** Cutting a text under overlapping marks, and widening what was selected. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Mark, segments, snapped } from "../../src/text/segments";

const marks = fc
  .array(fc.tuple(fc.nat(30), fc.integer({ min: 1, max: 15 })), { maxLength: 12 })
  .map((places) => places.map(([start, length], i): Mark => ({ id: `m${i}`, start, end: start + length })));

describe("segments", () => {
  it("cover the stretch without gaps, each under exactly the marks over it", () => {
    fc.assert(
      fc.property(marks, fc.nat(20), fc.integer({ min: 1, max: 25 }), (all, from, length) => {
        const to = from + length;
        const found = segments(from, to, all);
        expect(found[0]?.start).toBe(from);
        expect(found.at(-1)?.end).toBe(to);
        found.forEach((segment, i) => {
          if (i > 0) expect(segment.start).toBe(found[i - 1]?.end);
          for (let at = segment.start; at < segment.end; at++) {
            const over = all.filter((mark) => mark.start <= at && at < mark.end).map(({ id }) => id);
            expect([...segment.ids].sort()).toEqual(over.sort());
          }
        });
        const ends = found.flatMap((segment) => segment.ends);
        const expected = all
          .filter(({ start, end }) => end > from && end <= to && start < to)
          .map(({ id }) => id);
        expect(ends.sort()).toEqual(expected.sort());
      }),
    );
  });
});

describe("what was selected", () => {
  const text = "Anna went  home.\nShe slept.";

  it.each([
    [0, 4, "symbol", "Anna"],
    [4, 11, "symbol", "went"],
    [1, 2, "word", "Anna"],
    [2, 7, "word", "Anna went"],
    [6, 7, "sentence", "Anna went  home."],
    [18, 19, "paragraph", "She slept."],
    [12, 20, "paragraph", text],
    [9, 11, "symbol", null],
  ] as const)("%i to %i by %s", (start, end, granularity, expected) => {
    const found = snapped(text, start, end, granularity);
    expect(found && text.slice(found.start, found.end)).toBe(expected);
  });
});
