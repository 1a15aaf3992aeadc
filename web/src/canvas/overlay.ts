/** What is in somebody's hand: selection, handles, a shape being drawn, a brush stroke. Drawn anew in every frame. */
import { type Bounds, type Handle, type ImageShape, middleOf, type Point } from "../geometry";
import type { Look } from "./looks";
import { paintArrow, paintHandles, paintShape } from "./paint";
import type { Scene } from "./scene";
import { paintTag } from "./tags";
import type { View } from "./view";

export interface BrushStroke {
  readonly points: readonly Point[];
  readonly radius: number;
  readonly erases: boolean;
  readonly look: Look;
}

export interface Overlay {
  readonly selected: ReadonlySet<string>;
  readonly hovered: string | null;
  /** Shapes that regions have for as long as a gesture lasts. */
  readonly replaced: ReadonlyMap<string, ImageShape>;
  readonly handles: readonly Handle[];
  readonly handle: string | null;
  readonly draft: { readonly shape: ImageShape; readonly look: Look } | null;
  /** Points set so far, and where the next one would be. */
  readonly chain: {
    readonly points: readonly Point[];
    readonly next: Point | null;
    readonly look: Look;
  } | null;
  readonly marquee: Bounds | null;
  readonly stroke: BrushStroke | null;
  readonly brush: { readonly at: Point; readonly radius: number } | null;
  readonly crosshair: Point | null;
  readonly links: readonly { readonly from: string; readonly to: string; readonly both: boolean }[];
  readonly link: { readonly from: string; readonly to: Point } | null;
}

export const NOTHING_IN_HAND: Overlay = {
  selected: new Set(),
  hovered: null,
  replaced: new Map(),
  handles: [],
  handle: null,
  draft: null,
  chain: null,
  marquee: null,
  stroke: null,
  brush: null,
  crosshair: null,
  links: [],
  link: null,
};

interface Paper {
  readonly context: CanvasRenderingContext2D;
  readonly view: View;
  readonly dpr: number;
  readonly scene: Scene;
}

/** More selected regions than this are drawn without their fill and name. */
const MOST_DETAILED = 200;

export function paintOverlay(paper: Paper, overlay: Overlay): void {
  const { context, view, scene } = paper;
  const { scale } = view;
  if (overlay.stroke?.erases) paintErased(paper, overlay);
  const plain = overlay.selected.size > MOST_DETAILED;
  for (const id of overlay.selected) paintRegion(paper, overlay, id, plain ? 0 : 0.28, 2.75);
  for (const id of overlay.replaced.keys())
    if (!overlay.selected.has(id)) paintRegion(paper, overlay, id, 0.2, 2);
  if (overlay.hovered && !overlay.selected.has(overlay.hovered))
    paintRegion(paper, overlay, overlay.hovered, 0.18, 2.5);
  if (overlay.stroke && !overlay.stroke.erases) paintStroke(context, overlay.stroke);
  if (overlay.draft)
    paintShape(context, overlay.draft.shape, {
      look: overlay.draft.look,
      scale,
      width: 2,
      fill: 0.2,
      halo: true,
    });
  paintChain(paper, overlay);
  for (const { from, to, both } of overlay.links) {
    const [a, b] = [scene.get(from), scene.get(to)];
    if (a && b)
      paintArrow(
        context,
        middleOf(shapeOf(overlay, from, a.shape)),
        middleOf(shapeOf(overlay, to, b.shape)),
        scale,
        both,
      );
  }
  if (overlay.link) {
    const from = scene.get(overlay.link.from);
    if (from) paintArrow(context, middleOf(from.shape), overlay.link.to, scale, false);
  }
  paintHandles(context, overlay.handles, scale, overlay.handle);
  paintAids(paper, overlay);
}

const shapeOf = (overlay: Overlay, id: string, shape: ImageShape): ImageShape =>
  overlay.replaced.get(id) ?? shape;

