/** The whole image in a corner, with the part that is on the screen: a click goes there. */
import { clampPoint, type Point, type Size } from "../geometry";
import type { Picture } from "./picture";
import { type View, visible } from "./view";

const LONGEST_PX = 148;

export function minimapSize({ width, height }: Size): Size {
  const k = LONGEST_PX / Math.max(width, height, 1);
  return { width: Math.max(24, Math.round(width * k)), height: Math.max(24, Math.round(height * k)) };
}

export function paintMinimap(canvas: HTMLCanvasElement, picture: Picture, view: View, screen: Size): void {
  const { width, height } = picture.size;
  const own = minimapSize(picture.size);
  const dpr = window.devicePixelRatio || 1;
  canvas.width = Math.round(own.width * dpr);
  canvas.height = Math.round(own.height * dpr);
  const context = canvas.getContext("2d") as CanvasRenderingContext2D;
  const k = canvas.width / width;
  context.setTransform(k, 0, 0, canvas.height / height, 0, 0);
  picture.draw(context, { minX: 0, minY: 0, maxX: width, maxY: height }, k, false);
  const seen = visible(view, screen);
  context.fillStyle = "rgb(11 12 15 / 55%)";
  context.beginPath();
  context.rect(0, 0, width, height);
  context.rect(seen.minX, seen.minY, seen.maxX - seen.minX, seen.maxY - seen.minY);
  context.fill("evenodd");
  context.lineWidth = 1.5 / (k / dpr);
  context.strokeStyle = "#ffffff";
  context.strokeRect(seen.minX, seen.minY, seen.maxX - seen.minX, seen.maxY - seen.minY);
}

/** The point of the image under a place on the minimap. */
export function minimapPoint(canvas: HTMLCanvasElement, { clientX, clientY }: MouseEvent, size: Size): Point {
  const { left, top, width, height } = canvas.getBoundingClientRect();
  return clampPoint(
    [((clientX - left) / width) * size.width, ((clientY - top) / height) * size.height],
    size,
  );
}
