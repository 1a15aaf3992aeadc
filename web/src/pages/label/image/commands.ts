/** What keys and buttons do to an image: every command by its name. True when it meant something here. */
import type { Field } from "../../../api/types";
import type { ImageView } from "../../../canvas";
import { commands, type Edit, type Region } from "../../../doc";
import { boundsOf, framed, frameOf, grown, heldIn, moved, rounded, union } from "../../../geometry";
import type { CommandName } from "../../../label/keymap";
import { BrushTool, imageShape, selected, type ToolName } from "../../../tools";

export interface ImageCommandPorts {
  /** Regions of the item before. */
  readonly previous: () => readonly Region[];
  readonly newId: () => string;
  readonly say: (text: string) => void;
  /** Puts the cursor where a label is found by its name. */
  readonly findLabel: () => void;
  readonly turnImage: (by: 1 | -1) => void;
  readonly tools: readonly ToolName[];
}

/** What was copied: it outlives the task, so that it can be pasted into the next. */
let clipboard: readonly Region[] = [];
const PASTE_STEP_PX = 12;
const TURN_DEG = 1;

type Act = (view: ImageView, ports: ImageCommandPorts) => boolean;

function change(view: ImageView, edit: Edit | null): boolean {
  if (edit) view.editor.dispatch(edit);
  return edit !== null;
}

const layer =
  (to: commands.Layer): Act =>
  (view) => {
    const [only] = view.editor.selection;
    return only !== undefined && change(view, commands.toLayer(view.editor.doc, only, to));
  };

const turn =
  (degrees: number): Act =>
  (view) => {
    const edit = commands.changeEach(selected(view.editor), (region) => {
      const shape = imageShape(region);
      if (shape.type !== "rotated-box" && shape.type !== "ellipse") return null;
      const frame = frameOf(shape);
      return { shape: rounded(framed(shape, { ...frame, angle_deg: frame.angle_deg + degrees })) };
    });
    return change(view, edit);
  };

const step =
  (by: 1 | -1): Act =>
  (view) => {
    const regions = view.here().filter((region) => !region.hidden);
    const [current] = view.editor.selection;
    const at = regions.findIndex((region) => region.id === current);
    const next = regions[(at + (at < 0 && by < 0 ? 0 : by) + regions.length) % regions.length];
    if (next) view.choose(next.id);
    return true;
  };

const flag =
  (name: "hidden" | "locked"): Act =>
  (view) => {
    const regions = selected(view.editor);
    const on = regions.some((region) => !region[name]);
    return change(
      view,
      commands.changeEach(regions, (region) => (region[name] === on ? null : { [name]: on })),
    );
  };

function pasteInto(
  view: ImageView,
  ports: ImageCommandPorts,
  regions: readonly Region[],
  shift: boolean,
): boolean {
  const { size, editor } = view;
  const known = regions.filter((region) => view.takes(region));
  const made = commands.paste(editor.doc, known, ports.newId, (region) => {
    const shape = imageShape(region);
    const [dx, dy] = shift ? heldIn(boundsOf(shape), PASTE_STEP_PX, PASTE_STEP_PX, size) : [0, 0];
    return { shape: rounded(moved(shape, dx, dy)), ...view.placeOf(region) };
  });
  if (made) editor.dispatch(made.edit, made.ids);
  const left = regions.length - known.length;
  if (regions.length === 0) ports.say("There is nothing to paste.");
  else if (left > 0) ports.say(`${left} of ${regions.length} do not fit here and were left out.`);
  return true;
}

const pick =
  (name: ToolName): Act =>
  (view, { tools }) => {
    if (!tools.includes(name)) return false;
    view.pick(name);
    return true;
  };

const zoom =
  (factor: number): Act =>
  ({ stage }) => {
    stage.zoomAt([stage.screen.width / 2, stage.screen.height / 2], factor);
    return true;
  };

const done = (act: (view: ImageView, ports: ImageCommandPorts) => unknown): Act => {
  return (view, ports) => {
    act(view, ports);
    return true;
  };
};