function paintRegion(paper: Paper, overlay: Overlay, id: string, fill: number, width: number): void {
  const { context, view, dpr, scene } = paper;
  const item = scene.get(id);
  if (!item || (item.region.hidden && !overlay.selected.has(id))) return;
  // The eraser has drawn it already, with the hole in it.
  if (overlay.stroke?.erases && overlay.replaced.has(id)) return;
  const shape = shapeOf(overlay, id, item.shape);
  const { scale } = view;
  paintShape(context, shape, { look: item.look, scale, width, fill, halo: fill > 0 });
  if (fill > 0 && shape === item.shape)
    paintTag(context, item.bounds, item.look, { scale, dpr, top: Math.max(0, -view.y / scale) });
}

function paintErased(paper: Paper, overlay: Overlay): void {
  const { context, view, scene } = paper;
  for (const id of overlay.replaced.keys()) {
    const item = scene.get(id);
    if (item) paintShape(context, item.shape, { look: item.look, scale: view.scale, width: 2, fill: 0.3 });
  }
  if (!overlay.stroke) return;
  context.globalCompositeOperation = "destination-out";
  paintStroke(context, overlay.stroke, 1);
  context.globalCompositeOperation = "source-over";
}

function paintStroke(context: CanvasRenderingContext2D, stroke: BrushStroke, alpha = 0.5): void {
  context.globalAlpha = alpha;
  context.strokeStyle = stroke.look.color;
  context.lineWidth = stroke.radius * 2;
  context.lineCap = "round";
  context.lineJoin = "round";
  context.beginPath();
  stroke.points.forEach(([x, y], i) => {
    if (i === 0) context.moveTo(x, y);
    context.lineTo(x, y);
  });
  context.stroke();
  context.lineCap = "butt";
  context.lineJoin = "miter";
  context.globalAlpha = 1;
}

function paintChain({ context, view: { scale } }: Paper, { chain }: Overlay): void {
  if (!chain) return;
  const { points, next, look } = chain;
  context.beginPath();
  for (const [i, [x, y]] of (next ? [...points, next] : points).entries()) {
    if (i === 0) context.moveTo(x, y);
    else context.lineTo(x, y);
  }
  for (const [color, width] of [
    ["rgb(14 15 18 / 55%)", 4],
    [look.color, 2],
  ] as const) {
    context.strokeStyle = color;
    context.lineWidth = width / scale;
    context.stroke();
  }
  const handles = points.map((at, i): Handle => ({ id: `${i}`, at, role: "vertex" }));
  paintHandles(context, handles, scale, points.length > 2 ? "0" : null);
}

function paintAids(paper: Paper, { marquee, brush, crosshair }: Overlay): void {
  const { context, view } = paper;
  const { scale } = view;
  if (marquee) {
    const { minX, minY, maxX, maxY } = marquee;
    context.fillStyle = "rgb(91 141 239 / 16%)";
    context.fillRect(minX, minY, maxX - minX, maxY - minY);
    context.strokeStyle = "#7ba5f5";
    context.lineWidth = 1 / scale;
    context.strokeRect(minX, minY, maxX - minX, maxY - minY);
  }
  if (brush) {
    for (const [color, width] of [
      ["#0e0f12", 3],
      ["#ffffff", 1.25],
    ] as const) {
      context.beginPath();
      context.arc(brush.at[0], brush.at[1], brush.radius, 0, 2 * Math.PI);
      context.strokeStyle = color;
      context.lineWidth = width / scale;
      context.stroke();
    }
  }
  if (crosshair) paintCrosshair(paper, crosshair);
}

function paintCrosshair({ context, view: { scale } }: Paper, [x, y]: Point): void {
  const far = 1e6;
  for (const [color, width] of [
    ["rgb(14 15 18 / 80%)", 3],
    ["#ffffff", 1],
  ] as const) {
    context.strokeStyle = color;
    context.lineWidth = width / scale;
    context.beginPath();
    context.moveTo(x - far, y);
    context.lineTo(x + far, y);
    context.moveTo(x, y - far);
    context.lineTo(x, y + far);
    context.stroke();
  }
}
