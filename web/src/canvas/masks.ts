/** Masks as pictures: drawn into a small canvas once per mask and scale, then only copied. */
import { type Bounds, boundsOf, eachColumn, type Mask, maskRuns } from "../geometry";

interface Raster {
  readonly canvas: HTMLCanvasElement;
  readonly step: number;
  readonly color: string;
  readonly bounds: Bounds;
}

/** No raster is larger than this: a mask over a whole large image is drawn from every k-th pixel. */
const LARGEST_PX = 2_000_000;
const rasters = new WeakMap<Mask, Raster>();

export function paintMask(
  context: CanvasRenderingContext2D,
  mask: Mask,
  color: string,
  scale: number,
  alpha: number,
): void {
  const { canvas, step, bounds } = rasterOf(mask, color, scale);
  context.globalAlpha = Math.min(1, alpha);
  context.imageSmoothingEnabled = scale * step < 3;
  context.drawImage(canvas, bounds.minX, bounds.minY, canvas.width * step, canvas.height * step);
  context.globalAlpha = 1;
}

/** One raster for all scales of a mask of usual size; a coarser one where it is seen from far away. */
function rasterOf(mask: Mask, color: string, scale: number): Raster {
  const bounds = boundsOf(mask);
  const pixels = (bounds.maxX - bounds.minX) * (bounds.maxY - bounds.minY);
  const least = Math.max(1, Math.ceil(Math.sqrt(pixels / LARGEST_PX)));
  const step = Math.max(
    least,
    pixels > LARGEST_PX / 4 ? 2 ** Math.max(0, Math.floor(Math.log2(0.5 / scale))) : 1,
  );
  const known = rasters.get(mask);
  if (known && known.color === color && known.step === step) return known;
  const raster = { canvas: rasterised(mask, bounds, color, step), step, color, bounds };
  rasters.set(mask, raster);
  return raster;
}

function rasterised(mask: Mask, bounds: Bounds, color: string, step: number): HTMLCanvasElement {
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.ceil((bounds.maxX - bounds.minX) / step));
  canvas.height = Math.max(1, Math.ceil((bounds.maxY - bounds.minY) / step));
  const context = canvas.getContext("2d") as CanvasRenderingContext2D;
  const image = context.createImageData(canvas.width, canvas.height);
  const pixels = new Uint32Array(image.data.buffer);
  eachColumn(maskRuns(mask), mask.size[0], (column, y0, y1) => {
    const x = column - bounds.minX;
    if (x % step !== 0) return;
    const [from, to] = [Math.ceil((y0 - bounds.minY) / step), Math.ceil((y1 - bounds.minY) / step)];
    for (let y = from; y < to; y++) pixels[y * canvas.width + x / step] = 0xff_00_00_00;
  });
  context.putImageData(image, 0, 0);
  // Black where the mask is; now in its colour.
  context.globalCompositeOperation = "source-in";
  context.fillStyle = color;
  context.fillRect(0, 0, canvas.width, canvas.height);
  return canvas;
}
