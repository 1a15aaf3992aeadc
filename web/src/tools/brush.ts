/** Brush and eraser: a stroke joins the selected mask, or begins one; erasing takes from the selected mask or the one below. */
import { commands, type Region } from "../doc";
import {
  distance,
  type ImageShape,
  type Mask,
  maskOfRuns,
  maskRuns,
  type Point,
  runsWithout,
  strokeRuns,
  unionOfRuns,
} from "../geometry";
import {
  type Hands,
  type InHand,
  imageShape,
  onlySelected,
  type Press,
  type Tool,
  type ToolKey,
} from "./tool";

const SMALLEST_PX = 0.5;
const LARGEST_PX = 512;

export class BrushTool implements Tool {
  /** Pixels of the image; kept from tool to tool. */
  static radius = 8;
  private points: readonly Point[] | null = null;
  private target: Region | null = null;
  private erasing = false;
  private at: Point | null = null;
  /** Where the last stroke ended: a click with shift draws a straight line from there. */
  private end: Point | null = null;

  constructor(
    private readonly hands: Hands,
    private readonly erases: boolean,
  ) {}

  static resize(factor: number): void {
    BrushTool.radius = Math.min(LARGEST_PX, Math.max(SMALLEST_PX, BrushTool.radius * factor));
  }

  down(press: Press): void {
    this.erasing = this.erases || press.alt;
    this.target = this.targetAt(press.at);
    if (this.erasing && !this.target) {
      this.hands.say("There is no mask to erase from.");
      return;
    }
    this.points = press.shift && this.end ? [this.end, press.at] : [press.at];
    this.hands.changed();
  }

  move(press: Press): void {
    this.at = press.at;
    const last = this.points?.at(-1);
    // Finer steps than a quarter of a brush change nothing.
    if (this.points && last && distance(last, press.at) > Math.max(BrushTool.radius / 4, this.hands.grain))
      this.points = [...this.points, press.at];
    this.hands.changed();
  }

  up(press: Press): void {
    const { points } = this;
    this.points = null;
    if (points) this.paint(press.at === points.at(-1) ? points : [...points, press.at]);
    this.hands.changed();
  }

  key(key: ToolKey): boolean {
    if (key !== "cancel" || !this.points) return false;
    this.points = null;
    this.hands.changed();
    return true;
  }

  inHand(): InHand {
    const field = this.hands.fieldFor("mask");
    const replaced = new Map<string, ImageShape>();
    if (this.points && this.target) replaced.set(this.target.id, imageShape(this.target));
    return {
      replaced,
      brush: this.at ? { at: this.at, radius: BrushTool.radius } : null,
      stroke: this.points
        ? {
            points: this.points,
            radius: BrushTool.radius,
            erases: this.erasing,
            field: this.target?.field ?? field?.name ?? "",
            labels: this.target?.labels ?? (field ? this.hands.labelsFor(field) : []),
          }
        : null,
    };
  }

  private targetAt(at: Point): Region | null {
    const only = onlySelected(this.hands.editor);
    if (only && only.shape.type === "mask" && !only.locked) return only;
    const below = this.erasing ? this.hands.hit(at) : null;
    return below?.shape.type === "mask" && !below.locked ? below : null;
  }

  private paint(points: readonly Point[]): void {
    const { editor, size } = this.hands;
    this.end = points.at(-1) ?? null;
    const stroke = strokeRuns(points, BrushTool.radius, size);
    const { target } = this;
    if (!target) {
      const mask = maskOfRuns(stroke, size);
      if (mask) this.hands.make(mask);
      return;
    }
    const before = maskRuns(target.shape as Mask);
    const after = this.erasing ? runsWithout(before, stroke) : unionOfRuns(before, stroke);
    const mask = maskOfRuns(after, size);
    if (mask === null) editor.dispatch({ kind: "remove", id: target.id });
    else if (mask.counts !== (target.shape as Mask).counts) {
      const edit = commands.changeEach([target], () => ({ shape: mask }));
      if (edit) editor.dispatch(edit, [target.id]);
    }
  }
}
