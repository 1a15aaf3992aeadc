import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Ancestry, layLanes, widthOf } from "../src/pages/data/history/lanes";

/** Histories as they may come: newest first, parents behind their children, some of them on a later page. */
const history = fc
  .tuple(fc.integer({ min: 1, max: 30 }), fc.array(fc.tuple(fc.nat(40), fc.nat(40)), { maxLength: 60 }))
  .map(([n, links]): Ancestry[] =>
    Array.from({ length: n }, (_, i) => ({
      id: `c${i}`,
      parents: [
        ...new Set(links.filter(([child]) => child % n === i).map(([, step]) => `c${i + 1 + (step % 8)}`)),
      ],
    })),
  );

/** Follows the line from a row towards a commit; the row it ends at. */
function follow(rows: ReturnType<typeof layLanes>, start: number, target: string): number | null {
  let columns = new Set([rows[start]?.lane ?? -1]);
  for (let i = start; i < rows.length; i++) {
    const strands = rows[i]?.strands.filter((s) => s.target === target && columns.has(s.from)) ?? [];
    if (strands.length === 0) return null;
    columns = new Set(strands.map((s) => s.to));
    const next = rows[i + 1];
    if (next?.id === target) return columns.has(next.lane) ? i + 1 : null;
  }
  return rows.length;
}

describe("lanes of a history", () => {
  it("lead from every commit to each of its parents", () => {
    fc.assert(
      fc.property(history, (commits) => {
        const rows = layLanes(commits);
        const at = new Map(commits.map((commit, i) => [commit.id, i]));
        for (const [i, commit] of commits.entries()) {
          for (const parent of commit.parents)
            expect(follow(rows, i, parent)).toBe(at.get(parent) ?? rows.length);
        }
      }),
    );
  });

  it("pass no commit that is not their own", () => {
    fc.assert(
      fc.property(history, (commits) => {
        const rows = layLanes(commits);
        for (const [i, row] of rows.entries()) {
          const next = rows[i + 1];
          for (const strand of row.strands)
            expect(strand.to === next?.lane).toBe(next !== undefined && strand.target === next.id);
        }
      }),
    );
  });

  it("never lie on one another between rows", () => {
    fc.assert(
      fc.property(history, (commits) => {
        for (const { strands } of layLanes(commits)) {
          const by = new Map<number, Set<string>>();
          for (const { to, target } of strands) by.set(to, (by.get(to) ?? new Set()).add(target));
          for (const targets of by.values()) expect(targets.size).toBe(1);
        }
      }),
    );
  });

  it("take freed columns again", () => {
    // A thousand short side branches, one after the other, need two columns.
    const commits = Array.from({ length: 1000 }, (_, i) => [
      { id: `m${i}`, parents: [`b${i}`, `s${i}`] },
      { id: `s${i}`, parents: [`b${i}`] },
      { id: `b${i}`, parents: [`m${i + 1}`] },
    ]).flat();
    expect(widthOf(layLanes(commits))).toBe(2);
  });

  it("keep one colour along a branch, and draw a line of commits as one line", () => {
    const line = Array.from({ length: 50 }, (_, i) => ({ id: `c${i}`, parents: [`c${i + 1}`] }));
    const rows = layLanes(line);
    expect(new Set(rows.map((row) => row.track)).size).toBe(1);
    expect(widthOf(rows)).toBe(1);
  });

  it("draw a branch that was merged beside the one it was merged into", () => {
    const rows = layLanes([
      { id: "merge", parents: ["main", "side"] },
      { id: "side", parents: ["base"] },
      { id: "main", parents: ["base"] },
      { id: "base", parents: [] },
    ]);
    expect(rows.map((row) => row.lane)).toEqual([0, 1, 0, 0]);
    expect(rows.at(-1)?.strands).toEqual([]);
  });

  it("do not wait for a parent that came before", () => {
    const rows = layLanes([
      { id: "parent", parents: [] },
      { id: "child", parents: ["parent"] },
    ]);
    expect(rows.flatMap((row) => row.strands)).toEqual([]);
  });
});
