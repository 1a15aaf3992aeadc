/** Where commits and the lines between them go when a history is drawn, newest first. Pure. */

export interface Ancestry {
  readonly id: string;
  readonly parents: readonly string[];
}

/** One line from a row's middle to the next row's, from column to column; `track` names its colour. */
export interface Strand {
  readonly from: number;
  readonly to: number;
  readonly track: number;
  /** The commit that the line leads to at last. */
  readonly target: string;
}

export interface LaneRow {
  readonly id: string;
  readonly lane: number;
  readonly track: number;
  readonly strands: readonly Strand[];
}

interface Lane {
  readonly target: string;
  readonly track: number;
}

/**
 * A lane for every line of descent. A commit stands on the leftmost lane that waits for it; its first parent inherits
 * that lane, so that the branch that was merged into runs straight on. Freed lanes are taken again from the left.
 * Parents that come before their child (clocks go wrong) are not waited for.
 */
export function layLanes(commits: readonly Ancestry[]): LaneRow[] {
  const rows: LaneRow[] = [];
  const seen = new Set<string>();
  let lanes: (Lane | null)[] = [];
  let tracks = 0;
  for (const [i, { id, parents }] of commits.entries()) {
    seen.add(id);
    const waiting = lanes.findIndex((each) => each?.target === id);
    const lane = waiting >= 0 ? waiting : firstFree(lanes);
    const track = lanes[lane]?.track ?? tracks++;
    const through = lanes.map((each) => (each?.target === id ? null : each));
    const next = [...through];
    const opened: { column: number; lane: Lane }[] = [];
    const joined: Strand[] = [];
    for (const [order, parent] of [...new Set(parents)].entries()) {
      if (seen.has(parent)) continue;
      const there = next.findIndex((each) => each?.target === parent);
      if (order > 0 && there >= 0) {
        // The lane is there already: the line joins it, in its colour.
        joined.push({ from: lane, to: there, track: next[there]?.track ?? track, target: parent });
        continue;
      }
      const column = order === 0 ? lane : firstFree(next, lane + 1);
      const begun: Lane = { target: parent, track: order === 0 ? track : tracks++ };
      next[column] = begun;
      opened.push({ column, lane: begun });
    }
    const following = commits[i + 1]?.id;
    const landing = next.findIndex((each) => each?.target === following);
    const end = (column: number, target: string): number => (target === following ? landing : column);
    const strands: Strand[] = [
      ...through.flatMap((each, column) =>
        each ? [{ from: column, to: end(column, each.target), track: each.track, target: each.target }] : [],
      ),
      ...opened.map(({ column, lane: begun }) => ({
        from: lane,
        to: end(column, begun.target),
        track: begun.track,
        target: begun.target,
      })),
      ...joined.map((each) => ({ ...each, to: end(each.to, each.target) })),
    ];
    rows.push({ id, lane, track, strands });
    lanes = trimmed(next);
  }
  return rows;
}

/** Columns that a drawing needs. */
export const widthOf = (rows: readonly LaneRow[]): number =>
  rows.reduce((most, row) => Math.max(most, row.lane + 1, ...row.strands.map((s) => s.to + 1)), 1);

function firstFree(lanes: readonly (Lane | null)[], from = 0): number {
  for (let i = from; i < lanes.length; i++) if (!lanes[i]) return i;
  return Math.max(from, lanes.length);
}

function trimmed(lanes: (Lane | null)[]): (Lane | null)[] {
  const dense = Array.from(lanes, (each) => each ?? null);
  while (dense.length > 0 && dense.at(-1) === null) dense.pop();
  return dense;
}
