/** What every tool is: something that takes presses and keys, shows what is in hand, and ends in one edit. */
import type { Field } from "../api/types";
import type { Editor, EditorState, Region } from "../doc";
import type { Bounds, Edges, Handle, ImageShape, ImageShapeType, Point, Size } from "../geometry";

export interface Press {
  /** In pixels of the image. */
  readonly at: Point;
  readonly shift: boolean;
  readonly ctrl: boolean;
  readonly alt: boolean;
  /** The second of two quick clicks. */
  readonly double: boolean;
}

export interface Stroke {
  readonly points: readonly Point[];
  readonly radius: number;
  readonly erases: boolean;
  readonly labels: readonly string[];
  readonly field: string;
}

/** What is in hand; what a tool leaves out is not there. */
export interface InHand {
  readonly hovered?: string | null;
  readonly replaced?: ReadonlyMap<string, ImageShape>;
  readonly handles?: readonly Handle[];
  readonly handle?: string | null;
  readonly draft?: ImageShape | null;
  readonly chain?: { readonly points: readonly Point[]; readonly next: Point | null };
  readonly marquee?: Bounds | null;
  readonly stroke?: Stroke | null;
  readonly brush?: { readonly at: Point; readonly radius: number } | null;
  readonly link?: { readonly from: string; readonly to: Point } | null;
}

/** Keys that tools themselves know; everything else is a command. */
export type ToolKey = "close" | "back" | "cancel" | "delete" | "next-handle" | "previous-handle" | "occlude";

export interface Tool {
  down(press: Press): void;
  move(press: Press): void;
  up(press: Press): void;
  /** True when the key meant something here. */
  key(key: ToolKey): boolean;
  /** Moves what is under the tool's own cursor (a chosen handle) by so many pixels; false when there is nothing. */
  nudge?(dx: number, dy: number): boolean;
  inHand(): InHand;
}

/** What tools may use of the world. */
export interface Hands {
  readonly editor: Editor;
  /** Of the image, in pixels. */
  readonly size: Size;
  /** Pixels of the image per pixel of the screen: how far off a press may be. */
  readonly grain: number;
  hit(at: Point): Region | null;
  enclosed(area: Bounds): readonly Region[];
  /** Where a point goes: to whole pixels, or to what is near it, when that is switched on. */
  snap(at: Point): Point;
  edgesOf(region: Region): Edges;
  /** The field that a shape drawn now belongs to; null when none takes this type. */
  fieldFor(type: ImageShapeType): Field | null;
  labelsFor(field: Field): readonly string[];
  /** Adds a region of this shape with the labels in force, and selects it. */
  make(shape: ImageShape): void;
  /** What is in hand changed. */
  changed(): void;
  say(text: string): void;
}

/** Near enough to be meant, in pixels of the screen. */
export const REACH_PX = 7;
/** A press that moved less than this is a click. */
export const CLICK_PX = 4;

export const imageShape = (region: Region): ImageShape => region.shape as ImageShape;

const selections = new WeakMap<EditorState, readonly Region[]>();

/** The selected regions, bottom to top: looked up once for each state. */
export function selected(editor: Editor): readonly Region[] {
  const state = editor.getState();
  const known = selections.get(state);
  if (known) return known;
  const { selection, doc } = state;
  const found = selection.size === 0 ? [] : doc.regions.filter((region) => selection.has(region.id));
  selections.set(state, found);
  return found;
}

/** The one selected region, if it is exactly one. */
export function onlySelected(editor: Editor): Region | null {
  if (editor.selection.size !== 1) return null;
  return selected(editor)[0] ?? null;
}
