/** An image too large for one bitmap: squares of it at several scales, fetched as they come into view. */
import type { Bounds, Size } from "../geometry";
import { ByteShelf } from "./byteShelf";
import type { Picture } from "./picture";
import { fitted } from "./view";

export interface Tiles {
  /** With `{level}`, `{x}` and `{y}` in it. Level 0 is the full size, each further one half of the one before. */
  readonly url: string;
  /** Side of a square in pixels of its level. */
  readonly size: number;
  readonly levels: number;
}

export interface Tile {
  readonly level: number;
  readonly x: number;
  readonly y: number;
}

/** Of pixels that are kept of one image; what is on a screen takes a tenth of it. */
const MOST_BYTES = 160_000_000;
const AT_ONCE = 6;
const AGAIN_MS = 3000;

export const tileUrl = ({ url }: Tiles, { level, x, y }: Tile): string =>
  url.replace("{level}", `${level}`).replace("{x}", `${x}`).replace("{y}", `${y}`);

/** The square that shows all of an image at its smallest. */
export const wholeTile = ({ levels }: Tiles): Tile => ({ level: levels - 1, x: 0, y: 0 });

/** The coarsest level that still has a pixel for each of the screen's. */
export function levelFor({ levels }: Tiles, scale: number): number {
  return Math.min(levels - 1, Math.max(0, Math.floor(Math.log2(1 / Math.max(scale, 1e-6)))));
}

/** Squares of one level that lie in a part of the image, and `ring` more on each side, nearest to its middle first. */
export function tilesWithin(tiles: Tiles, size: Size, level: number, part: Bounds, ring = 0): Tile[] {
  const side = tiles.size * 2 ** level;
  const span = (from: number, to: number, length: number): [number, number] => [
    Math.max(0, Math.floor(from / side) - ring),
    Math.min(Math.ceil(length / side), Math.ceil(to / side) + ring),
  ];
  const [left, right] = span(part.minX, part.maxX, size.width);
  const [top, bottom] = span(part.minY, part.maxY, size.height);
  const found: Tile[] = [];
  for (let y = top; y < bottom; y++) for (let x = left; x < right; x++) found.push({ level, x, y });
  const [cx, cy] = [(part.minX + part.maxX) / 2 / side - 0.5, (part.minY + part.maxY) / 2 / side - 0.5];
  const far = ({ x, y }: Tile): number => Math.hypot(x - cx, y - cy);
  return found.sort((a, b) => far(a) - far(b));
}

export class TiledPicture implements Picture {
  ondetail: (() => void) | null = null;
  readonly note = "";
  private readonly kept: ByteShelf<ImageBitmap>;
  private readonly loading = new Map<string, AbortController>();
  private readonly failed = new Map<string, number>();
  private wanted: Tile[] = [];
  private closed = false;

  private constructor(
    private readonly tiles: Tiles,
    readonly size: Size,
  ) {
    const whole = nameOf(wholeTile(tiles));
    this.kept = new ByteShelf(MOST_BYTES, (name) => name === whole);
  }

  /** The picture, once all of it can be drawn at its coarsest; what a fitting view of it takes is then on its way. */
  static async open(tiles: Tiles, size: Size, screen: Size, signal?: AbortSignal): Promise<TiledPicture> {
    const picture = new TiledPicture(tiles, size);
    const all = { minX: 0, minY: 0, maxX: size.width, maxY: size.height };
    await picture.fetched(wholeTile(tiles), signal);
    picture.want(tilesWithin(tiles, size, levelFor(tiles, fitted(all, screen).scale), all));
    return picture;
  }

