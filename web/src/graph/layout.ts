/**
 * Layered layout of a directed graph (Sugiyama, Tagawa and Toda 1981): longest-path layers, barycentre sweeps against
 * crossings, then each node moved towards its neighbours as far as its layer has room. An edge across several layers
 * holds a narrow lane in each of them, so that it goes past nodes and not behind them. Edges that close a cycle are
 * left out of the layering, so that any graph can be drawn.
 */
import type { GraphEdge } from "../api/types";

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** A node by its top left corner. */
export interface Placed extends Point {
  readonly id: string;
  readonly layer: number;
}

export type Direction = "right" | "down";

/** Of a node, and the room between: `between` layers, and `beside` neighbours of one layer. */
export interface Size {
  readonly width: number;
  readonly height: number;
  readonly between: number;
  readonly beside: number;
}

export interface Layout {
  readonly direction: Direction;
  readonly places: readonly Placed[];
  /** Points that an edge passes on its way, by `edgeKey`: where it enters and leaves each layer between its ends. */
  readonly routes: ReadonlyMap<string, readonly Point[]>;
}

export const edgeKey = (edge: GraphEdge): string => `${edge.from}→${edge.to}`;

const SWEEPS = 8;
const SETTLINGS = 10;
/** Width of a lane, as a share of the room between neighbours. */
const LANE = 0.25;

export function layout(
  ids: readonly string[],
  edges: readonly GraphEdge[],
  size: Size,
  direction: Direction = "right",
): Layout {
  const known = new Set(ids);
  const real = edges.filter((edge) => edge.from !== edge.to && known.has(edge.from) && known.has(edge.to));
  const depth = depths(ids, withoutCycles(ids, real));
  const { layers, links, lanes, backward } = withLanes(ids, real, depth);
  const down = direction === "down";
  const extent = down ? size.width : size.height;
  const ordering = ordered(layers, links);
  const across = settled(ordering, links, (id) =>
    known.has(id) ? extent + size.beside : size.beside * LANE,
  );

  const step = (down ? size.height : size.width) + size.between;
  const first = Math.min(0, ...ids.map((id) => (across.get(id) ?? 0) - extent / 2));
  const at = (layer: number, middle: number, back: number, aside: number): Point => {
    const along = layer * step - back;
    const over = middle - first - aside;
    return down ? { x: over, y: along } : { x: along, y: over };
  };
  const places = ids.map((id): Placed => {
    const layer = depth.get(id) ?? 0;
    return { id, layer, ...at(layer, across.get(id) ?? 0, 0, extent / 2) };
  });
  const through = down ? size.height : size.width;
  const routes = new Map<string, Point[]>();
  for (const [key, lane] of lanes) {
    const points = lane.flatMap(({ id, layer }) => {
      const middle = across.get(id) ?? 0;
      const [near, far] = [at(layer, middle, 0, 0), at(layer, middle, -through, 0)];
      return [near, far];
    });
    routes.set(key, backward.has(key) ? points.reverse() : points);
  }
  return { direction, places, routes };
}

/** The layout of the direction that can be shown larger in a room of this width and height. */
export function fittingLayout(
  ids: readonly string[],
  edges: readonly GraphEdge[],
  size: Size,
  room: { readonly width: number; readonly height: number },
): Layout {
  const scaleOf = ({ places }: Layout): number => {
    const width = Math.max(1, ...places.map((place) => place.x + size.width));
    const height = Math.max(1, ...places.map((place) => place.y + size.height));
    return Math.min(1, room.width / width, room.height / height);
  };
  const right = layout(ids, edges, size, "right");
  const down = layout(ids, edges, size, "down");
  return scaleOf(right) >= scaleOf(down) ? right : down;
}

function neighbours(edges: readonly GraphEdge[], key: "from" | "to"): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const edge of edges) {
    const list = found.get(edge[key]);
    const other = key === "from" ? edge.to : edge.from;
    if (list) list.push(other);
    else found.set(edge[key], [other]);
  }
  return found;
}

/** The edges that remain when those leading back to a node still being visited are dropped. */
function withoutCycles(ids: readonly string[], edges: readonly GraphEdge[]): GraphEdge[] {
  const out = neighbours(edges, "from");
  const state = new Map<string, "open" | "done">();
  const kept: GraphEdge[] = [];
  for (const root of ids) {
    if (state.has(root)) continue;
    const stack: { id: string; rest: string[] }[] = [{ id: root, rest: [...(out.get(root) ?? [])] }];
    state.set(root, "open");
    for (let top = stack.at(-1); top; top = stack.at(-1)) {
      const next = top.rest.shift();
      if (next === undefined) {
        state.set(top.id, "done");
        stack.pop();
      } else if (state.get(next) !== "open") {
        kept.push({ from: top.id, to: next });
        if (!state.has(next)) {
          state.set(next, "open");
          stack.push({ id: next, rest: [...(out.get(next) ?? [])] });
        }
      }
    }
  }
  return kept;
}

