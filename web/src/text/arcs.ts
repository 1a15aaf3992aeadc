/**
 * Where arcs between marks run. Arcs within a line of text go above it, the shorter ones below the longer; those between
 * lines go to the left edge, and down there in lanes of their own. So what lies within another never crosses it. Pure.
 */

/** Where a mark begins on the page, in pixels. */
export interface Anchor {
  readonly x: number;
  readonly width: number;
  /** Of the line of text that it stands in. */
  readonly top: number;
}

export interface Link {
  readonly id: string;
  readonly from: Anchor;
  readonly to: Anchor;
}

export interface Arc {
  readonly id: string;
  readonly path: string;
  /** Where its ends touch the marks. */
  readonly from: Spot;
  readonly to: Spot;
  /** The middle of its longest level stretch, for a name of `room` pixels. */
  readonly label: Spot & { readonly room: number };
}

export interface Spot {
  readonly x: number;
  readonly y: number;
}

/** Between a line of text and the one above it. */
export const ROOM_PX = 27;
const STEP_PX = 12;
const CORNER_PX = 4;
const SAME_LINE_PX = 9;
const LANE_PX = 5;
const LANES = 5;
const GUTTER_PX = 7;
const INSET_PX = 3;

interface End {
  readonly link: Link;
  readonly anchor: Anchor;
  readonly line: number;
  /** Where its level stretch leads to. */
  towards: number;
  x: number;
}

/** One level stretch of an arc, above a line. */
interface Run {
  readonly left: number;
  readonly right: number;
  level: number;
}

export function arcsOf(links: readonly Link[]): Arc[] {
  const lines = linesOf(links);
  const lineOf = ({ top }: Anchor): number => lines.findLastIndex((line) => top >= line - 1);
  const pairs = links.map((link): [End, End] => {
    const [from, to] = [link.from, link.to].map((anchor) => ({
      link,
      anchor,
      line: lineOf(anchor),
      towards: 0,
      x: 0,
    })) as [End, End];
    return [from, to];
  });
  const lanes = lanesOf(pairs, lines);
  for (const [from, to] of pairs) {
    const lane = lanes.get(from.link.id);
    from.towards = lane ?? middleOf(to.anchor);
    to.towards = lane ?? middleOf(from.anchor);
  }
  spread(pairs.flat());
  const runs = levelled(pairs, lanes);
  return pairs.map(([from, to]) => drawn(from, to, lanes.get(from.link.id) ?? null, runs, lines));
}

/** Tops of the lines that have an end of an arc, from above. */
function linesOf(links: readonly Link[]): number[] {
  const tops = links.flatMap(({ from, to }) => [from.top, to.top]).sort((a, b) => a - b);
  const lines: number[] = [];
  for (const top of tops) if (top - (lines.at(-1) ?? -1e9) > SAME_LINE_PX) lines.push(top);
  return lines;
}

/** For arcs from line to line: where they run down, those over few lines nearest to the text. */
function lanesOf(pairs: readonly [End, End][], lines: readonly number[]): Map<string, number> {
  const height = ([from, to]: [End, End]) =>
    Math.abs((lines[from.line] as number) - (lines[to.line] as number));
  const taken: [number, number][][] = Array.from({ length: LANES }, () => []);
  const lanes = new Map<string, number>();
  for (const pair of pairs
    .filter(([from, to]) => from.line !== to.line)
    .sort((a, b) => height(a) - height(b))) {
    const [a, b] = [Math.min(pair[0].line, pair[1].line), Math.max(pair[0].line, pair[1].line)];
    const free = taken.findIndex((held) => held.every(([from, to]) => to <= a || from >= b));
    const lane = free < 0 ? LANES - 1 : free;
    taken[lane]?.push([a, b]);
    lanes.set(pair[0].link.id, -GUTTER_PX - lane * LANE_PX);
  }
  return lanes;
}