  draw(context: CanvasRenderingContext2D, part: Bounds, scale: number, asks = true): void {
    const fine = levelFor(this.tiles, scale);
    const wanted = tilesWithin(this.tiles, this.size, fine, part);
    // Coarse squares first: what is still missing shows through them, blurred.
    const complete = wanted.every((tile) => this.kept.get(nameOf(tile)));
    context.save();
    context.imageSmoothingEnabled = scale < 3;
    const place = placeIn(context);
    for (let level = complete ? fine : this.tiles.levels - 1; level >= fine; level--)
      for (const tile of level === fine ? wanted : tilesWithin(this.tiles, this.size, level, part)) {
        const bitmap = this.kept.get(nameOf(tile));
        if (bitmap) this.put(context, place, tile, bitmap);
      }
    context.restore();
    if (asks) this.want([...wanted, ...tilesWithin(this.tiles, this.size, fine, part, 1)]);
  }

  close(): void {
    this.closed = true;
    for (const stop of this.loading.values()) stop.abort();
    this.kept.clear((bitmap) => bitmap.close());
  }

  private put(context: CanvasRenderingContext2D, place: Placed, tile: Tile, bitmap: ImageBitmap): void {
    const k = 2 ** tile.level;
    const [left, top] = [tile.x * this.tiles.size * k, tile.y * this.tiles.size * k];
    // The last pixel of a level may reach over the edge of the image.
    const width = Math.min(bitmap.width * k, this.size.width - left);
    const height = Math.min(bitmap.height * k, this.size.height - top);
    const [x0, y0, x1, y1] = place(left, top, left + width, top + height);
    context.drawImage(bitmap, 0, 0, width / k, height / k, x0, y0, x1 - x0, y1 - y0);
  }

  /** These and no others are fetched from now on, in this order. */
  private want(tiles: Tile[]): void {
    const names = new Set(tiles.map(nameOf));
    for (const [name, stop] of this.loading) if (!names.has(name)) stop.abort();
    this.wanted = tiles;
    this.fetchMore();
  }

  private fetchMore(): void {
    while (this.loading.size < AT_ONCE && !this.closed) {
      const now = performance.now();
      const next = this.wanted.find((tile) => {
        const name = nameOf(tile);
        return !this.loading.has(name) && !this.kept.get(name) && now >= (this.failed.get(name) ?? 0);
      });
      if (!next) return;
      void this.load(next);
    }
  }

  private async load(tile: Tile): Promise<void> {
    const stop = new AbortController();
    const name = nameOf(tile);
    this.loading.set(name, stop);
    try {
      await this.fetched(tile, stop.signal);
      this.failed.delete(name);
      this.ondetail?.();
    } catch {
      // The coarser square stays in its place; this one is asked for again when it is looked at later.
      if (!stop.signal.aborted) this.failed.set(name, performance.now() + AGAIN_MS);
    } finally {
      this.loading.delete(name);
      this.fetchMore();
    }
  }

  private async fetched(tile: Tile, signal?: AbortSignal): Promise<void> {
    const response = await fetch(tileUrl(this.tiles, tile), {
      credentials: "same-origin",
      signal: signal ?? null,
    });
    if (!response.ok) throw new Error(await whyOf(response));
    const bitmap = await createImageBitmap(await response.blob());
    if (this.closed) bitmap.close();
    else
      for (const gone of this.kept.put(nameOf(tile), bitmap, bitmap.width * bitmap.height * 4)) gone.close();
  }
}

const nameOf = ({ level, x, y }: Tile): string => `${level}/${x}/${y}`;

type Placed = (...bounds: [number, number, number, number]) => [number, number, number, number];

/** From pixels of the image to whole pixels of the canvas: neighbours meet without a seam. */
function placeIn(context: CanvasRenderingContext2D): Placed {
  const { a, d, e, f } = context.getTransform();
  context.setTransform(1, 0, 0, 1, 0, 0);
  return (x0, y0, x1, y1) => [
    Math.round(x0 * a + e),
    Math.round(y0 * d + f),
    Math.round(x1 * a + e),
    Math.round(y1 * d + f),
  ];
}

async function whyOf(response: Response): Promise<string> {
  try {
    return ((await response.json()) as { error: { message: string } }).error.message;
  } catch {
    return `The server answered ${response.status}.`;
  }
}
