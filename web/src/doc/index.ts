/** The document of one task and everything that may happen to it. */
export { asksRegionsOf, type Gap, gapsOf, isAsked, questionsOf } from "./asked";
export * as commands from "./commands";
export { Editor, type EditorState, type Journal } from "./editor";
export { type Applied, apply, batch, type Edit, EditRefused, type RegionPatch } from "./edits";
export { type History, moveTo, NO_HISTORY, record, replay, type Step } from "./history";
export {
  type Direction,
  type Doc,
  EMPTY,
  newRegion,
  type Origin,
  type Region,
  type Relation,
  regionOf,
} from "./model";
export { fromFields, toFields } from "./wire";
