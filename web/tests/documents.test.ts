/** Editing a task on the workbench: steps are kept on this machine, and a killed tab loses none. */
import { IDBFactory } from "fake-indexeddb";
import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import { Crowd } from "../dev/crowd";
import { apply, commands, type Edit, type Editor, fromFields, gapsOf, newRegion, toFields } from "../src/doc";
import { openStorage, type Storage } from "../src/label/storage";
import { Workbench } from "../src/label/workbench";
import { cells, editOf, wish } from "./doc/arbitrary";

const benches: Workbench[] = [];
let ids = 0;

async function bench(crowd: Crowd, storage: Storage): Promise<Workbench> {
  const one = new Workbench({
    api: crowd,
    storage,
    user: "ann",
    project: "p",
    newId: () => `d${ids++}`,
    now: () => performance.now(),
    wait: () => new Promise((resolve) => setTimeout(resolve, 1)),
    notify: (error) => {
      throw error;
    },
  });
  benches.push(one);
  await one.open();
  return one;
}

afterEach(() => {
  for (const one of benches.splice(0)) one.close(false);
});

const images = (n: number) => Array.from({ length: n }, (_, i) => ({ data: { image: `/${i}.jpg` } }));
const editorOf = (w: Workbench): Editor => w.getSnapshot().editor as Editor;
const box = (x: number) => ({ type: "box" as const, x, y: 0, width: 5, height: 5 });
const add = (id: string, labels: string[] = ["RBC"]): Edit => ({
  kind: "add",
  at: 0,
  region: newRegion({ id, field: "cells", shape: box(1), labels }),
});

