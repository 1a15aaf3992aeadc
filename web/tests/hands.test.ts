/** What keys and words do for hands: options of regions by key, sides of a pair, tools that labels take up, lists in words. */
import { describe, expect, it } from "vitest";
import type { Schema } from "../src/api/types";
import { Editor, EMPTY, fromFields, newRegion } from "../src/doc";
import { spokenAnswer } from "../src/label/answers";
import { bindings, isSingleKeystroke } from "../src/label/hotkeys";
import { saidOfRegions } from "../src/label/regionNames";
import { answerOfSelection } from "../src/pages/label/image/answers";
import { layersOf, overlaid } from "../src/pages/review/layers";
import { Toolbox } from "../src/tools";
import { field, headline, options } from "./schemas";
import { cellField, world } from "./tools/hands";

const box = { type: "box", x: 0, y: 0, width: 9, height: 9 } as const;
const stars = field({ name: "sharp", kind: "rating", maximum: 3, per_region: true, required: false });
const traits = field({
  name: "traits",
  kind: "choices",
  options: options("pale", "torn"),
  per_region: true,
  required: false,
});
const cells: Schema = {
  ...headline,
  fields: [
    cellField,
    stars,
    traits,
    field({ name: "links", kind: "relations", options: options("touches") }),
  ],
};

describe("a question about regions, answered by key", () => {
  const selected = () => {
    const region = newRegion({ id: "a", field: "cells", shape: box, labels: ["RBC"] });
    const editor = new Editor({ ...EMPTY, regions: [region] });
    editor.select(["a"]);
    return editor;
  };

  it("counts stars in numbers, and takes them back when pressed again", () => {
    const editor = selected();
    expect(answerOfSelection(editor, stars, "2")).toBe(true);
    expect(editor.doc.regions[0]?.attributes).toEqual({ sharp: 2 });
    answerOfSelection(editor, stars, "2");
    expect(editor.doc.regions[0]?.attributes).toEqual({});
  });

  it("collects several options in their order", () => {
    const editor = selected();
    for (const value of ["torn", "pale"]) answerOfSelection(editor, traits, value);
    expect(editor.doc.regions[0]?.attributes).toEqual({ traits: ["pale", "torn"] });
  });
});

describe("a pair", () => {
  const pair = field({ name: "better", kind: "pairwise" });

  it("has a key for each side, and for both where both may be equal", () => {
    const sides = (equal: boolean) =>
      bindings({ ...headline, fields: [{ ...pair, equal }] }).map(({ key, value }) => key + value);
    expect(sides(false)).toEqual(["1left", "2right"]);
    expect(sides(true)).toEqual(["1left", "2equal", "3right"]);
  });

  it("is answered by one key when nothing else is asked", () => {
    expect(isSingleKeystroke({ ...headline, fields: [pair] })).toBe(true);
  });
});

describe("a label chosen with a tool that takes away", () => {
  it("brings back the tool that draws", () => {
    const outlines = { ...cellField, shapes: ["polygon", "mask"] } as typeof cellField;
    const toolbox = new Toolbox({
      hands: { ...world().hands, fieldFor: () => outlines },
      schema: { ...headline, fields: [outlines] },
      findOutline: null,
      newId: () => "x",
      changed: () => undefined,
    });
    for (const name of ["hole", "eraser"] as const) {
      toolbox.pick(name);
      toolbox.choose(outlines, "WBC");
      expect(toolbox.state).toMatchObject({ tool: "polygon", labels: { cells: ["WBC"] } });
    }
  });
});

describe("answers in words", () => {
  it("name options, paths and what was ranked, not what they are stored as", () => {
    const kind = field({
      name: "kind",
      kind: "choice",
      options: [{ value: "n", label: "News", hotkey: "" }],
    });
    expect(spokenAnswer(kind, "n")).toBe("News");
    expect(spokenAnswer(field({ name: "t", kind: "taxonomy" }), [["World", "Asia"], ["Life"]])).toBe(
      "World / Asia, Life",
    );
    const entries = [
      { id: "a", title: "First", body: "" },
      { id: "b", title: "", body: "second" },
    ];
    expect(spokenAnswer(field({ name: "o", kind: "ranking" }), ["b", "a"], entries)).toBe(
      "1. second, 2. First",
    );
  });

  it("say of regions what was answered about them, and how they are related", () => {
    const fields = {
      cells: [
        { id: "a", shape: box, labels: ["RBC"], attributes: { sharp: 2 }, text: "see there" },
        { id: "b", shape: box, labels: ["RBC"] },
      ],
      links: [{ from: "b", to: "a", direction: "left", labels: ["touches"] }],
    };
    expect(saidOfRegions(fromFields(fields as never, cells), cells)).toEqual([
      "RBC 1: sharp 2, “see there”",
      "RBC 2 ← RBC 1: touches",
    ]);
    const answer = { seq: 1, worker: "ann", fields, withdrawn: false, excluded: false };
    const layers = layersOf({ answers: [answer], predictions: [], decision: null } as never);
    const { regions, relations } = overlaid(layers, cells);
    expect(relations.map(({ from, to }) => [from, to])).toEqual([[regions[1]?.id, regions[0]?.id]]);
  });
});
