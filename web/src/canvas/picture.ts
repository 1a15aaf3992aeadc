/** An image ready to be drawn at any scale: halves of halves of it, made beside the main thread. */
import type { Bounds, Size } from "../geometry";
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
const SMALLEST_LEVEL_PX = 400;

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
  const source = await decoded(media, signal);
  const known = media.width && media.height ? { width: media.width, height: media.height } : null;
  const size = known ?? { width: widthOf(source), height: heightOf(source) };
  const levels = await levelsOf(source);
  const isSmaller = widthOf(levels[0] as Bitmap) < size.width;
  return new MippedPicture(levels, size, isSmaller ? note || "Drawn smaller than it is." : "");
}

type Bitmap = ImageBitmap | HTMLImageElement;
const widthOf = (bitmap: Bitmap): number => ("naturalWidth" in bitmap ? bitmap.naturalWidth : bitmap.width);
const heightOf = (bitmap: Bitmap): number =>
  "naturalHeight" in bitmap ? bitmap.naturalHeight : bitmap.height;

async function decoded(media: Media, signal?: AbortSignal): Promise<Bitmap> {
  const pixels = (media.width ?? 0) * (media.height ?? 0);
  const shrink = pixels > LARGEST_BITMAP_PX ? Math.sqrt(LARGEST_BITMAP_PX / pixels) : 1;
  const options: ImageBitmapOptions = { imageOrientation: "from-image" };
  if (shrink < 1 && media.width) {
    options.resizeWidth = Math.round(media.width * shrink);
    options.resizeQuality = "medium";
  }
  try {
    const response = await fetch(media.url, { credentials: "same-origin", signal: signal ?? null });
    if (!response.ok) throw new Error(`${response.status}`);
    return await createImageBitmap(await response.blob(), options);
  } catch (error) {
    if (signal?.aborted) throw error;
    return await asElement(media.url);
  }
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

async function levelsOf(source: Bitmap): Promise<Bitmap[]> {
  let [width, height] = [widthOf(source), heightOf(source)];
  const first = await bounded(source, width * height);
  const levels: Bitmap[] = [first];
  for (;;) {
    const last = levels.at(-1) as Bitmap;
    [width, height] = [Math.round(widthOf(last) / 2), Math.round(heightOf(last) / 2)];
    if (Math.max(width, height) < SMALLEST_LEVEL_PX) return levels;
    levels.push(await half(last, width, height));
  }
}

async function bounded(source: Bitmap, pixels: number): Promise<Bitmap> {
  if (pixels <= LARGEST_BITMAP_PX) return source;
  const k = Math.sqrt(LARGEST_BITMAP_PX / pixels);
  const small = await half(source, Math.round(widthOf(source) * k), Math.round(heightOf(source) * k));
  if ("close" in source) source.close();
  return small;
}

async function half(source: Bitmap, width: number, height: number): Promise<Bitmap> {
  return await createImageBitmap(source, {
    resizeWidth: Math.max(1, width),
    resizeHeight: Math.max(1, height),
    resizeQuality: "medium",
  });
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