async function until(what: () => boolean): Promise<void> {
  for (let i = 0; !what(); i++) {
    if (i > 1500) throw new Error(`never: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

describe("a document on the workbench", () => {
  it("is there again, with every step, after the tab was killed at any moment", async () => {
    const step = fc.oneof(
      { weight: 5, arbitrary: wish },
      fc.constantFrom("undo" as const, "redo" as const, "kill" as const),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 20 }), async (steps) => {
        const crowd = new Crowd({ schema: cells, work: images(2) });
        const storage = await openStorage(new IDBFactory());
        let w = await bench(crowd, storage);
        for (const made of steps) {
          const editor = editorOf(w);
          if (made === "undo") editor.undo();
          else if (made === "redo") editor.redo();
          else if (made === "kill") {
            // The old one is never told to close.
            w = await bench(crowd, storage);
            const { doc, history } = editor.getState();
            const now = editorOf(w).getState();
            expect(toFields(now.doc, cells)).toEqual(toFields(doc, cells));
            expect(now.history).toEqual(history);
          } else {
            const edit = editOf(editor.doc, made, apply);
            if (edit) editor.dispatch(edit);
          }
        }
        for (const one of benches.splice(0)) one.close(false);
      }),
      { numRuns: 60 },
    );
  });

  it("is sent as fields, comes back on undo, and can then be taken back step by step", async () => {
    const crowd = new Crowd({ schema: cells, work: images(3) });
    const w = await bench(crowd, await openStorage(new IDBFactory()));
    editorOf(w).dispatch(add("a"));
    editorOf(w).dispatch(add("b"));
    w.submit();
    expect(editorOf(w).doc.regions).toEqual([]);
    w.undo();
    expect(editorOf(w).doc.regions.map((region) => region.id)).toEqual(["b", "a"]);
    editorOf(w).undo();
    expect(editorOf(w).doc.regions.map((region) => region.id)).toEqual(["a"]);
    w.submit();
    await until(() => w.getSnapshot().unsent === 0);
    expect(crowd.tasks[0]?.answer).toEqual({ cells: [{ id: "a", shape: box(1), labels: ["RBC"] }] });
  });

  it("is not an answer while something is missing, and says what and where", async () => {
    const crowd = new Crowd({ schema: cells, work: images(2) });
    const w = await bench(crowd, await openStorage(new IDBFactory()));
    w.submit();
    expect(w.getSnapshot().gaps).toMatchObject([{ field: "cells", regions: [] }]);
    editorOf(w).dispatch(add("a", []));
    expect(w.getSnapshot().gaps).toEqual([]);
    w.submit();
    expect(w.getSnapshot().gaps).toMatchObject([{ field: "cells", regions: ["a"] }]);
    const edit = commands.relabel(editorOf(w).doc.regions, ["WBC"]);
    if (edit) editorOf(w).dispatch(edit);
    w.submit();
    expect(crowd.log.length + w.getSnapshot().unsent).toBe(1);
  });

  it("is sent with what was said beside it, after a reload too, but not of regions that are gone", async () => {
    const crowd = new Crowd({ schema: cells, work: images(2) });
    const storage = await openStorage(new IDBFactory());
    const first = await bench(crowd, storage);
    editorOf(first).dispatch(add("a"));
    editorOf(first).dispatch(add("b"));
    first.remark({ unclear: true });
    first.remark({ comments: { "": " blurred ", a: "a cell?", b: "gone" } });
    const w = await bench(crowd, storage);
    expect(w.getSnapshot().aside.unclear).toBe(true);
    editorOf(w).dispatch({ kind: "remove", id: "b" });
    w.submit();
    expect(w.getSnapshot().aside).toEqual({ unclear: false, comments: {} });
    await until(() => w.getSnapshot().unsent === 0);
    expect(crowd.log.at(-1)?.besides).toEqual({
      flags: ["unclear"],
      comments: [
        { text: "blurred", region: null },
        { text: "a cell?", region: "a" },
      ],
    });
  });

  it("takes a visit to a text as one step", async () => {
    const crowd = new Crowd({ schema: cells, work: images(2) });
    const storage = await openStorage(new IDBFactory());
    const w = await bench(crowd, storage);
    for (const text of ["o", "on", "one"]) w.set("note", text);
    w.settle();
    for (const text of ["one", "one t", "one two"]) w.set("note", text);
    expect(editorOf(w).getState().history.steps.length).toBe(2);
    const again = await bench(crowd, storage);
    expect(editorOf(again).doc.values).toEqual({ note: "one two" });
    editorOf(again).undo();
    expect(editorOf(again).doc.values).toEqual({ note: "one" });
    editorOf(again).undo();
    expect(editorOf(again).doc.values).toEqual({});
  });

  it("writes drafts of large documents when hands rest, and at once when the tab is hidden", async () => {
    const crowd = new Crowd({ schema: cells, work: images(2) });
    const w = await bench(crowd, await openStorage(new IDBFactory()));
    const many = Array.from({ length: 500 }, (_, i) => add(`r${i}`));
    editorOf(w).dispatch({ kind: "batch", edits: many });
    expect(crowd.tasks[0]?.draft).toBeNull();
    w.hidden(true);
    await until(() => crowd.tasks[0]?.draft !== null);
    expect(fromFields(crowd.tasks[0]?.draft ?? {}, cells).regions.length).toBe(500);
  });
});

describe("questions", () => {
  it("are asked of the regions that they are about, when their conditions hold", () => {
    const schema = structuredClone(cells);
    for (const field of schema.fields) if (field.name === "cells") field.of = ["image"];
    schema.fields.push({
      ...(schema.fields.find((field) => field.name === "quality") as (typeof schema.fields)[number]),
      name: "stage",
      required: true,
      per_region: true,
      of: ["image"],
      when: [{ kind: "region-selected", field: "cells", values: ["WBC"] }],
    });
    const doc = fromFields({}, schema);
    const region = (id: string, labels: string[], attributes = {}) =>
      newRegion({ id, field: "cells", shape: box(1), labels, attributes });
    const regions = [region("a", ["RBC"]), region("b", ["WBC"]), region("c", ["WBC"], { stage: "good" })];
    expect(gapsOf({ ...doc, regions }, schema)).toMatchObject([{ field: "stage", regions: ["b"] }]);
  });
});