/** Ends on one mark stand beside each other, so that none has to cross another there. */
function spread(ends: readonly End[]): void {
  const marks = new Map<string, End[]>();
  for (const end of ends) {
    const name = `${end.line} ${end.anchor.x}`;
    marks.set(name, [...(marks.get(name) ?? []), end]);
  }
  for (const held of marks.values()) {
    const middle = middleOf((held[0] as End).anchor);
    const [left, right] = [
      held.filter((each) => each.towards < middle),
      held.filter((each) => each.towards >= middle),
    ];
    // The farther it goes, the nearer to the middle it begins.
    const order = [
      ...left.sort((a, b) => b.towards - a.towards),
      ...right.sort((a, b) => b.towards - a.towards),
    ];
    order.forEach((end, i) => {
      const { x, width } = end.anchor;
      const free = Math.max(0, width - 2 * INSET_PX);
      end.x = x + Math.min(INSET_PX, width / 2) + (free * (i + 0.5)) / order.length;
    });
  }
}

/** Each stretch above every shorter one that it shares a place with. */
function levelled(pairs: readonly [End, End][], lanes: ReadonlyMap<string, number>): Map<End, Run> {
  const runs = new Map<End, Run>();
  const byLine = new Map<number, Run[]>();
  const add = (end: End, others: End | null, to: number) => {
    const run = { left: Math.min(end.x, to), right: Math.max(end.x, to), level: 1 };
    runs.set(end, run);
    if (others) runs.set(others, run);
    byLine.set(end.line, [...(byLine.get(end.line) ?? []), run]);
  };
  for (const [from, to] of pairs) {
    const lane = lanes.get(from.link.id);
    if (lane === undefined) add(from, to, to.x);
    else {
      add(from, null, lane);
      add(to, null, lane);
    }
  }
  for (const line of byLine.values()) {
    line.sort((a, b) => a.right - a.left - (b.right - b.left) || a.left - b.left);
    line.forEach((run, i) => {
      for (const below of line.slice(0, i))
        if (below.left < run.right && below.right > run.left)
          run.level = Math.max(run.level, below.level + 1);
    });
    const highest = Math.max(...line.map((run) => run.level));
    const step = Math.min(STEP_PX, ROOM_PX / (highest + 0.25));
    for (const run of line) run.level *= step;
  }
  return runs;
}

function drawn(
  from: End,
  to: End,
  lane: number | null,
  runs: ReadonlyMap<End, Run>,
  lines: readonly number[],
): Arc {
  const place = (end: End): Spot => ({ x: end.x, y: end.anchor.top });
  const height = (end: End) => (lines[end.line] as number) - (runs.get(end)?.level ?? 0);
  const points: Spot[] =
    lane === null
      ? [place(from), { x: from.x, y: height(from) }, { x: to.x, y: height(from) }, place(to)]
      : [
          place(from),
          { x: from.x, y: height(from) },
          { x: lane, y: height(from) },
          { x: lane, y: height(to) },
          { x: to.x, y: height(to) },
          place(to),
        ];
  const longest = lane === null || runLength(runs, to) >= runLength(runs, from) ? to : from;
  const run = runs.get(longest) as Run;
  const label = {
    x: (run.left + run.right) / 2,
    y: height(longest),
    room: run.right - run.left - 2 * CORNER_PX,
  };
  return { id: from.link.id, path: rounded(points), from: place(from), to: place(to), label };
}

const runLength = (runs: ReadonlyMap<End, Run>, end: End): number => {
  const run = runs.get(end);
  return run ? run.right - run.left : 0;
};

const middleOf = ({ x, width }: Anchor): number => x + width / 2;

/** A line through the points, its corners rounded where there is room for it. */
function rounded(points: readonly Spot[]): string {
  const [first, ...others] = points as [Spot, ...Spot[]];
  let path = `M${spell(first)}`;
  others.forEach((corner, i) => {
    const [before, after] = [points[i] as Spot, others[i + 1]];
    if (!after) {
      path += `L${spell(corner)}`;
      return;
    }
    const [a, b] = [towards(corner, before), towards(corner, after)];
    path += `L${spell(a)}Q${spell(corner)} ${spell(b)}`;
  });
  return path;
}

function towards(from: Spot, to: Spot): Spot {
  const length = Math.hypot(to.x - from.x, to.y - from.y);
  const k = length === 0 ? 0 : Math.min(CORNER_PX, length / 2) / length;
  return { x: from.x + (to.x - from.x) * k, y: from.y + (to.y - from.y) * k };
}

const spell = ({ x, y }: Spot): string => `${Math.round(x * 10) / 10} ${Math.round(y * 10) / 10}`;