const ACTS: Partial<Record<CommandName, Act>> = {
  // Enter belongs to what is in hand first: it sets a point, or closes a polygon.
  submit: (view) => view.pressCrosshair() || view.toolbox.tool.key("close"),
  undo: (view) =>
    view.toolbox.tool.key("back") ||
    view.toolbox.tool.key("delete") ||
    change(view, commands.removeEach(selected(view.editor))),
  close: (view) => closeOne(view),
  "edit-undo": done((view) => view.editor.undo()),
  "edit-redo": done((view) => view.editor.redo()),
  repeat: done((view) => view.toolbox.repeat()),
  smaller: done((view) => resizeBrush(view, 1 / 1.25)),
  larger: done((view) => resizeBrush(view, 1.25)),
  snap: done((view) => view.toolbox.toggleSnap()),
  labels: done((_, ports) => ports.findLabel()),
  next: step(1),
  previous: step(-1),
  "select-all": done((view) =>
    view.editor.select(view.here().flatMap(({ id, hidden }) => (hidden ? [] : [id]))),
  ),
  delete: (view) =>
    view.toolbox.tool.key("delete") || change(view, commands.removeEach(selected(view.editor))),
  copy: (view, { say }) => {
    const regions = selected(view.editor);
    if (regions.length === 0) return false;
    clipboard = regions;
    say(regions.length === 1 ? "Copied." : `${regions.length} regions copied.`);
    return true;
  },
  paste: (view, ports) => pasteInto(view, ports, clipboard, true),
  duplicate: (view, ports) => pasteInto(view, ports, selected(view.editor), true),
  "paste-previous": (view, ports) => pasteInto(view, ports, ports.previous(), false),
  hide: flag("hidden"),
  lock: flag("locked"),
  front: layer("front"),
  forward: layer("forward"),
  backward: layer("backward"),
  back: layer("back"),
  accept: (view) => change(view, commands.accept(view.here())),
  "next-handle": (view) => view.toolbox.tool.key("next-handle"),
  "previous-handle": (view) => view.toolbox.tool.key("previous-handle"),
  occlude: (view) => view.toolbox.tool.key("occlude"),
  "turn-right": turn(TURN_DEG),
  "turn-left": turn(-TURN_DEG),
  fit: done(({ stage }) => stage.fit()),
  "zoom-selection": (view) => {
    const regions = selected(view.editor);
    if (regions.length === 0) return false;
    view.stage.zoomTo(regions.map((region) => boundsOf(imageShape(region))).reduce(union));
    return true;
  },
  "zoom-in": zoom(1.4),
  "zoom-out": zoom(1 / 1.4),
  "next-image": done((_, ports) => ports.turnImage(1)),
  "previous-image": done((_, ports) => ports.turnImage(-1)),
};

export function runImageCommand(view: ImageView, name: CommandName, ports: ImageCommandPorts): boolean {
  const act = ACTS[name];
  if (act) return act(view, ports);
  return (TOOL_NAMES as readonly string[]).includes(name) && pick(name as ToolName)(view, ports);
}

const TOOL_NAMES: readonly ToolName[] = [
  "select",
  "box",
  "rotated-box",
  "ellipse",
  "polygon",
  "hole",
  "polyline",
  "keypoint",
  "skeleton",
  "brush",
  "eraser",
  "extreme",
  "relate",
];

/** Escape: first what is in hand, then the tool, then the selection; false when nothing is left to close. */
function closeOne(view: ImageView): boolean {
  if (view.toolbox.tool.key("cancel")) return true;
  if (view.hideCrosshair()) return true;
  if (view.draws) {
    view.pick("select");
    return true;
  }
  if (view.editor.selection.size === 0) return false;
  view.editor.select([]);
  return true;
}

function resizeBrush(view: ImageView, factor: number): void {
  BrushTool.resize(factor);
  view.changed();
}

export interface Arrow {
  readonly dx: number;
  readonly dy: number;
  /** The sides instead of the whole. */
  readonly resizes: boolean;
  /** The key is held: its steps are one. */
  readonly held: boolean;
}

/** An arrow key: moves the chosen point, the selection, the drawing cursor, or the view. */
export function arrow(view: ImageView, { dx, dy, resizes, held }: Arrow): void {
  const { editor } = view;
  if (!held) editor.settle();
  if (view.draws) {
    view.moveCrosshair(dx, dy);
    return;
  }
  if (!resizes && view.toolbox.tool.nudge?.(dx, dy)) return;
  const regions = selected(editor).filter((region) => !region.locked);
  if (regions.length === 0) {
    view.stage.panBy(-dx * 48, -dy * 48);
    return;
  }
  const bounds = regions.map((region) => boundsOf(imageShape(region))).reduce(union);
  const by = heldIn(bounds, dx, dy, view.size);
  const edit = commands.changeEach(regions, (region) => {
    const shape = imageShape(region);
    return { shape: rounded(resizes ? grown(shape, dx, dy) : moved(shape, by[0], by[1])) };
  });
  const ids = regions.map((region) => region.id).join(" ");
  if (edit) editor.continue(`arrows ${resizes} ${ids}`, edit);
}

/** A label was chosen, by key, click or name: for the selection, or for what is drawn next. */
export function chooseLabel(view: ImageView, field: Field, value: string): void {
  const regions = view.toolbox.busy
    ? []
    : selected(view.editor).filter((region) => view.takesAs(region, field));
  if (regions.length === 0) {
    view.toolbox.choose(field, value);
    return;
  }
  const has = regions.every((region) => region.field === field.name && region.labels.includes(value));
  const labelled = (labels: readonly string[]): readonly string[] => {
    if (!field.multiple) return has ? [] : [value];
    if (has) return labels.filter((each) => each !== value);
    const order = field.options.map((option) => option.value);
    return [...new Set([...labels, value])].sort((a, b) => order.indexOf(a) - order.indexOf(b));
  };
  const edit = commands.changeEach(regions, (region) => {
    const labels = labelled(region.field === field.name ? region.labels : []);
    return region.field === field.name ? { labels } : { labels, field: field.name };
  });
  if (edit) view.editor.dispatch(edit);
  view.toolbox.remember(field.name, labelled([]));
}
