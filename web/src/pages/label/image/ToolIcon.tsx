/** The tools as small drawings on a 16 px grid; their names stand beside them in words. */
import type { ToolName } from "../../../tools";

const PATHS: Record<
  | ToolName
  | "span"
  | "hidden"
  | "visible"
  | "locked"
  | "unlocked"
  | "front"
  | "behind"
  | "plus"
  | "minus"
  | "frame",
  string
> = {
  select: "M3.5 2.5 12 8.2l-4 .7-2.3 3.6z",
  box: "M2.5 3.5h11v9h-11z",
  "rotated-box": "M8 1.8 14.2 8 8 14.2 1.8 8z",
  ellipse: "M14 8c0 2.5-2.7 4.5-6 4.5S2 10.500 2 8s2.700-4.500 6-4.500S14 5.500 14 8Z",
  polygon: "M8 2 14 6.500 11.500 13.500h-7L2 6.500z",
  hole: "M2.500 2.500h11v11h-11zM6 6h4v4H6z",
  polyline: "M2 12.500 6 5l4 5 4-7",
  keypoint:
    "M8 10.500a2.500 2.500 0 1 0 0-5 2.500 2.500 0 0 0 0 5ZM8 1.500v2M8 12.500v2M1.500 8h2M12.500 8h2",
  skeleton:
    "M8 4.500a1.500 1.500 0 1 0 0-3 1.500 1.500 0 0 0 0 3ZM8 4.500v5M8 9.500 5 14.500M8 9.500l3 5M3.500 7.500 8 6l4.500 1.500",
  brush:
    "M13.500 2.500 7 9M7 9c-1.500-.5-3 .5-3 2 0 1.200-.8 2-2 2.300 2.600.9 6 .2 6-2.300 0-.8-.3-1.500-1-2Z",
  eraser: "M6 13.500 2.500 10l6.500-7 4.500 4.500L8 13.500zM5.500 6.800 10 11.300M6 13.500h7.500",
  extreme: "M8 2.500h.01M13.500 8h.01M8 13.500h.01M2.500 8h.01M8 5.200 10.800 8 8 10.800 5.200 8z",
  relate:
    "M4.500 6.500a2 2 0 1 0 0-4 2 2 0 0 0 0 4ZM11.500 13.500a2 2 0 1 0 0-4 2 2 0 0 0 0 4ZM6 6l4 4M10 7v3H7",
  span: "M3.500 5V3.500h9V5M8 3.500v9M6 12.500h4",
  hidden: "M2 8s2.200-4 6-4 6 4 6 4-2.200 4-6 4-6-4-6-4ZM3 13 13 3",
  visible:
    "M2 8s2.200-4 6-4 6 4 6 4-2.200 4-6 4-6-4-6-4ZM8 9.700a1.700 1.700 0 1 0 0-3.400 1.700 1.700 0 0 0 0 3.400Z",
  locked: "M3.500 7.500h9v6h-9zM5.500 7.500V5a2.500 2.500 0 0 1 5 0v2.500",
  unlocked: "M3.500 7.500h9v6h-9zM5.500 7.500V5a2.500 2.500 0 0 1 4.800-1",
  front: "M6 6h7.500v7.500H6zM10 6V2.500H2.500V10H6",
  behind: "M2.500 2.500H10V10H2.500zM10 6h3.500v7.500H6V10",
  plus: "M8 3v10M3 8h10",
  minus: "M3 8h10",
  frame: "M2.500 6V2.500H6M10 2.500h3.500V6M13.500 10v3.500H10M6 13.500H2.500V10",
};

export type ToolIconName = keyof typeof PATHS;

export function ToolIcon({ name }: { name: ToolIconName }) {
  return (
    <svg className="icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}
