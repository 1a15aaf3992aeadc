/** The pure parts of the wizard of projects: documents, columns, labels being edited, what is kept. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { FoundData } from "../src/api/projectDrafts";
import type { ObjectKind, Schema } from "../src/api/types";
import { block, documentOf, placeOf, scalar, slug } from "../src/pages/wizard/document";
import { type Draft, NEW, OWN_CONFIG, readDraft } from "../src/pages/wizard/draft";
import {
  choicesFor,
  columnsOf,
  guessColumns,
  unmapped,
  wantedBy,
  writtenColumns,
} from "../src/pages/wizard/mapping";
import { added, changed, faultOf, movedBy, rowsOf, wantedOf, without } from "../src/pages/wizard/rows";
import { stillFits } from "../src/pages/wizard/tryOut";

const table = (columns: [string, string][], rows: Record<string, string>[] = []): FoundData => ({
  glob: "/*.csv",
  format: "csv",
  files: 1,
  more: false,
  first: [],
  columns: columns.map(([name, kind]) => ({ name, kind, distinct: true })),
  rows,
  key: null,
  problem: null,
});
const files: FoundData = { ...table([]), format: null, glob: "/**.jpg" };

const showing = (...objects: [string, ObjectKind][]): Schema => ({
  fields: [],
  objects: objects.map(([field, kind]) => ({ name: field, kind, field, text: "" })),
  references: objects.map(([field]) => field),
});

describe("a block of YAML", () => {
  it("says an indentation where the text begins with blanks, and keeps what ends it", () => {
    expect(block("a", "x\ny\n")).toBe("a: |\n  x\n  y");
    expect(block("a", "x")).toBe("a: |-\n  x");
    expect(block("a", "  x\n")).toBe("a: |2\n    x");
    expect(block("a", "x\n\ny\n\n\n")).toBe("a: |+\n  x\n\n  y\n\n");
    expect(block("a", "bell\u0007")).toBe('a: "bell\\u0007"');
  });

  it("holds every line of the text, indented by two", () => {
    const lines = fc.array(fc.string({ unit: fc.constantFrom("a", " ", "<", '"', "#", ":") }), {
      minLength: 1,
    });
    fc.assert(
      fc.property(lines, (given) => {
        const text = `x${given.join("\n")}\n`;
        const [, ...written] = block("k", text).split("\n");
        expect(written.map((line) => line.replace(/^ {2}/, "")).join("\n")).toBe(text.replace(/\n$/, ""));
      }),
    );
  });
});

describe("a document", () => {
  const described = (part: Partial<Draft> = {}, found: FoundData | null = files) => ({
    draft: { ...NEW, repo: "cells", branch: "main", ...part },
    config: OWN_CONFIG,
    form: "xml" as const,
    found,
    columns: {},
    guideline: "Look *twice*.\n",
    name: "cells-boxes",
    title: "Which one?",
    output: "cells-labels",
  });

  it("says where items are, what is asked, and by how many", () => {
    expect(documentOf(described())).toBe(`project: cells-boxes
title: "Which one?"
input:
  repo: cells
  branch: main
  glob: "/**.jpg"
label_config: |
${OWN_CONFIG.trimEnd().replace(/^/gm, "  ")}
guideline: |
  Look *twice*.
overlap: 1
output: {repo: cells-labels, release: complete}
`);
  });

  it("says only what is not as usual", () => {
    const said = documentOf(
      described({
        overlap: 3,
        method: "dawid_skene",
        everyBranch: true,
        pageMinutes: 20,
        release: "count",
        banFast: true,
      }),
    );
    expect(said).not.toContain("branch:");
    expect(said).toContain(
      "consensus: {method: dawid_skene}\npage: {real: 5, time_limit_s: 1200}\nrules:\n  - {if: fast_pages,",
    );
    expect(said).toContain("release: {count: 100}}");
  });

  it("names rows by the column that was chosen, or by what they hold", () => {
    const keyed = { ...table([["id", "text"]]), key: "id" };
    expect(documentOf(described({}, keyed))).toContain("rows: {format: csv, key: id}");
    expect(documentOf(described({ key: "" }, keyed))).toContain("rows: {format: csv, key: null}");
    expect(documentOf(described({ key: "gone" }, keyed))).toContain("rows: {format: csv, key: null}");
  });

  it("takes our own form with and without its key", () => {
    const own = { ...described(), form: "yaml" as const };
    expect(documentOf({ ...own, config: "show: {t: text}\nask: {}\n" })).toContain(
      "fields:\n  show: {t: text}\n  ask: {}\n",
    );
    expect(documentOf({ ...own, config: "fields:\n  show: {}\n" })).toContain("\nfields:\n  show: {}\n");
  });
});

describe("words", () => {
  it("are quoted where YAML would take them for something else", () => {
    expect([scalar("main"), scalar("a b"), scalar("no"), scalar("1"), scalar("a: b")]).toEqual([
      "main",
      "a b",
      '"no"',
      '"1"',
      '"a: b"',
    ]);
  });

  it("become names", () => {
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 1, max: 30 }), (text, most) => {
        expect(slug(text, most)).toMatch(/^([a-z0-9]([a-z0-9-]*[a-z0-9])?)?$/);
        expect(slug(text, most).length).toBeLessThanOrEqual(most);
      }),
    );
    expect(slug("Zürich: Häuser & Höfe")).toBe("zurich-hauser-hofe");
  });

  it("lead an error to its field and step", () => {
    expect(placeOf("project.yaml:1: project")).toEqual({ field: "project", step: "summary" });
    expect(placeOf("project.yaml:4: input.repo")).toEqual({ field: "input.repo", step: "data" });
    expect(placeOf("project.yaml:9: label_config")).toEqual({ field: "label_config", step: "labels" });
    expect(placeOf("pool@main:/a.csv: line 3")).toEqual({ field: "", step: "data" });
  });
});

describe("columns", () => {
  it("are those of the same name, else of the same kind, the longest text first", () => {
    const found = table(
      [
        ["id", "number"],
        ["Author", "text"],
        ["headline", "text"],
        ["photo", "image"],
        ["turns", "list"],
      ],
      [{ Author: "Bo", headline: "A rather long headline", photo: "a.jpg" }],
    );
    const wanted = wantedBy(
      showing(["text", "text"], ["author", "text"], ["image", "image"], ["dialogue", "dialogue"]),
    );
    expect(guessColumns(found, wanted)).toEqual({
      text: "headline",
      author: "Author",
      image: "photo",
      dialogue: "turns",
    });
  });

  it("never give one column twice, nor one that is not there", () => {
    const kinds = fc.constantFrom<[string, ObjectKind]>(
      ["text", "text"],
      ["image", "image"],
      ["list", "list"],
    );
    const columns = fc.uniqueArray(
      fc.tuple(fc.constantFrom("a", "b", "text", "image"), fc.constantFrom("text", "image", "list")),
      {
        selector: ([name]) => name,
      },
    );
    fc.assert(
      fc.property(fc.uniqueArray(kinds, { selector: ([name]) => name }), columns, (objects, given) => {
        const guessed = Object.values(guessColumns(table(given), wantedBy(showing(...objects))));
        expect(new Set(guessed).size).toBe(guessed.length);
        expect(guessed.every((name) => given.some(([column]) => column === name))).toBe(true);
      }),
    );
  });

  it("of whole files are the file itself, or its text", () => {
    const schema = showing(["image", "image"], ["caption", "text"]);
    expect(columnsOf(files, schema, {})).toEqual({ image: "file", caption: "content" });
    expect(columnsOf(files, schema, { caption: "name", image: "nonsense" })).toEqual({
      image: "file",
      caption: "name",
    });
    expect(writtenColumns(files, columnsOf(files, showing(["image", "image"]), {}))).toEqual({});
    expect(choicesFor(files, { field: "image", kind: "image" })).toEqual(["file"]);
    const pictures = { ...files, first: [{ path: "/a.jpg", size: 1, type: "image/jpeg", url: "" }] };
    expect(columnsOf(pictures, schema, {})).toEqual({ image: "file" });
    expect(unmapped(schema, columnsOf(pictures, schema, {}))).toEqual(["caption"]);
    expect(unmapped(schema, columnsOf(pictures, schema, { caption: "name" }))).toEqual([]);
  });

  it("of a path lead to where it begins", () => {
    const schema = { ...showing(["turns[0].text", "text"]), references: ["turns[0].text", "turns[1].text"] };
    expect(wantedBy(schema)).toEqual([{ field: "turns", kind: "table" }]);
  });
});

describe("labels", () => {
  const list = {
    field: "c",
    title: "c",
    options: ["a", "b", "c"].map((value) => ({ value, label: value, hotkey: "", color: "" })),
  };
  const ids = (rows: readonly { id: number }[]) => rows.map(({ id }) => id).join("");

  it("move by a step and stay at the ends", () => {
    const rows = rowsOf(list);
    expect(ids(movedBy(rows, 1, -1))).toBe("102");
    expect(ids(movedBy(rows, 0, -1))).toBe("012");
    expect(ids(movedBy(movedBy(rows, 1, 1), 1, -1))).toBe("012");
  });

  it("keep what they were, however often they are renamed", () => {
    const rows = changed(changed(added(without(rowsOf(list), 1)), 0, { label: "x" }), 0, { label: "y " });
    expect(wantedOf(rows).map(({ was, label }) => [was, label])).toEqual([
      ["a", "y"],
      ["c", "c"],
      [null, "Label 3"],
    ]);
    expect(new Set(rows.map(({ id }) => id)).size).toBe(3);
  });

  it("need a name, and one of their own", () => {
    const rows = rowsOf(list);
    expect(faultOf(rows)).toBeNull();
    expect(faultOf(changed(rows, 0, { label: " " }))).toContain("needs a name");
    expect(faultOf(changed(rows, 0, { label: "b " }))).toContain("twice");
    expect(faultOf([])).toContain("at least one");
  });
});

describe("what was begun", () => {
  it("is kept where it was understood, and begun anew where it was not", () => {
    const kept = { ...NEW, repo: "cells", overlap: 3, guideline: "x", configs: { own: "<View/>" } };
    expect(readDraft(JSON.stringify(kept))).toEqual(kept);
    for (const text of [null, "", "7", "[]", "{", '"x"']) expect(readDraft(text)).toEqual(NEW);
    expect(readDraft('{"overlap": "three", "name": null, "other": 1}')).toEqual(NEW);
  });

  it("of an answer stays as long as its labels are there", () => {
    const option = (value: string) => ({ value, label: value, hotkey: "" });
    const field = {
      required: false,
      opinion: false,
      title: "",
      minimum: null,
      maximum: null,
      max_length: 9,
      of: [],
    };
    const schema: Schema = {
      ...showing(["text", "text"]),
      fields: [
        { ...field, name: "r", kind: "regions", options: [option("a")], shapes: ["box"] },
        { ...field, name: "c", kind: "choice", options: [option("yes")] },
      ],
    };
    const region = (label: string, type = "box") => ({ id: label, shape: { type }, labels: [label] });
    const fields = { r: [region("a"), region("gone"), region("a", "mask")], c: "yes", old: "x" };
    expect(stillFits(fields, schema)).toEqual({ r: [{ ...region("a"), attributes: {} }], c: "yes" });
    expect(stillFits({ c: "no", r: [] }, schema)).toEqual({});
  });
});
