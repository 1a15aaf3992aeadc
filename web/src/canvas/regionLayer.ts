/**
 * The layer of all regions at rest. It is larger than the screen by a margin, so that a gesture can move what is drawn
 * (a CSS transform) without bare edges; it is drawn anew when the gesture is over, many regions in slices over several
 * frames on a second canvas that is then swapped in.
 */
import { type Bounds, grow, type Size } from "../geometry";
import { paintShape } from "./paint";
import type { Item, Scene } from "./scene";
import { paintTag, TAG_REACH } from "./tags";
import { toImage, type View } from "./view";

const MARGIN = 0.25;
/** From so many regions on, gestures move the picture of them instead of drawing them in each frame. */
const SNAPSHOT_FROM = 400;
const SLICE = 700;
const STROKE_PX = 2;
const FILL = 0.14;
const TAG_FROM_PX = { width: 30, height: 14 } as const;
/** More names than this would be a wall of text. */
const MOST_TAGGED = 400;

interface Crisp {
  readonly view: View;
  readonly tagged: boolean;
  /** Regions that were in sight. */
  readonly count: number;
}

interface Job {
  readonly scene: Scene;
  readonly view: View;
  readonly tagged: boolean;
  readonly items: readonly number[];
  done: number;
}

export class RegionLayer {
  private front = layer("1");
  private back = layer("1");
  private spare = layer("1");
  private screen: Size = { width: 1, height: 1 };
  private margin = { x: 0, y: 0 };
  private dpr = 1;
  private crisp: Crisp | null = null;
  private job: Job | null = null;
  /** Regions that come next, drawn where nobody sees it yet. */
  private coming: { readonly canvas: HTMLCanvasElement; readonly job: Job } | null = null;
  private lifted: ReadonlySet<string> = new Set();

  constructor(
    host: HTMLElement,
    private readonly scene: Scene,
  ) {
    host.append(this.spare, this.back, this.front);
    this.back.style.visibility = "hidden";
    this.spare.style.visibility = "hidden";
  }

  /** True while the view may only be followed by moving what is drawn. */
  get heavy(): boolean {
    return (this.crisp?.count ?? this.scene.items.length) > SNAPSHOT_FROM;
  }

  get busy(): boolean {
    return this.job !== null;
  }

  resize(screen: Size, dpr: number): void {
    this.screen = screen;
    this.dpr = dpr;
    this.margin = { x: Math.ceil(screen.width * MARGIN), y: Math.ceil(screen.height * MARGIN) };
    this.coming = null;
    for (const canvas of [this.front, this.back, this.spare]) {
      const [width, height] = [screen.width + 2 * this.margin.x, screen.height + 2 * this.margin.y];
      canvas.width = Math.ceil(width * dpr);
      canvas.height = Math.ceil(height * dpr);
      Object.assign(canvas.style, {
        left: `${-this.margin.x}px`,
        top: `${-this.margin.y}px`,
        width: `${width}px`,
        height: `${height}px`,
        transformOrigin: `${this.margin.x}px ${this.margin.y}px`,
      });
    }
    this.crisp = null;
  }

  /** Moves what is drawn to where it lies in this view. */
  follow(view: View): void {
    if (!this.crisp) return;
    const k = view.scale / this.crisp.view.scale;
    const [x, y] = [view.x - this.crisp.view.x * k, view.y - this.crisp.view.y * k];
    const still = k === 1 && x === 0 && y === 0;
    this.front.style.transform = still ? "" : `translate(${x}px, ${y}px) scale(${k})`;
  }

  /** Starts drawing everything for this view; small scenes are done at once, others go on in `advance`. */
  draw(view: View): void {
    this.job = this.jobOf(this.scene, view);
    const { items } = this.job;
    this.clear(this.back);
    if (items.length <= 2 * SLICE) this.advance(items.length);
    else this.advance();
  }

  private jobOf(scene: Scene, view: View): Job {
    const items = scene.within(this.area(view));
    return { scene, view, items, tagged: items.length <= MOST_TAGGED, done: 0 };
  }

  stop(): void {
    this.job = null;
  }

  /** Starts drawing what comes next; `prepareMore` goes on with it. */
  prepare(scene: Scene, view: View): void {
    this.clear(this.spare);
    this.coming = { canvas: this.spare, job: this.jobOf(scene, view) };
  }

  /** One slice more of what comes next; true when there is more to do. */
  prepareMore(): boolean {
    if (!this.coming) return false;
    const { canvas, job } = this.coming;
    if (job.done >= job.items.length) return false;
    const context = this.slice(canvas, job, SLICE);
    // Pixels now, not in the frame that shows them.
    context.getImageData(0, 0, 1, 1);
    return job.done < job.items.length;
  }

  /** Shows what was prepared for this view; false when that is not there. */
  showPrepared(view: View): boolean {
    const { coming } = this;
    if (!coming || coming.job.done < coming.job.items.length || !sameView(coming.job.view, view))
      return false;
    this.coming = null;
    [this.spare, this.front] = [this.front, this.spare];
    this.spare.style.visibility = "hidden";
    this.swappedIn(coming.job);
    return true;
  }

  /** What is drawn belongs to another image: nothing of it is worth keeping. */
  forget(): void {
    this.crisp = null;
    this.job = null;
  }

