/** Single points, and the four outermost points of a thing from which its outline is found. */
import { clampPoint, type ImageShape, type Point } from "../geometry";
import type { Hands, InHand, Press, Tool, ToolKey } from "./tool";

export class PointTool implements Tool {
  constructor(private readonly hands: Hands) {}

  down(press: Press): void {
    const [x, y] = clampPoint(this.hands.snap(press.at), this.hands.size);
    this.hands.make({ type: "keypoint", x, y });
  }

  move(): void {}

  up(): void {}

  key(): boolean {
    return false;
  }

  inHand(): InHand {
    return {};
  }
}

/** Finds the outline of what lies between four points: done elsewhere, for it takes the pixels. */
export type OutlineFinder = (points: readonly Point[]) => Promise<ImageShape>;

export class ExtremeTool implements Tool {
  private points: readonly Point[] = [];
  private next: Point | null = null;
  private asking = false;

  constructor(
    private readonly hands: Hands,
    private readonly find: OutlineFinder,
  ) {}

  down(press: Press): void {
    if (this.asking) return;
    this.points = [...this.points, clampPoint(press.at, this.hands.size)];
    if (this.points.length === 4) void this.ask(this.points);
    this.hands.changed();
  }

  move(press: Press): void {
    this.next = this.points.length > 0 && !this.asking ? press.at : null;
    this.hands.changed();
  }

  up(): void {}

  key(key: ToolKey): boolean {
    if (this.points.length === 0 || this.asking) return false;
    if (key === "back") this.points = this.points.slice(0, -1);
    else if (key === "cancel") this.points = [];
    else return false;
    this.hands.changed();
    return true;
  }

  inHand(): InHand {
    return this.points.length > 0 ? { chain: { points: this.points, next: this.next } } : {};
  }

  private async ask(points: readonly Point[]): Promise<void> {
    const { doc } = this.hands.editor;
    this.asking = true;
    this.next = null;
    try {
      const shape = await this.find(points);
      // Another task may be on the screen by now; what was found belongs to the one that was asked about.
      if (this.points === points && this.hands.editor.doc === doc) this.hands.make(shape);
    } catch (error) {
      this.hands.say((error as Error).message);
    } finally {
      this.asking = false;
      this.points = [];
      this.hands.changed();
    }
  }
}
