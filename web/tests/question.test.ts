/** What the address of a table asks, and back. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Asked, TableView } from "../src/api/table";
import type { Field, Schema } from "../src/api/types";
import type { Json } from "../src/generated/wire";
import {
  askedBy,
  columnText,
  filterOf,
  nextSort,
  searchOf,
  testsOf,
  testText,
  typedValue,
  usualColumns,
} from "../src/pages/project/table/question";

import { cellText, imageOf, suggestionOf } from "../src/pages/project/table/suggestion";

const name = fc.constantFrom("status", "label.tone", "data.a b", "score");
const asked: fc.Arbitrary<Asked> = fc.record({
  filter: fc.option(
    fc.record({
      and: fc.array(fc.record({ field: name, op: fc.constant("eq"), value: fc.string() }), { minLength: 1 }),
    }),
  ),
  sort: fc.array(fc.record({ field: name, direction: fc.constantFrom("asc" as const, "desc" as const) }), {
    maxLength: 3,
  }),
  columns: fc.array(name),
});
const VIEW: TableView = {
  name: "mine",
  filter: { field: "score", op: "lt", value: 1 },
  sort: [{ field: "score", direction: "asc" }],
  columns: ["score"],
};

describe("an address", () => {
  test("says the whole question, whatever view it stands beside", () => {
    fc.assert(
      fc.property(asked, (question) => {
        const empty = (filter: unknown) => (JSON.stringify(filter) === "{}" ? null : filter);
        const back = askedBy(searchOf(question), VIEW);
        expect({ ...back, filter: empty(back.filter) }).toEqual(question);
      }),
    );
  });

  test("without a question asks what its view does, or its status", () => {
    expect(askedBy({}, VIEW)).toEqual({ filter: VIEW.filter, sort: VIEW.sort, columns: VIEW.columns });
    expect(askedBy({ status: "open" }, undefined).filter).toEqual({
      and: [{ field: "status", op: "eq", value: "open" }],
    });
    expect(askedBy({}, undefined)).toEqual({ filter: null, sort: [], columns: [] });
  });

  test("of nonsense asks nothing", () => {
    for (const filter of ["[", "[]", "3", "null"]) expect(askedBy({ filter }, VIEW).filter).toBeNull();
  });
});

test("a filter is chips and what no chip can say, and comes back the same", () => {
  const one = { field: "a", op: "eq", value: "b" };
  const group = { or: [one] };
  expect(testsOf(one)).toEqual({ how: "and", tests: [one], other: [] });
  expect(testsOf({ or: [one, group] })).toEqual({ how: "or", tests: [one], other: [group] });
  expect(testsOf({ not: one }).other).toEqual([{ not: one }]);
  expect(filterOf(testsOf({ or: [one, group] }))).toEqual({ or: [one, group] });
  expect(filterOf({ how: "and", tests: [], other: [] })).toBeNull();
});

test("a head is clicked up, down and away", () => {
  const up = nextSort([], "a");
  const down = nextSort(up, "a");
  expect([up[0]?.direction, down[0]?.direction, nextSort(down, "a")]).toEqual(["asc", "desc", []]);
  expect(nextSort(up, "b")).toEqual([{ field: "b", direction: "asc" }]);
});

test("what is typed becomes a value of the column, or none", () => {
  expect(typedValue("number", "lt", "0.5")).toBe(0.5);
  expect(typedValue("number", "lt", "half")).toBeNull();
  expect(typedValue("number", "in", "1, 2")).toEqual([1, 2]);
  expect(typedValue("number", "in", "1, x")).toBeNull();
  expect(typedValue("text", "in", "a, b c,")).toEqual(["a", "b c"]);
  expect(typedValue("text", "eq", "1")).toBe("1");
});

test("chips and heads are read aloud without dots", () => {
  expect(columnText("label.tone")).toBe("tone");
  expect(columnText("confidence.tone")).toBe("tone confidence");
  expect(testText({ field: "workers", op: "has", value: "ada" })).toBe("workers has ada");
  expect(testText({ field: "label.tone", op: "empty" })).toBe("tone is empty");
});

test("what people agreed on is suggested before what a model says", () => {
  const field = { name: "tone", options: [] } as unknown as Field;
  const row = (values: Record<string, Json>) => ({ item_id: "x", task: 1, values });
  const predicted = { "predicted.tone": "calm", model: "m", score: 0.5 };
  expect(suggestionOf(row(predicted), field)).toEqual({ value: "calm", by: "m", share: 0.5 });
  const both = { ...predicted, "label.tone": "loud", "confidence.tone": null };
  expect(suggestionOf(row(both), field)).toEqual({ value: "loud", by: "people", share: null });
  expect(suggestionOf(row({ "label.tone": null }), field)).toBeNull();
});

test("only a stored image is shown", () => {
  const blob = "0".repeat(64);
  expect(imageOf("p q", 7, JSON.stringify({ blob, type: "image/png", size: 1 }))).toBe(
    `/api/v1/projects/p%20q/tasks/7/media/${blob}`,
  );
  for (const cell of [
    "{",
    "{}",
    `{"blob":"x","type":"image/png"}`,
    `{"blob":"${blob}","type":"text/html"}`,
    null,
    3,
  ])
    expect(imageOf("p", 7, cell)).toBeNull();
});

test("a stored file is told by its name, else by its kind", () => {
  const file = { blob: "0".repeat(64), type: "image/png", size: 1 };
  expect(cellText(JSON.stringify({ ...file, path: "/a.png" }))).toBe("/a.png");
  expect(cellText(JSON.stringify(file))).toBe("image/png");
  expect([cellText("plain"), cellText(["a", "b"]), cellText(null), cellText("{no json")]).toEqual([
    "plain",
    "a, b",
    "–",
    "{no json",
  ]);
});

test("the usual columns say what was asked about, and what came of it", () => {
  const field = { name: "tone" } as Field;
  const schema = {
    fields: [field],
    references: ["headline"],
    objects: [{ kind: "text" }],
  } as unknown as Schema;
  const there = new Set(["item_id", "status", "answers", "data.headline", "label.tone", "confidence.tone"]);
  const after = ["status", "answers", "label.tone", "confidence.tone"];
  expect(usualColumns(schema, there)).toEqual(["data.headline", ...after]);
  const pictures = { ...schema, objects: [{ kind: "image" }] } as unknown as Schema;
  expect(usualColumns(pictures, there)).toEqual(["item_id", ...after]);
});
