/**
 * Layered layout of a directed graph, from left to right: longest-path layers, barycentre sweeps against crossings
 * (Sugiyama, Tagawa and Toda 1981), then each node moved towards its neighbours as far as its layer has room.
 * Edges that close a cycle are left out of the layering, so that any graph can be drawn.
 */
import type { GraphEdge } from "../api/types";

export interface Placed {
  readonly id: string;
  readonly layer: number;
  /** Top left corner. */
  readonly x: number;
  readonly y: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
  readonly gapX: number;
  readonly gapY: number;
}

const SWEEPS = 8;
const SETTLINGS = 6;

export function layout(ids: readonly string[], edges: readonly GraphEdge[], size: Size): Placed[] {
  const known = new Set(ids);
  const real = edges.filter((edge) => edge.from !== edge.to && known.has(edge.from) && known.has(edge.to));
  const forward = withoutCycles(ids, real);
  const layers = ordered(layered(ids, forward), forward);
  const y = settled(layers, forward, size.height + size.gapY);
  const top = Math.min(0, ...y.values());
  return layers.flatMap((layer, l) =>
    layer.map((id) => ({ id, layer: l, x: l * (size.width + size.gapX), y: (y.get(id) ?? 0) - top })),
  );
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

/** Every node as far right as its longest way in from a source. */
function layered(ids: readonly string[], edges: readonly GraphEdge[]): string[][] {
  const out = neighbours(edges, "from");
  const waiting = new Map(ids.map((id) => [id, 0]));
  for (const edge of edges) waiting.set(edge.to, (waiting.get(edge.to) ?? 0) + 1);
  const depth = new Map<string, number>();
  const ready = ids.filter((id) => waiting.get(id) === 0);
  for (const id of ready) {
    const here = depth.get(id) ?? 0;
    depth.set(id, here);
    for (const next of out.get(id) ?? []) {
      depth.set(next, Math.max(depth.get(next) ?? 0, here + 1));
      const left = (waiting.get(next) ?? 0) - 1;
      waiting.set(next, left);
      if (left === 0) ready.push(next);
    }
  }
  const layers: string[][] = [];
  for (const id of ids) {
    const at = depth.get(id) ?? 0;
    while (layers.length <= at) layers.push([]);
    layers[at]?.push(id);
  }
  return layers;
}

const mean = (numbers: readonly number[]): number => numbers.reduce((sum, n) => sum + n, 0) / numbers.length;

function ordered(start: string[][], edges: readonly GraphEdge[]): string[][] {
  const into = neighbours(edges, "to");
  const out = neighbours(edges, "from");
  const layers = start.map((layer) => [...layer]);
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    const down = sweep % 2 === 0;
    const position = new Map(
      layers.flatMap((layer) => layer.map((id, i) => [id, i / Math.max(1, layer.length - 1)] as const)),
    );
    const indices = layers.map((_, i) => (down ? i : layers.length - 1 - i));
    for (const l of indices) {
      const layer = layers[l] ?? [];
      const weight = new Map(
        layer.map((id) => {
          const others = (down ? into : out).get(id) ?? [];
          return [
            id,
            others.length > 0
              ? mean(others.map((other) => position.get(other) ?? 0))
              : (position.get(id) ?? 0),
          ];
        }),
      );
      layer.sort((a, b) => (weight.get(a) ?? 0) - (weight.get(b) ?? 0));
      for (const [i, id] of layer.entries()) position.set(id, i / Math.max(1, layer.length - 1));
    }
  }
  return layers;
}

function settled(
  layers: readonly string[][],
  edges: readonly GraphEdge[],
  step: number,
): Map<string, number> {
  const into = neighbours(edges, "to");
  const out = neighbours(edges, "from");
  const y = new Map<string, number>();
  for (const layer of layers)
    for (const [i, id] of layer.entries()) y.set(id, (i - (layer.length - 1) / 2) * step);
  for (let round = 0; round < SETTLINGS; round++) {
    for (const layer of round % 2 === 0 ? layers : [...layers].reverse()) {
      const wished = layer.map((id) => {
        const others = [...(into.get(id) ?? []), ...(out.get(id) ?? [])];
        return others.length > 0 ? mean(others.map((other) => y.get(other) ?? 0)) : (y.get(id) ?? 0);
      });
      for (const [i, at] of apart(wished, step).entries()) {
        const id = layer[i];
        if (id !== undefined) y.set(id, at);
      }
    }
  }
  return y;
}

/** The wished positions, moved until neighbours are a step apart, with the layer's middle where it was wished. */
function apart(wished: readonly number[], step: number): number[] {
  const placed: number[] = [];
  for (const wish of wished) placed.push(Math.max(wish, (placed.at(-1) ?? Number.NEGATIVE_INFINITY) + step));
  const shift = wished.length > 0 ? mean(wished) - mean(placed) : 0;
  return placed.map((at) => at + shift);
}
