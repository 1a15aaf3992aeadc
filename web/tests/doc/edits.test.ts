import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  apply,
  commands,
  type Doc,
  type Edit,
  Editor,
  EditRefused,
  EMPTY,
  newRegion,
  type Step,
} from "../../src/doc";
import { docAfter, editOf, wish } from "./arbitrary";

const wishes = fc.array(wish, { maxLength: 25 });
const box = (x: number) => ({ type: "box" as const, x, y: 0, width: 5, height: 5 });

describe("edits", () => {
  it("are taken back exactly by their inverses, and made again by the inverses of those", () => {
    fc.assert(
      fc.property(wishes, wish, (before, made) => {
        const doc = docAfter(before, apply);
        const edit = editOf(doc, made, apply);
        if (!edit) return;
        const { doc: after, inverse } = apply(doc, edit);
        const back = apply(after, inverse);
        expect(back.doc).toEqual(doc);
        expect(apply(back.doc, back.inverse).doc).toEqual(after);
      }),
      { numRuns: 400 },
    );
  });

  it("leave the document they were applied to as it was", () => {
    fc.assert(
      fc.property(wishes, wish, (before, made) => {
        const doc = docAfter(before, apply);
        const copy = structuredClone(doc);
        const edit = editOf(doc, made, apply);
        if (edit) apply(doc, edit);
        expect(doc).toEqual(copy);
      }),
    );
  });

  it("are plain JSON", () => {
    fc.assert(
      fc.property(wishes, wish, (before, made) => {
        const doc = docAfter(before, apply);
        const edit = editOf(doc, made, apply);
        if (!edit) return;
        const { inverse } = apply(doc, edit);
        expect(JSON.parse(JSON.stringify([edit, inverse]))).toEqual([edit, inverse]);
      }),
    );
  });

  it("that do not fit are refused whole", () => {
    const doc: Doc = { ...EMPTY, regions: [newRegion({ id: "a", field: "f", shape: box(0) })] };
    const edit: Edit = {
      kind: "batch",
      edits: [
        { kind: "remove", id: "a" },
        { kind: "remove", id: "b" },
      ],
    };
    expect(() => apply(doc, edit)).toThrow(EditRefused);
    expect(doc.regions.length).toBe(1);
  });

  it("change ten thousand regions in one go", () => {
    const regions = Array.from({ length: 10_000 }, (_, i) =>
      newRegion({ id: `r${i}`, field: "f", shape: box(i) }),
    );
    const edit = commands.relabel(regions, ["A"]);
    const { doc, inverse } = apply({ ...EMPTY, regions }, edit as Edit);
    expect(doc.regions.every((region) => region.labels[0] === "A")).toBe(true);
    expect(apply(doc, inverse).doc.regions).toEqual(regions);
  });
});

describe("editor", () => {
  it("undoes everything to the beginning and redoes everything to the end, at any point", () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(wish, fc.constantFrom("undo" as const, "redo" as const)), { maxLength: 30 }),
        (steps) => {
          const editor = new Editor(EMPTY);
          for (const step of steps) {
            if (step === "undo") editor.undo();
            else if (step === "redo") editor.redo();
            else {
              const edit = editOf(editor.doc, step, apply);
              if (edit) editor.dispatch(edit);
            }
          }
          while (editor.redo());
          const end = editor.doc;
          const states = [end];
          while (editor.undo()) states.push(editor.doc);
          expect(editor.doc).toEqual(EMPTY);
          for (const state of states.reverse().slice(1)) {
            editor.redo();
            expect(editor.doc).toEqual(state);
          }
          expect(editor.doc).toEqual(end);
        },
      ),
    );
  });

  it("is rebuilt by its journal, whenever it was cut off", () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(wish, fc.constantFrom("undo" as const, "redo" as const)), { maxLength: 20 }),
        (made) => {
          let kept: { steps: Step[]; cursor: number } = { steps: [], cursor: 0 };
          const editor = new Editor(EMPTY, undefined, {
            append: (index, step) => {
              kept = { steps: [...kept.steps.slice(0, index), structuredClone(step)], cursor: index + 1 };
            },
            moved: (cursor) => {
              kept = { ...kept, cursor };
            },
          });
          for (const step of made) {
            if (step === "undo") editor.undo();
            else if (step === "redo") editor.redo();
            else {
              const edit = editOf(editor.doc, step, apply);
              if (edit) editor.dispatch(edit);
            }
            expect(new Editor(EMPTY, kept).doc).toEqual(editor.doc);
          }
        },
      ),
    );
  });

  it("selects only what is there", () => {
    const editor = new Editor(EMPTY);
    editor.dispatch({ kind: "add", region: newRegion({ id: "a", field: "f", shape: box(1) }), at: 0 }, ["a"]);
    expect([...editor.selection]).toEqual(["a"]);
    editor.undo();
    expect([...editor.selection]).toEqual([]);
  });
});

describe("commands", () => {
  const regions = [
    newRegion({ id: "a", field: "f", shape: box(0), origin: "prediction", score: 0.5 }),
    newRegion({ id: "b", field: "f", shape: box(1), locked: true }),
    newRegion({ id: "c", field: "f", shape: box(2), parent: "a" }),
  ];
  const doc: Doc = { ...EMPTY, regions };

  it("mark a changed proposal as changed, and leave locked regions alone", () => {
    const { doc: after } = apply(doc, commands.relabel(regions, ["A"]) as Edit);
    expect(after.regions.map((r) => [r.labels, r.origin])).toEqual([
      [["A"], "prediction-changed"],
      [[], "manual"],
      [["A"], "manual"],
    ]);
    const hidden = commands.changeEach(regions, () => ({ hidden: true })) as Edit;
    expect(apply(doc, hidden).doc.regions.map((r) => [r.hidden, r.origin])).toEqual([
      [true, "prediction"],
      [true, "manual"],
      [true, "manual"],
    ]);
    expect(apply(doc, commands.removeEach(regions) as Edit).doc.regions.map((r) => r.id)).toEqual(["b"]);
  });

  it("paste under new ids, keeping families together", () => {
    let n = 0;
    const pasted = commands.paste(doc, regions, () => `n${n++}`);
    const after = apply(doc, pasted?.edit as Edit).doc;
    expect(after.regions.slice(3).map((r) => [r.id, r.parent, r.locked, r.origin])).toEqual([
      ["n0", null, false, "manual"],
      ["n1", null, false, "manual"],
      ["n2", "n0", false, "manual"],
    ]);
  });

  it("remove relations with their regions, and bring them back", () => {
    const edit = commands.relate(doc, { field: "links", from: "a", to: "c", id: "l0" }) as Edit;
    const related = apply(doc, edit).doc;
    const { doc: after, inverse } = apply(related, { kind: "remove", id: "c" });
    expect(after.relations).toEqual([]);
    expect(apply(after, inverse).doc).toEqual(related);
    expect(commands.relate(related, { field: "links", from: "a", to: "c", id: "l1" })).toBeNull();
  });
});
