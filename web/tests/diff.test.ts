import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Json } from "../src/api/types";
import { diffTables, parseCsv } from "../src/pages/data/diff/csv";
import { diffFiles, viewOf } from "../src/pages/data/diff/diff";
import { diffJson } from "../src/pages/data/diff/json";
import { align } from "../src/pages/data/diff/sequence";
import { diffText } from "../src/pages/data/diff/text";

const words = fc.array(fc.constantFrom("a", "b", "c", "d", "e", "f", ""), { maxLength: 30 });

/** Length of the longest common subsequence, the slow and certain way. */
function longest(a: readonly string[], b: readonly string[]): number {
  const table = Array.from({ length: a.length + 1 }, () => new Array<number>(b.length + 1).fill(0));
  for (let i = a.length - 1; i >= 0; i--)
    for (let j = b.length - 1; j >= 0; j--)
      (table[i] as number[])[j] =
        a[i] === b[j]
          ? (table[i + 1]?.[j + 1] ?? 0) + 1
          : Math.max(table[i + 1]?.[j] ?? 0, table[i]?.[j + 1] ?? 0);
  return table[0]?.[0] ?? 0;
}

describe("alignment", () => {
  it("names every element of both sides once, in order, and pairs equal ones", () => {
    fc.assert(
      fc.property(words, words, (a, b) => {
        const steps = align(a, b);
        expect(steps.filter((s) => s.a >= 0).map((s) => s.a)).toEqual(a.map((_, i) => i));
        expect(steps.filter((s) => s.b >= 0).map((s) => s.b)).toEqual(b.map((_, i) => i));
        for (const s of steps) if (s.a >= 0 && s.b >= 0) expect(a[s.a]).toBe(b[s.b]);
      }),
    );
  });

  it("is as short as can be while it is small", () => {
    fc.assert(
      fc.property(words, words, (a, b) => {
        expect(align(a, b).filter((s) => s.a >= 0 && s.b >= 0).length).toBe(longest(a, b));
      }),
    );
  });

  it("ends for a hundred thousand lines, even when none is alike", () => {
    const a = Array.from({ length: 100_000 }, (_, i) => `line ${i}`);
    const edited = a.map((line, i) => (i % 1000 === 7 ? `${line}!` : line));
    expect(align(a, edited).filter((s) => s.a < 0).length).toBe(100);
    expect(
      align(
        a,
        a.map(() => "x"),
      ).length,
    ).toBe(200_000);
    expect(align(a, [...a].reverse()).filter((s) => s.a >= 0 && s.b >= 0).length).toBeGreaterThanOrEqual(1);
  });
});

describe("text", () => {
  it("shows every changed line with its number, and counts what it hides", () => {
    fc.assert(
      fc.property(words, words, (a, b) => {
        const { lines } = diffText(`${a.join("\n")}\n`, `${b.join("\n")}\n`);
        const end = (side: "before" | "after") =>
          lines.reduce(
            (n, line) => n + (line.kind === "gap" ? (line[side] ?? 0) : line[side] === null ? 0 : 1),
            0,
          );
        const count = (words_: string[]) => (words_.length === 0 ? 1 : words_.length);
        expect([end("before"), end("after")]).toEqual([count(a), count(b)]);
        for (const line of lines) {
          if (line.kind === "removed") expect(line.text).toBe(a[(line.before ?? 0) - 1] ?? "");
          if (line.kind === "added") expect(line.text).toBe(b[(line.after ?? 0) - 1] ?? "");
        }
      }),
    );
  });

  it("marks what differs within a line", () => {
    const { lines } = diffText("one two three\n", "one 2 three\n");
    expect(lines.map((line) => [line.kind, line.text.slice(...(line.mark ?? [0, 0]))])).toEqual([
      ["removed", "two"],
      ["added", "2"],
    ]);
  });
});

const cell = fc.constantFrom("a", "b", '"', ",", "x\ny", "", " é", "\r");
const quoted = (rows: readonly string[][]): string =>
  rows.map((row) => row.map((each) => `"${each.replaceAll('"', '""')}"`).join(",")).join("\n");

