/** Plain text is what the server says it is: both read the same vectors. */
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Json, ObjectTag } from "../../src/api/types";
import { Offsets } from "../../src/text/offsets";
import { asText, htmlText, type Named, plainText } from "../../src/text/plainText";

interface Vectors {
  html: { html: string; text: string }[];
  dialogue: { object: ObjectTag; value: Json; text: string }[];
  text: { value: Json; text: string }[];
}

const vectors = JSON.parse(readFileSync("../tests/vectors/plain_text.json", "utf8")) as Vectors;

/** The references that the vectors use; a browser has all of them. */
const TABLE: Record<string, string> = {
  "amp;": "&",
  amp: "&",
  "lt;": "<",
  lt: "<",
  "gt;": ">",
  gt: ">",
  "quot;": '"',
  "nbsp;": "\u00a0",
  "copy;": "\u00a9",
  copy: "\u00a9",
  "not;": "\u00ac",
  not: "\u00ac",
  "hellip;": "\u2026",
  "eacute;": "\u00e9",
  eacute: "\u00e9",
  "NotEqualTilde;": "\u2242\u0338",
};
const named: Named = (name) => {
  for (let length = name.length; length > 1; length--) {
    const text = TABLE[name.slice(0, length)];
    if (text !== undefined) return { text, length };
  }
  return null;
};

describe("plain text", () => {
  it.each(vectors.html)("of HTML: $html", ({ html, text }) => {
    expect(htmlText(html, named)).toBe(text);
  });

  it.each(vectors.dialogue)("of $value", ({ object, value, text }) => {
    expect(plainText(object, value, named)).toBe(text);
  });

  it.each(vectors.text)("of $value", ({ value, text }) => {
    expect(asText(value)).toBe(text);
  });

  it("never throws, whatever the HTML", () => {
    const part = fc.constantFrom(
      "<",
      ">",
      "/",
      "!",
      "--",
      "b",
      " ",
      '"',
      "'",
      "=",
      "&",
      "#x",
      "amp;",
      "script",
      "svg",
    );
    fc.assert(
      fc.property(
        fc.array(part).map((parts) => parts.join("")),
        (html) => void htmlText(html, named),
      ),
    );
  });
});

describe("offsets", () => {
  it("in units and in code points are those of counting", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom("a", "é", "😀", "\n"), maxLength: 12 }), (text) => {
        const offsets = new Offsets(text);
        const points = [...text];
        const starts = points.map((_, i) => points.slice(0, i).join("").length);
        const units = [...starts, text.length];
        expect(units.map((_, i) => offsets.units(i))).toEqual(units);
        expect(units.map((at) => offsets.points(at))).toEqual(units.map((_, i) => i));
        const halves = starts.filter((_, i) => points[i]?.length === 2).map((at) => at + 1);
        expect(halves.map((at) => offsets.points(at))).toEqual(halves.map((at) => offsets.points(at - 1)));
        expect(units.some((at) => offsets.splits(at))).toBe(false);
        expect(halves.every((at) => offsets.splits(at))).toBe(true);
      }),
    );
  });
});