  /** One slice more; swaps the canvases after the last. With nothing to look at meanwhile, slices are larger. */
  advance(most = this.crisp ? SLICE : 6 * SLICE): void {
    const { job } = this;
    if (!job) return;
    this.slice(this.back, job, most);
    if (job.done < job.items.length) return;
    [this.front, this.back] = [this.back, this.front];
    this.back.style.visibility = "hidden";
    this.swappedIn(job);
  }

  private slice(canvas: HTMLCanvasElement, job: Job, most: number): CanvasRenderingContext2D {
    const context = this.context(canvas, job.view);
    const end = Math.min(job.items.length, job.done + most);
    this.paint(context, job.scene, job.items.slice(job.done, end), job.view, job.tagged);
    job.done = end;
    return context;
  }

  private swappedIn({ view, tagged, items }: Job): void {
    this.job = null;
    this.front.style.transform = "";
    this.front.style.visibility = "";
    this.crisp = { view, tagged, count: items.length };
  }

  /** Draws one part again, the rest stays; false when only drawing everything will do. */
  patch(area: Bounds, view: View): boolean {
    const { crisp } = this;
    if (!crisp || this.job || !sameView(crisp.view, view)) return false;
    const reach = (px: number): number => px / view.scale;
    const dirty: Bounds = {
      minX: area.minX - reach(8),
      minY: area.minY - reach(8 + TAG_REACH.up),
      maxX: Math.max(area.maxX + reach(8), area.minX + reach(TAG_REACH.left + 4)),
      maxY: area.maxY + reach(8),
    };
    const touching = this.scene.within({
      ...grow(dirty, reach(8)),
      minX: dirty.minX - reach(TAG_REACH.left),
      maxY: dirty.maxY + reach(TAG_REACH.up),
    });
    if (touching.length > 2 * SLICE) return false;
    const context = this.context(this.front, view);
    context.save();
    this.clipTo(context, dirty, view);
    this.paint(context, this.scene, touching, view, crisp.tagged);
    context.restore();
    return true;
  }

  /** Regions in somebody's hand are drawn elsewhere until they are put down. */
  lift(ids: ReadonlySet<string>): Bounds[] {
    const changed = [...ids, ...this.lifted].filter((id) => ids.has(id) !== this.lifted.has(id));
    this.lifted = ids;
    return changed.flatMap((id) => {
      const item = this.scene.get(id);
      return item ? [item.bounds] : [];
    });
  }

  isLifted(id: string): boolean {
    return this.lifted.has(id);
  }

  private paint(
    context: CanvasRenderingContext2D,
    scene: Scene,
    places: readonly number[],
    view: View,
    tagged: boolean,
  ): void {
    const { scale } = view;
    const top = toImage(view, [0, 0])[1];
    const shown: Item[] = [];
    for (const place of places) {
      const item = scene.items[place] as Item;
      const lifted = scene === this.scene && this.lifted.has(item.region.id);
      if (item.region.hidden || lifted) continue;
      paintShape(context, item.shape, { look: item.look, scale, width: STROKE_PX, fill: FILL, halo: tagged });
      if (tagged && wantsTag(item, scale)) shown.push(item);
    }
    for (const { bounds, look } of shown)
      paintTag(context, bounds, look, { scale, dpr: this.dpr, top: Math.max(0, top) });
  }

  private area(view: View): Bounds {
    const [minX, minY] = toImage(view, [-this.margin.x, -this.margin.y]);
    const [maxX, maxY] = toImage(view, [
      this.screen.width + this.margin.x,
      this.screen.height + this.margin.y,
    ]);
    return { minX, minY, maxX, maxY };
  }

  private context(canvas: HTMLCanvasElement, { scale, x, y }: View): CanvasRenderingContext2D {
    const context = canvas.getContext("2d") as CanvasRenderingContext2D;
    const k = scale * this.dpr;
    context.setTransform(k, 0, 0, k, (x + this.margin.x) * this.dpr, (y + this.margin.y) * this.dpr);
    return context;
  }

  private clear(canvas: HTMLCanvasElement): void {
    const context = canvas.getContext("2d") as CanvasRenderingContext2D;
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, canvas.width, canvas.height);
  }

  /** Whole pixels of the device: a seam would show. */
  private clipTo(context: CanvasRenderingContext2D, area: Bounds, { scale, x, y }: View): void {
    const px = (value: number, offset: number, margin: number): number =>
      (value * scale + offset + margin) * this.dpr;
    const left = Math.floor(px(area.minX, x, this.margin.x));
    const top = Math.floor(px(area.minY, y, this.margin.y));
    const width = Math.ceil(px(area.maxX, x, this.margin.x)) - left;
    const height = Math.ceil(px(area.maxY, y, this.margin.y)) - top;
    const transform = context.getTransform();
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.beginPath();
    context.rect(left, top, width, height);
    context.clip();
    context.clearRect(left, top, width, height);
    context.setTransform(transform);
  }
}

const wantsTag = ({ bounds }: Item, scale: number): boolean =>
  ((bounds.maxX - bounds.minX) * scale >= TAG_FROM_PX.width &&
    (bounds.maxY - bounds.minY) * scale >= TAG_FROM_PX.height) ||
  bounds.maxX === bounds.minX;

const sameView = (a: View, b: View): boolean => a.scale === b.scale && a.x === b.x && a.y === b.y;

export function layer(z: string): HTMLCanvasElement {
  const canvas = document.createElement("canvas");
  canvas.setAttribute("aria-hidden", "true");
  Object.assign(canvas.style, {
    position: "absolute",
    left: "0",
    top: "0",
    zIndex: z,
    pointerEvents: "none",
  });
  return canvas;
}
