/** What part of the image is on the screen: a scale and the place of its top left corner. Pure. */
import type { Bounds, Point, Size } from "../geometry";

export interface View {
  /** Screen pixels per image pixel. */
  readonly scale: number;
  readonly x: number;
  readonly y: number;
}

const SMALLEST = 0.005;
const LARGEST = 64;
const FIT_ROOM_PX = 16;

export const toImage = ({ scale, x, y }: View, [sx, sy]: Point): Point => [
  (sx - x) / scale,
  (sy - y) / scale,
];
export const toScreen = ({ scale, x, y }: View, [px, py]: Point): Point => [px * scale + x, py * scale + y];

/** The whole of it in the middle of the screen, with a little room around. */
export function fitted(area: Bounds, screen: Size, room = FIT_ROOM_PX): View {
  const [width, height] = [Math.max(1e-6, area.maxX - area.minX), Math.max(1e-6, area.maxY - area.minY)];
  const free: Size = {
    width: Math.max(1, screen.width - 2 * room),
    height: Math.max(1, screen.height - 2 * room),
  };
  const scale = held(Math.min(free.width / width, free.height / height));
  return {
    scale,
    x: screen.width / 2 - (area.minX + width / 2) * scale,
    y: screen.height / 2 - (area.minY + height / 2) * scale,
  };
}

/** Larger or smaller by `factor`; what is under `at` stays there. */
export function zoomed(view: View, at: Point, factor: number): View {
  const scale = held(view.scale * factor);
  const k = scale / view.scale;
  return { scale, x: at[0] - (at[0] - view.x) * k, y: at[1] - (at[1] - view.y) * k };
}

export const panned = (view: View, dx: number, dy: number): View => ({
  ...view,
  x: view.x + dx,
  y: view.y + dy,
});

/** Part of the image always stays on the screen: nobody gets lost. */
export function anchored(view: View, image: Size, screen: Size): View {
  const keep = 48;
  const hold = (offset: number, length: number, room: number): number =>
    Math.min(room - keep, Math.max(keep - length * view.scale, offset));
  return {
    ...view,
    x: hold(view.x, image.width, screen.width),
    y: hold(view.y, image.height, screen.height),
  };
}

export function visible(view: View, screen: Size): Bounds {
  const [minX, minY] = toImage(view, [0, 0]);
  const [maxX, maxY] = toImage(view, [screen.width, screen.height]);
  return { minX, minY, maxX, maxY };
}

const held = (scale: number): number => Math.min(LARGEST, Math.max(SMALLEST, scale));
