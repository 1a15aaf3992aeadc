/** The line of an edge through the points it must pass, leaving and arriving along the direction of the layers. Pure. */
import type { Direction, Point } from "./layout";

export function pathThrough(points: readonly Point[], direction: Direction): string {
  const [start, ...rest] = points;
  if (!start) return "";
  let from = start;
  const parts = [`M ${start.x} ${start.y}`];
  for (const to of rest) {
    const half = direction === "down" ? (to.y - from.y) / 2 : (to.x - from.x) / 2;
    parts.push(
      direction === "down"
        ? `C ${from.x} ${from.y + half} ${to.x} ${to.y - half} ${to.x} ${to.y}`
        : `C ${from.x + half} ${from.y} ${to.x - half} ${to.y} ${to.x} ${to.y}`,
    );
    from = to;
  }
  return parts.join(" ");
}
