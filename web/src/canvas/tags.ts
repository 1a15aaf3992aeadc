/** The name on a shape: text is set once per label and copied from then on. */
import type { Bounds } from "../geometry";
import type { Look } from "./looks";

interface Tag {
  readonly canvas: HTMLCanvasElement;
  readonly width: number;
}

export const TAG_HEIGHT_PX = 18;
const LONGEST_PX = 160;
const PADDING_PX = 5;
const FONT = '600 11px "Inter Variable", system-ui, sans-serif';
const tags = new Map<string, Tag>();

function tagOf({ name, color }: Look, dpr: number): Tag {
  const key = `${dpr} ${color} ${name}`;
  const known = tags.get(key);
  if (known) return known;
  if (tags.size > 2_000) tags.clear();
  const canvas = document.createElement("canvas");
  const context = canvas.getContext("2d") as CanvasRenderingContext2D;
  context.font = FONT;
  const width = Math.min(LONGEST_PX, Math.ceil(context.measureText(name).width) + 2 * PADDING_PX);
  canvas.width = Math.ceil(width * dpr);
  canvas.height = Math.ceil(TAG_HEIGHT_PX * dpr);
  context.scale(dpr, dpr);
  context.fillStyle = color;
  context.beginPath();
  context.roundRect(0, 0, width, TAG_HEIGHT_PX, 3);
  context.fill();
  context.clip();
  context.font = FONT;
  context.textBaseline = "middle";
  // Whatever colour a label was given: its name is written in black or white, whichever reads better on it.
  context.fillStyle = isLight(context) ? "#0e0f12" : "#ffffff";
  context.fillText(name, PADDING_PX, TAG_HEIGHT_PX / 2 + 0.5);
  const tag = { canvas, width };
  tags.set(key, tag);
  return tag;
}

function isLight(context: CanvasRenderingContext2D): boolean {
  const [r = 0, g = 0, b = 0] = context.getImageData(4, 4, 1, 1).data;
  const linear = (value: number): number => (value / 255) ** 2.2;
  return 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b) > 0.179;
}

/** Above the shape, or inside it where there is no room above. The context is scaled to image pixels. */
export function paintTag(
  context: CanvasRenderingContext2D,
  bounds: Bounds,
  look: Look,
  { scale, dpr, top }: { scale: number; dpr: number; top: number },
): void {
  if (look.name === "") return;
  const { canvas, width } = tagOf(look, dpr);
  const height = TAG_HEIGHT_PX / scale;
  // What lies wholly above the screen keeps its name there.
  const above = bounds.minY - height >= top || bounds.maxY < top;
  const y = above ? bounds.minY - height : Math.max(bounds.minY, top);
  context.imageSmoothingEnabled = true;
  context.drawImage(canvas, bounds.minX - 0.75 / scale, y, width / scale, height);
}

/** How far a tag may reach beyond its shape, in screen pixels. */
export const TAG_REACH = { left: LONGEST_PX, up: TAG_HEIGHT_PX + 2 } as const;
