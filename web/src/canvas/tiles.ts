/** An image too large for one bitmap: squares of it at several scales, fetched as they come into view. */
import type { Bounds, Size } from "../geometry";
import type { Picture } from "./picture";

export interface Tiles {
  /** With `{level}`, `{column}` and `{row}` in it. Level 0 is the full size, each further one half of it. */
  readonly url: string;
  /** Side of a square in pixels of its level. */
  readonly size: number;
  readonly levels: number;
}

/** About 260 MB of pixels at 512 a side: what is farthest from the eye goes first. */
const KEPT = 256;
const AT_ONCE = 6;

interface Tile {
  readonly level: number;
  readonly column: number;
  readonly row: number;
}

export class TiledPicture implements Picture {
  ondetail: (() => void) | null = null;
  private readonly kept = new Map<string, ImageBitmap>();
  private readonly loading = new Set<string>();
  private readonly missing = new Set<string>();
  private wanted: Tile[] = [];
  private readonly stop = new AbortController();

  constructor(
    private readonly tiles: Tiles,
    readonly size: Size,
  ) {
    this.want([...this.within(tiles.levels - 1, { minX: 0, minY: 0, maxX: size.width, maxY: size.height })]);
  }

  draw(context: CanvasRenderingContext2D, part: Bounds, scale: number): void {
    const fine = this.levelFor(scale);
    context.imageSmoothingEnabled = scale < 3;
    const wanted: Tile[] = [];
    // Coarse squares first: what is still missing shows through them, blurred.
    for (let level = this.tiles.levels - 1; level >= fine; level--) {
      for (const tile of this.within(level, part)) {
        const bitmap = this.kept.get(nameOf(tile));
        if (bitmap) this.put(context, tile, bitmap);
        else if (level === fine || level === this.tiles.levels - 1) wanted.push(tile);
      }
    }
    this.want(wanted);
  }

  close(): void {
    this.stop.abort();
    for (const bitmap of this.kept.values()) bitmap.close();
    this.kept.clear();
  }

  private levelFor(scale: number): number {
    const level = Math.floor(Math.log2(1 / Math.max(scale, 1e-6)));
    return Math.min(this.tiles.levels - 1, Math.max(0, level));
  }

  private *within(level: number, { minX, minY, maxX, maxY }: Bounds): Generator<Tile> {
    const side = this.tiles.size * 2 ** level;
    const [columns, rows] = [Math.ceil(this.size.width / side), Math.ceil(this.size.height / side)];
    for (let row = Math.max(0, Math.floor(minY / side)); row < rows && row * side < maxY; row++)
      for (
        let column = Math.max(0, Math.floor(minX / side));
        column < columns && column * side < maxX;
        column++
      )
        yield { level, column, row };
  }

  private put(context: CanvasRenderingContext2D, tile: Tile, bitmap: ImageBitmap): void {
    const k = 2 ** tile.level;
    const side = this.tiles.size * k;
    context.drawImage(bitmap, tile.column * side, tile.row * side, bitmap.width * k, bitmap.height * k);
    // The map keeps the order of use.
    this.kept.delete(nameOf(tile));
    this.kept.set(nameOf(tile), bitmap);
  }

  private want(tiles: Tile[]): void {
    this.wanted = tiles.filter((tile) => !this.missing.has(nameOf(tile)));
    this.fetchMore();
  }

  private fetchMore(): void {
    while (this.loading.size < AT_ONCE && !this.stop.signal.aborted) {
      const next = this.wanted.find(
        (tile) => !this.loading.has(nameOf(tile)) && !this.kept.has(nameOf(tile)),
      );
      if (!next) return;
      this.loading.add(nameOf(next));
      void this.load(next);
    }
  }

  private async load(tile: Tile): Promise<void> {
    const name = nameOf(tile);
    const { level, column, row } = tile;
    const url = this.tiles.url
      .replace("{level}", `${level}`)
      .replace("{column}", `${column}`)
      .replace("{row}", `${row}`);
    try {
      const response = await fetch(url, { credentials: "same-origin", signal: this.stop.signal });
      if (!response.ok) throw new Error(`${response.status}`);
      const bitmap = await createImageBitmap(await response.blob());
      this.kept.set(name, bitmap);
      this.evict();
      this.ondetail?.();
    } catch {
      // A square that is not there leaves the coarser one in its place.
      this.missing.add(name);
    } finally {
      this.loading.delete(name);
      this.wanted = this.wanted.filter((each) => nameOf(each) !== name);
      this.fetchMore();
    }
  }

  private evict(): void {
    for (const [name, bitmap] of this.kept) {
      if (this.kept.size <= KEPT) return;
      bitmap.close();
      this.kept.delete(name);
    }
  }
}

const nameOf = ({ level, column, row }: Tile): string => `${level}/${column}/${row}`;
