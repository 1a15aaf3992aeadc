/** Review: layers of answers, one merged answer of several, and what changed between answers. */
import { describe, expect, it } from "vitest";
import type { Fields, LogRow, ReviewTask, Schema } from "../src/api/types";
import { changesOf, entriesOf } from "../src/pages/review/history";
import { layersOf, looksOfLayers, merged, overlaid } from "../src/pages/review/layers";

const schema = {
  fields: [
    {
      name: "cells",
      kind: "regions",
      options: [{ value: "RBC", label: "Red", hotkey: "" }],
      of: ["picture"],
    },
    { name: "tone", kind: "choice", options: [], of: [] },
  ],
  objects: [{ name: "picture", kind: "image", field: "image", text: "" }],
  references: ["image"],
} as unknown as Schema;

const box = (id: string, x: number, label = "RBC") => ({
  id,
  shape: { type: "box", x, y: 0, width: 10, height: 10 },
  labels: [label],
});

const answer = (seq: number, worker: string, fields: object, more: object = {}) => ({
  seq,
  worker,
  fields,
  withdrawn: false,
  excluded: false,
  ...more,
});

const task = {
  answers: [
    answer(1, "ann", { cells: [box("a", 0), box("b", 100)], tone: "calm" }),
    answer(2, "bob", { cells: [box("a", 1), box("c", 200)] }),
    answer(3, "cid", { cells: [] }, { withdrawn: true }),
  ],
  predictions: [{ model: "m", version: "1", fields: { cells: [box("p", 5)] } }],
  decision: null,
} as unknown as ReviewTask;

describe("layers", () => {
  it("are the answers that count, by letter, and then what models say", () => {
    const layers = layersOf(task);
    expect(layers.map(({ letter, name }) => [letter, name])).toEqual([
      ["A", "ann"],
      ["B", "bob"],
      ["", "m 1"],
    ]);
    expect(new Set(layers.map(({ color }) => color)).size).toBe(3);
  });

  it("lie over one another although their regions have the same ids, and cannot be changed", () => {
    const layers = layersOf(task);
    const { regions } = overlaid(layers, schema);
    expect(regions).toHaveLength(5);
    expect(new Set(regions.map(({ id }) => id)).size).toBe(5);
    expect(regions.every(({ locked }) => locked)).toBe(true);
    const lookOf = looksOfLayers(layers, schema);
    expect(regions.map((region) => lookOf(region).name)).toEqual([
      "A · Red",
      "A · Red",
      "B · Red",
      "B · Red",
      "Red",
    ]);
    expect(lookOf(regions[0] as never).color).toBe(layers[0]?.color);
  });

  it("merge to everything that anybody marked, once, with ids of its own", () => {
    const both = merged(layersOf(task).slice(0, 2), schema);
    const cells = both.cells as unknown as ReturnType<typeof box>[];
    expect(cells.map(({ shape }) => shape.x)).toEqual([0, 100, 200]);
    expect(new Set(cells.map(({ id }) => id)).size).toBe(3);
    expect(both.tone).toBe("calm");
  });

  it("keep apart what has another label, and rename what would have the same id", () => {
    const other = { ...task, answers: [task.answers[0], answer(2, "bob", { cells: [box("a", 1, "WBC")] })] };
    const both = merged(layersOf(other as ReviewTask).slice(0, 2), schema);
    const cells = both.cells as unknown as ReturnType<typeof box>[];
    expect(cells.map(({ id }) => id)).toEqual(["a", "b", "a-2"]);
  });
});

describe("history", () => {
  const row = (seq: number, verb: string, worker: string, fields: Fields | null, by: string | null = null) =>
    ({ seq, verb, task: 1, worker, fields, of: null, reason: null, at: "", simulated: false, by }) as LogRow;

  it("says what changed since the same person's last answer", () => {
    const entries = entriesOf(
      [
        row(1, "answer", "ann", { tone: "calm" }),
        row(2, "answer", "bob", { tone: "loud" }),
        row(3, "return", "ann", null, "rea"),
        row(4, "answer", "ann", { tone: "loud" }),
        row(5, "decide", "rea", { tone: "calm" }, "rea"),
      ],
      schema,
    );
    expect(entries.map(({ who, what }) => `${who} ${what}`)).toEqual([
      "ann answered",
      "bob answered",
      "rea returned the answer of ann",
      "ann answered",
      "rea decided",
    ]);
    expect(entries.map(({ changes }) => changes)).toEqual([null, null, null, ["tone: calm → loud"], null]);
  });

  it("tells what leads do, and to whom", () => {
    const entries = entriesOf(
      [
        row(1, "priority", "lea", null, "lea"),
        row(2, "assign", "ann", null, "lea"),
        row(3, "answer", "ann", { tone: "calm" }),
        row(4, "withdraw", "ann", null, "lea"),
        row(5, "withdraw", "ann", null),
        row(6, "exclude", "ann", null, "lea"),
        row(7, "exclude-item", "lea", null, "lea"),
      ],
      schema,
    );
    expect(entries.map(({ who, what }) => `${who} ${what}`)).toEqual([
      "lea set the priority",
      "lea assigned it to ann",
      "ann answered",
      "lea withdrew the answer of ann",
      "ann took back an answer",
      "ann was banned: an answer does not count",
      "lea excluded the item",
    ]);
  });

  it("counts what came, went and changed among regions", () => {
    const before = { cells: [box("a", 0), box("b", 1)] } as unknown as Fields;
    const after = { cells: [box("a", 5), box("c", 1)] } as unknown as Fields;
    expect(changesOf(before, after, schema)).toEqual(["cells: 1 added, 1 removed, 1 changed"]);
    expect(changesOf(after, after, schema)).toEqual([]);
  });
});
