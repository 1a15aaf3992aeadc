import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { apply, EMPTY, fromFields, newRegion, toFields } from "../../src/doc";
import { cells, docAfter, wish } from "./arbitrary";

describe("a document as fields", () => {
  it("is read back as it was", () => {
    fc.assert(
      fc.property(fc.array(wish, { maxLength: 25 }), (wishes) => {
        const doc = docAfter(wishes, apply);
        const fields = JSON.parse(JSON.stringify(toFields(doc, cells)));
        const read = fromFields(fields, cells);
        expect(read.regions).toEqual(doc.regions);
        expect(read.values).toEqual(doc.values);
        expect(read.relations.map(({ id: _, ...rest }) => rest)).toEqual(
          doc.relations.map(({ id: _, ...rest }) => rest),
        );
        expect(toFields(read, cells)).toEqual(fields);
      }),
    );
  });

  it("leaves out what holds its default", () => {
    const shape = { type: "box" as const, x: 1.00004, y: 2, width: 3, height: 4 };
    const doc = { ...EMPTY, regions: [newRegion({ id: "a", field: "cells", shape, labels: ["RBC"] })] };
    expect(toFields(doc, cells)).toEqual({
      cells: [{ id: "a", shape: { type: "box", x: 1, y: 2, width: 3, height: 4 }, labels: ["RBC"] }],
    });
  });

  it("keeps what other versions wrote into the values", () => {
    expect(toFields(fromFields({ unknown: [1], quality: "good" }, cells), cells)).toEqual({
      unknown: [1],
      quality: "good",
    });
  });
});
