/** An image ready to be drawn at any scale: halves of halves of it, made beside the main thread. */
import type { Bounds, Size } from "../geometry";
import { halvesOf, heightOf, shrunk, widthOf } from "./bitmaps";
import { decode } from "./decoding";
import { TiledPicture, type Tiles } from "./tiles";

/** Where the image of a task is, and what the server knows of it. */
export interface Media {
  readonly url: string;
  readonly width?: number | null;
  readonly height?: number | null;
  readonly tiles?: Tiles | null;
  /** Why it is drawn smaller than it is, where that is known beforehand. */
  readonly note?: string;
  /** Why it is not to be loaded at all. */
  readonly refused?: string;
}

export interface Picture {
  /** Of the upright image in its own pixels, however small the copy that is kept of it. */
  readonly size: Size;
  /** What is to be said about how it is drawn; empty where all is as it should be. */
  readonly note: string;
  /**
   * Draws `part` of the image to the same part of a context that is scaled to image pixels. What is missing of it is
   * fetched, unless `asks` is false.
   */
  draw(context: CanvasRenderingContext2D, part: Bounds, scale: number, asks?: boolean): void;
  /** Called when more of it can be drawn. */
  ondetail: (() => void) | null;
  close(): void;
}

/** More pixels than this are not kept in one bitmap: a copy of this size is drawn in their place. */
export const LARGEST_BITMAP_PX = 16_000_000;

/** The picture of a task, ready to be drawn; `screen` is where it will be shown. */
export async function loadPicture(media: Media, screen: Size, signal?: AbortSignal): Promise<Picture> {
  if (media.refused) throw new Error(media.refused);
  if (!media.tiles || !media.width || !media.height) return await inOnePiece(media, media.note ?? "", signal);
  try {
    return await TiledPicture.open(media.tiles, { width: media.width, height: media.height }, screen, signal);
  } catch (error) {
    if (signal?.aborted) throw error;
    return await inOnePiece(media, `Drawn smaller than it is: ${(error as Error).message}`, signal);
  }
}

async function inOnePiece(media: Media, note: string, signal?: AbortSignal): Promise<Picture> {
  const levels = await levelsOf(media, signal);
  const first = levels[0] as Bitmap;
  const known = media.width && media.height ? { width: media.width, height: media.height } : null;
  const size = known ?? { width: widthOf(first), height: heightOf(first) };
  const isSmaller = widthOf(first) < size.width;
  return new MippedPicture(levels, size, isSmaller ? note || "Drawn smaller than it is." : "");
}

type Bitmap = ImageBitmap | HTMLImageElement;

async function levelsOf(media: Media, signal?: AbortSignal): Promise<readonly Bitmap[]> {
  const pixels = (media.width ?? 0) * (media.height ?? 0);
  const shrink = pixels > LARGEST_BITMAP_PX ? Math.sqrt(LARGEST_BITMAP_PX / pixels) : 1;
  const width = shrink < 1 && media.width ? Math.round(media.width * shrink) : null;
  const levels = await decode({ url: media.url, width }, signal);
  const [first] = levels ?? [];
  // A file whose pixels the server does not know may be larger than it can be kept.
  if (levels && first && first.width * first.height <= LARGEST_BITMAP_PX * 1.01) return levels;
  return await halvesOf(await bounded(first ?? (await asElement(media.url))));
}

/** For what only an element can show: drawings (SVG) and images of other hosts. */
async function asElement(url: string): Promise<HTMLImageElement> {
  const image = new Image();
  image.src = url;
  try {
    await image.decode();
  } catch {
    throw new Error("The image of this task could not be loaded.");
  }
  return image;
}

async function bounded(source: Bitmap): Promise<Bitmap> {
  const [width, height] = [widthOf(source), heightOf(source)];
  if (width * height <= LARGEST_BITMAP_PX) return source;
  const k = Math.sqrt(LARGEST_BITMAP_PX / (width * height));
  const small = await shrunk(source, Math.round(width * k), Math.round(height * k));
  if ("close" in source) source.close();
  return small;
}

class MippedPicture implements Picture {
  ondetail: (() => void) | null = null;

  constructor(
    private readonly levels: readonly Bitmap[],
    readonly size: Size,
    readonly note: string,
  ) {}

  draw(context: CanvasRenderingContext2D, part: Bounds, scale: number): void {
    const level = this.levels.findLast((each) => widthOf(each) >= this.size.width * scale) ?? this.levels[0];
    if (!level) return;
    const [kx, ky] = [widthOf(level) / this.size.width, heightOf(level) / this.size.height];
    const { minX, minY } = part;
    const [width, height] = [part.maxX - minX, part.maxY - minY];
    // Single pixels are what people look for when they zoom in this far.
    context.imageSmoothingEnabled = scale < 3;
    context.drawImage(level, minX * kx, minY * ky, width * kx, height * ky, minX, minY, width, height);
  }

  close(): void {
    for (const level of this.levels) if ("close" in level) level.close();
  }
}