describe("tables", () => {
  it("are read back as they were written", () => {
    const table = fc
      .integer({ min: 1, max: 4 })
      .chain((width) =>
        fc.array(fc.array(cell, { minLength: width, maxLength: width }), { minLength: 1, maxLength: 6 }),
      );
    fc.assert(
      fc.property(table, (rows) => {
        expect(parseCsv(quoted(rows))).toEqual(rows);
      }),
    );
    expect(parseCsv("a,b\r\n1,\n\n")).toEqual([["a", "b"], ["1", ""], [""]]);
  });

  const keyed = fc.dictionary(fc.constantFrom("1", "2", "3", "4", "5", "6"), fc.constantFrom("x", "y", "z"));
  const tableOf = (rows: Record<string, string>): string[][] => [
    ["id", "v"],
    ...Object.entries(rows).map(([id, v]) => [id, v]),
  ];

  it("paired by a key say exactly what happened to each key", () => {
    fc.assert(
      fc.property(keyed, keyed, (before, after) => {
        const diff = diffTables(tableOf(before), tableOf(after), "id");
        const ids = (kind: string) =>
          diff.rows
            .filter((row) => row.kind === kind)
            .map((row) => row.cells[0]?.after ?? row.cells[0]?.before)
            .sort();
        const [old, young] = [Object.keys(before), Object.keys(after)];
        expect(ids("added")).toEqual(young.filter((id) => !(id in before)).sort());
        expect(ids("removed")).toEqual(old.filter((id) => !(id in after)).sort());
        expect(ids("changed")).toEqual(young.filter((id) => id in before && before[id] !== after[id]).sort());
        expect(diff.same + diff.changed + diff.added).toBe(young.length);
      }),
    );
  });

  it("without a key lose and invent no row", () => {
    const rows = fc.array(fc.tuple(fc.constantFrom("p", "q"), fc.constantFrom("x", "y")), { maxLength: 8 });
    fc.assert(
      fc.property(rows, rows, (a, b) => {
        const diff = diffTables([["k", "v"], ...a], [["k", "v"], ...b], "");
        expect(diff.key).toBeNull();
        expect(diff.same + diff.changed + diff.removed).toBe(a.length);
        expect(diff.same + diff.changed + diff.added).toBe(b.length);
      }),
    );
  });

  it("may have other columns", () => {
    const diff = diffTables(parseCsv("id,a,b\n1,x,y\n"), parseCsv("id,b,c\n1,y,z\n"), null);
    expect(diff.key).toBe("id");
    expect(diff.columns.map((column) => [column.name, column.kind])).toEqual([
      ["id", "same"],
      ["a", "removed"],
      ["b", "same"],
      ["c", "added"],
    ]);
    expect(diff.rows[0]?.cells.map((each) => [each.before, each.after])).toEqual([
      ["1", "1"],
      ["x", null],
      ["y", "y"],
      [null, "z"],
    ]);
  });
});

type Path = readonly (string | number)[];

/** Writes the values of a diff over the older document; lists of other length are out of its reach. */
function applied(document: Json, changes: ReturnType<typeof diffJson>["changes"]): Json {
  let result = structuredClone(document);
  const write = (path: Path, value: Json | undefined) => {
    if (path.length === 0) {
      result = value ?? null;
      return;
    }
    let place = result as Record<string, Json>;
    for (const step of path.slice(0, -1)) place = place[step] as Record<string, Json>;
    const last = path.at(-1) ?? "";
    if (value === undefined) delete place[last];
    else place[last] = value;
  };
  for (const each of changes) write(each.path, each.kind === "removed" ? undefined : each.after);
  return result;
}

describe("documents", () => {
  const leaf = fc.oneof(fc.constantFrom(1, 2, true, null, "x", ""));
  const { tree } = fc.letrec<{ tree: Json }>((tie) => ({
    tree: fc.oneof(
      { maxDepth: 3 },
      leaf,
      fc.dictionary(fc.constantFrom("a", "b", "c"), tie("tree")) as fc.Arbitrary<Json>,
    ),
  }));

  it("differ by changes that lead from one to the other", () => {
    fc.assert(
      fc.property(tree, tree, (before, after) => {
        const { changes } = diffJson(before, after);
        expect(applied(before, changes)).toEqual(after);
      }),
    );
  });

  it("with equal content do not differ, whatever the order of names", () => {
    expect(diffJson({ a: 1, b: [{ c: 1, d: 2 }] }, { b: [{ d: 2, c: 1 }], a: 1 }).changes).toEqual([]);
  });

  it("show what moved into a list, not everything behind it", () => {
    expect(diffJson([1, 2, 3], [0, 1, 2, 3]).changes).toEqual([{ kind: "added", path: [0], after: 0 }]);
    expect(diffJson([{ a: 1, b: 2 }, 5], [{ a: 1, b: 3 }, 5]).changes).toEqual([
      { kind: "changed", path: [0, "b"], before: 2, after: 3 },
    ]);
    expect(diffJson([1, 2], [1]).changes).toEqual([{ kind: "removed", path: [1], before: 2 }]);
  });

  it("that are broken are compared as text", () => {
    const request = { view: "json", name: "a.json", before: "{", after: "{}", key: null } as const;
    expect(diffFiles(request).kind).toBe("text");
    expect([viewOf("/a.JPG"), viewOf("/b.tsv"), viewOf("/json"), viewOf("/x.json")]).toEqual([
      "image",
      "csv",
      "text",
      "json",
    ]);
  });
});