/** How far each node lies from the sources, by its longest way in; a source stands right before its first reader. */
function depths(ids: readonly string[], edges: readonly GraphEdge[]): Map<string, number> {
  const out = neighbours(edges, "from");
  const waiting = new Map(ids.map((id) => [id, 0]));
  for (const edge of edges) waiting.set(edge.to, (waiting.get(edge.to) ?? 0) + 1);
  const depth = new Map<string, number>(ids.map((id) => [id, 0]));
  const ready = ids.filter((id) => waiting.get(id) === 0);
  for (const id of ready) {
    for (const next of out.get(id) ?? []) {
      depth.set(next, Math.max(depth.get(next) ?? 0, (depth.get(id) ?? 0) + 1));
      const left = (waiting.get(next) ?? 0) - 1;
      waiting.set(next, left);
      if (left === 0) ready.push(next);
    }
  }
  const read = new Set(edges.map((edge) => edge.to));
  for (const id of ids) {
    const readers = (out.get(id) ?? []).map((next) => depth.get(next) ?? 0);
    if (!read.has(id) && readers.length > 0) depth.set(id, Math.min(...readers) - 1);
  }
  return depth;
}

interface Lane {
  readonly id: string;
  readonly layer: number;
}

/** Layers of nodes and of lanes, and the links between neighbouring layers that stand for the edges. */
function withLanes(ids: readonly string[], edges: readonly GraphEdge[], depth: ReadonlyMap<string, number>) {
  const layers: string[][] = [];
  const put = (id: string, layer: number) => {
    while (layers.length <= layer) layers.push([]);
    layers[layer]?.push(id);
  };
  for (const id of ids) put(id, depth.get(id) ?? 0);
  const links: GraphEdge[] = [];
  const lanes = new Map<string, Lane[]>();
  const backward = new Set<string>();
  for (const edge of edges) {
    const [from, to] = [depth.get(edge.from) ?? 0, depth.get(edge.to) ?? 0];
    const forward = from < to;
    const key = edgeKey(edge);
    if (from === to || lanes.has(key)) continue;
    const lane: Lane[] = [];
    for (let layer = Math.min(from, to) + 1; layer < Math.max(from, to); layer++) {
      const id = `lane ${layer} ${key}`;
      put(id, layer);
      lane.push({ id, layer });
    }
    const ends = forward ? [edge.from, edge.to] : [edge.to, edge.from];
    const chain = [ends[0] ?? "", ...lane.map((each) => each.id), ends[1] ?? ""];
    for (let i = 1; i < chain.length; i++) links.push({ from: chain[i - 1] ?? "", to: chain[i] ?? "" });
    lanes.set(key, lane);
    if (!forward) backward.add(key);
  }
  return { layers, links, lanes, backward };
}

const mean = (numbers: readonly number[]): number => numbers.reduce((sum, n) => sum + n, 0) / numbers.length;

function ordered(start: string[][], links: readonly GraphEdge[]): string[][] {
  const into = neighbours(links, "to");
  const out = neighbours(links, "from");
  const layers = start.map((layer) => [...layer]);
  const position = new Map<string, number>();
  const number = (layer: readonly string[]) => {
    for (const [i, id] of layer.entries()) position.set(id, i / Math.max(1, layer.length - 1));
  };
  for (const layer of layers) number(layer);
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    const forward = sweep % 2 === 0;
    const weigh = (id: string): number => {
      const others = (forward ? into : out).get(id) ?? [];
      return others.length > 0
        ? mean(others.map((other) => position.get(other) ?? 0))
        : (position.get(id) ?? 0);
    };
    for (const layer of forward ? layers : [...layers].reverse()) {
      const weight = new Map(layer.map((id) => [id, weigh(id)]));
      layer.sort((a, b) => (weight.get(a) ?? 0) - (weight.get(b) ?? 0));
      number(layer);
    }
  }
  return layers;
}

/** The middle of each node across the layers. */
function settled(
  layers: readonly string[][],
  links: readonly GraphEdge[],
  room: (id: string) => number,
): Map<string, number> {
  const into = neighbours(links, "to");
  const out = neighbours(links, "from");
  const middle = new Map<string, number>();
  const place = (layer: readonly string[], wished: readonly number[]) => {
    for (const [i, at] of apart(wished, layer.map(room)).entries()) middle.set(layer[i] ?? "", at);
  };
  for (const layer of layers) place(layer, new Array<number>(layer.length).fill(0));
  for (let round = 0; round < SETTLINGS; round++) {
    for (const layer of round % 2 === 0 ? layers : [...layers].reverse()) {
      place(
        layer,
        layer.map((id) => {
          const others = [...(into.get(id) ?? []), ...(out.get(id) ?? [])];
          return others.length > 0
            ? mean(others.map((other) => middle.get(other) ?? 0))
            : (middle.get(id) ?? 0);
        }),
      );
    }
  }
  return middle;
}

/** The wished middles, moved until neighbours do not touch, with the layer's own middle where it was wished. */
function apart(wished: readonly number[], rooms: readonly number[]): number[] {
  const placed: number[] = [];
  for (const [i, wish] of wished.entries()) {
    const before = placed.at(-1);
    const need = ((rooms[i] ?? 0) + (rooms[i - 1] ?? 0)) / 2;
    placed.push(before === undefined ? wish : Math.max(wish, before + need));
  }
  const shift = wished.length > 0 ? mean(wished) - mean(placed) : 0;
  return placed.map((at) => at + shift);
}
