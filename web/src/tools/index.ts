/** Tools for regions of images: from presses and keys to edits, without a screen. */
export { BrushTool } from "./brush";
export type { OutlineFinder } from "./drawPoint";
export { RelateTool } from "./relate";
export {
  CLICK_PX,
  type Hands,
  type InHand,
  imageShape,
  onlySelected,
  type Press,
  REACH_PX,
  type Stroke,
  selected,
  type Tool,
  type ToolKey,
} from "./tool";
export {
  regionFields,
  SHAPE_OF,
  shapesOf,
  Toolbox,
  type ToolboxState,
  type ToolName,
  toolsFor,
} from "./toolbox";
