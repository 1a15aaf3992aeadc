/** The pixels of an image: fetched, decoded upright, and halves of halves of it for small scales. */

export interface Wanted {
  readonly url: string;
  /** Shrunk to this width while it is decoded; null: as it is. */
  readonly width: number | null;
}

const SMALLEST_LEVEL_PX = 400;

/** The image and its halves, largest first. */
export async function bitmapsOf({ url, width }: Wanted, signal: AbortSignal | null): Promise<ImageBitmap[]> {
  const options: ImageBitmapOptions = { imageOrientation: "from-image" };
  if (width !== null) Object.assign(options, { resizeWidth: width, resizeQuality: "medium" });
  const response = await fetch(url, { credentials: "same-origin", signal });
  if (!response.ok) throw new Error(`${response.status}`);
  return await halvesOf(await createImageBitmap(await response.blob(), options));
}

/** What is given, its half, and so on. */
export async function halvesOf<B extends ImageBitmap | HTMLImageElement>(
  first: B,
): Promise<(B | ImageBitmap)[]> {
  const levels: (B | ImageBitmap)[] = [first];
  for (;;) {
    const last = levels.at(-1) as B | ImageBitmap;
    const [width, height] = [Math.round(widthOf(last) / 2), Math.round(heightOf(last) / 2)];
    if (Math.max(width, height) < SMALLEST_LEVEL_PX) return levels;
    levels.push(await shrunk(last, width, height));
  }
}

export const widthOf = (bitmap: ImageBitmap | HTMLImageElement): number =>
  "naturalWidth" in bitmap ? bitmap.naturalWidth : bitmap.width;
export const heightOf = (bitmap: ImageBitmap | HTMLImageElement): number =>
  "naturalHeight" in bitmap ? bitmap.naturalHeight : bitmap.height;

export async function shrunk(
  source: ImageBitmap | HTMLImageElement,
  width: number,
  height: number,
): Promise<ImageBitmap> {
  return await createImageBitmap(source, {
    resizeWidth: Math.max(1, width),
    resizeHeight: Math.max(1, height),
    resizeQuality: "medium",
  });
}
