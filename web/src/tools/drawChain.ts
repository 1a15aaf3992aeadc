/** Polygons, holes in them, and lines: a click a point, or freehand with the button held; closed by key or on the first point. */
import { commands } from "../doc";
import {
  clampPoint,
  distance,
  hits,
  type ImageShape,
  type Point,
  type Polygon,
  rounded,
  simplified,
} from "../geometry";
import {
  CLICK_PX,
  type Hands,
  type InHand,
  imageShape,
  onlySelected,
  type Press,
  REACH_PX,
  type Tool,
  type ToolKey,
} from "./tool";

export type ChainKind = "polygon" | "hole" | "polyline";

/** Freehand points closer than this to the line between their neighbours say nothing. */
const PLAIN_PX = 1.2;
const STEP_PX = 3;

export class ChainTool implements Tool {
  private points: readonly Point[] = [];
  private next: Point | null = null;
  /** Where the button went down, while it is held. */
  private held: Point | null = null;
  /** Points drawn freehand since then. */
  private free: Point[] = [];

  constructor(
    private readonly hands: Hands,
    private readonly kind: ChainKind,
  ) {}

  down(press: Press): void {
    const at = this.point(press);
    this.held = at;
    this.free = [];
    const [first] = this.points;
    const closes =
      first && this.points.length >= this.least && distance(first, at) <= REACH_PX * this.hands.grain;
    if ((closes && this.kind !== "polyline") || (press.double && this.points.length >= this.least))
      this.finish();
    else if (this.kind === "hole" && this.points.length === 0 && !this.outline(at))
      this.hands.say("Select a polygon, then draw the hole inside it.");
    else this.set([...this.points, at], at);
  }

  move(press: Press): void {
    const at = this.point(press);
    const last = this.free.at(-1) ?? this.held;
    const drags =
      last && distance(last, at) > (this.free.length === 0 ? 2 * CLICK_PX : STEP_PX) * this.hands.grain;
    if (this.points.length === 0) return;
    if (drags) this.free.push(at);
    this.set(this.points, at);
  }

  up(): void {
    const drawn = this.free.length > 0;
    if (drawn) {
      const last = this.points.at(-1) as Point;
      const line = simplified([last, ...this.free], PLAIN_PX * this.hands.grain).slice(1);
      this.points = [...this.points, ...line];
    }
    this.held = null;
    this.free = [];
    this.hands.changed();
  }

  key(key: ToolKey): boolean {
    if (this.points.length === 0) return false;
    if (key === "close") {
      if (this.points.length >= this.least) this.finish();
      else this.hands.say(`${this.least} points at least.`);
    } else if (key === "back") this.set(this.points.slice(0, -1), this.next);
    else if (key === "cancel") this.set([], null);
    else return false;
    return true;
  }

  inHand(): InHand {
    if (this.points.length === 0) return {};
    return { chain: { points: [...this.points, ...this.free], next: this.next } };
  }

  private get least(): number {
    return this.kind === "polyline" ? 2 : 3;
  }

  private point({ at }: Press): Point {
    return clampPoint(this.hands.snap(at), this.hands.size);
  }

  /** The selected polygon, where the point lies in it. */
  private outline(at: Point): { id: string; shape: Polygon } | null {
    const only = onlySelected(this.hands.editor);
    const shape = only && !only.locked ? imageShape(only) : null;
    return only && shape?.type === "polygon" && hits(shape, at, 0) ? { id: only.id, shape } : null;
  }

  private finish(): void {
    const { points } = this;
    this.points = [];
    this.next = null;
    const [first] = points;
    if (this.kind === "hole") {
      const target = first && this.outline(first);
      const edit =
        target &&
        commands.changeEach(
          this.hands.editor.doc.regions.filter((region) => region.id === target.id),
          () => ({ shape: rounded({ ...target.shape, holes: [...target.shape.holes, points] }) }),
        );
      if (edit) this.hands.editor.dispatch(edit);
    } else this.hands.make(this.shape(points));
    this.hands.changed();
  }

  private shape(points: readonly Point[]): ImageShape {
    return this.kind === "polyline"
      ? { type: "polyline", points }
      : { type: "polygon", outline: points, holes: [] };
  }

  private set(points: readonly Point[], next: Point | null): void {
    this.points = points;
    this.next = next;
    this.hands.changed();
  }
}
