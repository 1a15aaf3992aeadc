/** The regions of one image as the canvas sees them: found by place, compared from one document to the next. */
import Flatbush from "flatbush";
import type { Region } from "../doc";
import {
  areaOf,
  type Bounds,
  boundsOf,
  type Edges,
  encloses,
  grow,
  hits,
  type ImageShape,
  intersects,
  isImageShape,
  type Point,
  union,
} from "../geometry";
import type { Look } from "./looks";

export interface Item {
  readonly region: Region;
  readonly shape: ImageShape;
  readonly bounds: Bounds;
  readonly look: Look;
}

export interface Change {
  /** The smallest rectangle that holds everything that looks different now; null: nothing does. */
  readonly area: Bounds | null;
  readonly count: number;
  /** Smaller rectangles that hold it too, where only a few regions changed: a shape was taken from here and put down there. */
  readonly parts: readonly Bounds[];
}

type LookOf = (region: Region) => Look;

const NO_INDEX = null;
const MOST_LOOSE = 48;
const MOST_PARTS = 8;
const NOTHING_CHANGED: Change = { area: null, count: 0, parts: [] };

export class Scene {
  items: readonly Item[] = [];
  private byId = new Map<string, Item>();
  private tree: Flatbush | null = NO_INDEX;
  /** Places that lie elsewhere than the tree says: a few are looked at one by one, many make it worth a new tree. */
  private readonly loose = new Set<number>();

  constructor(private lookOf: LookOf) {}

  /** Takes over the regions of a document and says what changed. */
  update(regions: readonly Region[], lookOf: LookOf = this.lookOf): Change {
    const restyled = lookOf !== this.lookOf;
    this.lookOf = lookOf;
    return (restyled ? null : this.updateInPlace(regions)) ?? this.updateAll(regions, restyled);
  }

  /** Becomes what another scene is: one that was made while this one was on the screen. */
  takeOver(other: Scene): void {
    other.index();
    this.items = other.items;
    this.byId = other.byId;
    this.tree = other.tree;
    this.loose.clear();
    for (const place of other.loose) this.loose.add(place);
  }

  /** The usual case: a few regions changed, or some were added on top. Null when it is another one. */
  private updateInPlace(regions: readonly Region[]): Change | null {
    const { items } = this;
    if (regions.length < items.length) return null;
    const changed: number[] = [];
    for (const [i, region] of regions.entries()) {
      const item = items[i];
      if (item?.region === region) continue;
      if (!isImageShape(region.shape) || (item && item.region.id !== region.id)) return null;
      if (!item && this.byId.has(region.id)) return null;
      if (changed.push(i) > MOST_LOOSE) return null;
    }
    if (changed.length === 0) return NOTHING_CHANGED;
    const next = items.slice();
    const parts: Bounds[] = [];
    for (const i of changed) {
      const region = regions[i] as Region;
      const before = items[i];
      const item = this.itemOf(region, region.shape as ImageShape, before);
      if (before) parts.push(before.bounds);
      parts.push(item.bounds);
      if (before?.shape !== item.shape) this.loose.add(i);
      next[i] = item;
      this.byId.set(region.id, item);
    }
    this.items = next;
    if (this.loose.size > MOST_LOOSE) this.tree = NO_INDEX;
    const area = parts.reduce(union);
    return { area, count: changed.length, parts: parts.length > MOST_PARTS ? [area] : parts };
  }

  private updateAll(regions: readonly Region[], restyled: boolean): Change {
    const [before, items] = [this.byId, [] as Item[]];
    const now = new Map<string, Item>();
    let [area, count]: [Bounds | null, number] = [null, 0];
    const touch = (item: Item | undefined): void => {
      if (!item) return;
      area = area ? union(area, item.bounds) : item.bounds;
      count++;
    };
    let [moved, last] = [false, -1];
    const order = new Map(this.items.map((item, i) => [item.region.id, i]));
    for (const region of regions) {
      if (!isImageShape(region.shape)) continue;
      const known = before.get(region.id);
      const same = known?.region === region && !restyled;
      const item = same && known ? known : this.itemOf(region, region.shape, known);
      const place = order.get(region.id) ?? -1;
      if (place >= 0) {
        if (place < last) moved = true;
        last = Math.max(last, place);
      }
      if (!same) {
        touch(known);
        touch(item);
      } else if (moved) touch(item);
      items.push(item);
      now.set(region.id, item);
    }
    for (const [id, item] of before) if (!now.has(id)) touch(item);
    this.items = items;
    this.byId = now;
    if (count > 0) this.tree = NO_INDEX;
    return { area, count, parts: area ? [area] : [] };
  }

  private index(): Flatbush | null {
    if (this.items.length === 0) return null;
    if (!this.tree) {
      this.tree = indexOf(this.items);
      this.loose.clear();
    }
    return this.tree;
  }

  get(id: string): Item | undefined {
    return this.byId.get(id);
  }

  /** Places in `items` whose bounds meet the area, bottom to top. */
  within(area: Bounds): number[] {
    const tree = this.index();
    if (!tree) return [];
    const found = tree.search(area.minX, area.minY, area.maxX, area.maxY, (i) => !this.loose.has(i));
    for (const i of this.loose) if (intersects((this.items[i] as Item).bounds, area)) found.push(i);
    return found.sort((a, b) => a - b);
  }

  /** What a click at `p` means: the smallest region there, the upper one of equals; hidden ones are not there. */
  hit(p: Point, reach: number, edgesOf: (region: Region) => Edges): Item | null {
    let best: { item: Item; area: number } | null = null;
    for (const i of this.within(grow({ minX: p[0], minY: p[1], maxX: p[0], maxY: p[1] }, reach + 1))) {
      const item = this.items[i] as Item;
      if (item.region.hidden || !hits(item.shape, p, reach, edgesOf(item.region))) continue;
      const area = areaOf(item.shape);
      if (!best || area <= best.area) best = { item, area };
    }
    return best?.item ?? null;
  }

  /** Regions that lie wholly in the area. */
  enclosed(area: Bounds): Item[] {
    return this.within(area).flatMap((i) => {
      const item = this.items[i];
      return item && !item.region.hidden && encloses(area, item.bounds) ? [item] : [];
    });
  }

  private itemOf(region: Region, shape: ImageShape, known: Item | undefined): Item {
    const bounds = known?.shape === shape ? known.bounds : boundsOf(shape);
    return { region, shape, bounds, look: this.lookOf(region) };
  }
}

function indexOf(items: readonly Item[]): Flatbush {
  const tree = new Flatbush(items.length);
  for (const { bounds } of items) tree.add(bounds.minX, bounds.minY, bounds.maxX, bounds.maxY);
  tree.finish();
  return tree;
}
