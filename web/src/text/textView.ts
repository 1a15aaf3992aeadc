/**
 * A text with its marks. Only what a change touches is drawn again: a leaf is one line, turn or run of the text, and
 * holds plain text and `<mark>`s, one for every stretch under the same spans.
 */
import type { Json, ObjectTag } from "../api/types";
import type { Doc, Editor, Region } from "../doc";
import { type Leaf, type Rendered, render } from "./leaves";
import { Offsets } from "./offsets";
import { type Granularity, type Mark, segments, snapped } from "./segments";

export interface Look {
  readonly color: string;
  /** What stands at the end of the mark. */
  readonly name: string;
}

export interface TextViewOptions {
  readonly editor: Editor;
  readonly object: ObjectTag;
  readonly value: Json | undefined;
  /** Whether a region of the document is a span of this text. */
  readonly isHere: (region: Region) => boolean;
  readonly lookOf: (region: Region) => Look;
  /** A span was clicked; `adds`: with shift or ctrl. */
  readonly onChoose: (id: string, adds: boolean) => void;
}

/** Code points `[start, end)` of the plain text. */
export interface Extent {
  readonly start: number;
  readonly end: number;
}

interface Drawn extends Mark {
  readonly region: Region;
}

const LEAF = Symbol("leaf");
/** How far a hand may slip during a click. */
const CLICK_PX = 4;
/** So many leaves fill a screen, however small they are: the others get their marks right after it is painted, a few at a time. */
const SCREENFUL = 60;
const SLICE = 80;
const SLICE_PAUSE_MS = 30;
type LeafElement = HTMLElement & { [LEAF]?: number };

export class TextView {
  private readonly rendered: Rendered;
  private readonly offsets: Offsets;
  private marks = new Map<string, Drawn>();
  /** Marks by leaf, in the order of the document. */
  private readonly byLeaf: Set<string>[];
  private readonly stop: () => void;
  private doc: Doc | null = null;
  /** Leaves that show their text, and their marks soon. */
  private readonly unmarked = new Set<number>();
  private marking: ReturnType<typeof setTimeout> | undefined;
  private pressed: readonly [number, number] = [0, 0];
  private selection: ReadonlySet<string> = new Set();

  constructor(
    readonly host: HTMLElement,
    private readonly options: TextViewOptions,
  ) {
    this.rendered = render(host, options.object, options.value);
    this.offsets = new Offsets(this.rendered.text);
    this.byLeaf = this.rendered.leaves.map(() => new Set());
    for (const [index, { element }] of this.rendered.leaves.entries()) (element as LeafElement)[LEAF] = index;
    this.update(true);
    this.stop = options.editor.subscribe(() => this.update(false));
    host.addEventListener("mousedown", this.press);
    host.addEventListener("click", this.click);
  }

  destroy(): void {
    this.stop();
    clearTimeout(this.marking);
    this.host.removeEventListener("mousedown", this.press);
    this.host.removeEventListener("click", this.click);
    this.host.replaceChildren();
  }

  get text(): string {
    return this.rendered.text;
  }

  /** Code points of the text. */
  get length(): number {
    return this.offsets.length;
  }

  /** What is selected in this text, widened to whole words or what else is asked; null when nothing is. */
  selected(granularity: Granularity = this.options.object.granularity ?? "symbol"): Extent | null {
    const chosen = document.getSelection();
    if (!chosen || chosen.rangeCount === 0 || chosen.isCollapsed) return null;
    const range = chosen.getRangeAt(0);
    const start = this.unitsAt(range.startContainer, range.startOffset, false);
    const end = this.unitsAt(range.endContainer, range.endOffset, true);
    if (start === null || end === null || start >= end) return null;
    const whole = snapped(this.rendered.text, start, end, granularity);
    return whole && { start: this.offsets.points(whole.start), end: this.offsets.points(whole.end) };
  }

  /** The text that a span holds. */
  textOf({ start, end }: Extent): string {
    return this.rendered.text.slice(this.offsets.units(start), this.offsets.units(end));
  }

  /** Makes code points of the text the browser's selection, and shows where it ends. */
  select({ start, end }: Extent): void {
    const from = this.pointAt(this.offsets.units(start));
    const to = this.pointAt(this.offsets.units(end));
    if (from && to) document.getSelection()?.setBaseAndExtent(from.node, from.offset, to.node, to.offset);
  }

  /** Brings a region into sight. */
  reveal(id: string): void {
    this.markElements(id)[0]?.scrollIntoView({ block: "nearest" });
  }

  /** Where a region is on the screen, line by line. */
  boxesOf(id: string): DOMRect[] {
    return this.markElements(id).flatMap((element) => [...element.getClientRects()]);
  }

  /** The elements that hold the text, in its order. */
  get leafElements(): readonly HTMLElement[] {
    return this.rendered.leaves.map(({ element }) => element);
  }

  /** Where on the screen each region begins that begins in one of these leaves. */
  firstRects(leaves: Iterable<number>): Map<string, DOMRect> {
    const found = new Map<string, DOMRect>();
    for (const index of leaves) {
      if (this.byLeaf[index]?.size === 0) continue;
      for (const element of this.rendered.leaves[index]?.element.querySelectorAll("mark") ?? [])
        for (const id of idsOf(element)) {
          if (found.has(id) || this.leafAt(this.marks.get(id)?.start ?? -1) !== index) continue;
          const rect = element.getClientRects()[0];
          if (rect) found.set(id, rect);
        }
    }
    return found;
  }

  /** About where a region begins that is out of sight: the line, turn or run that it begins in. */
  roughRect(id: string): DOMRect | null {
    const mark = this.marks.get(id);
    if (!mark) return null;
    return this.rendered.leaves[this.leafAt(mark.start)]?.element.getBoundingClientRect() ?? null;
  }

  private markElements(id: string): HTMLElement[] {
    const mark = this.marks.get(id);
    if (!mark) return [];
    const leaves = this.leavesUnder(mark);
    for (const index of leaves) if (this.unmarked.has(index)) this.draw(index);
    return leaves.flatMap((index) =>
      [...(this.rendered.leaves[index] as Leaf).element.querySelectorAll("mark")].filter((element) =>
        idsOf(element).includes(id),
      ),
    );
  }

  // --- drawing

  private update(all: boolean): void {
    const { doc, selection } = this.options.editor.getState();
    const touched = new Set<number>();
    if (doc.regions !== this.doc?.regions) this.takeIn(doc, touched);
    if (selection !== this.selection)
      for (const id of new Set([...selection, ...this.selection])) {
        if (selection.has(id) === this.selection.has(id)) continue;
        const mark = this.marks.get(id);
        if (mark) for (const index of this.leavesUnder(mark)) touched.add(index);
      }
    this.doc = doc;
    this.selection = selection;
    if (all) this.drawFirst();
    else for (const index of touched) this.draw(index);
  }

  private drawFirst(): void {
    for (const [index, { element, text }] of this.rendered.leaves.entries()) {
      if (index < SCREENFUL) this.draw(index);
      else {
        element.textContent = text;
        this.unmarked.add(index);
      }
    }
    this.marking = setTimeout(() => this.drawMore(), SLICE_PAUSE_MS);
  }

  private drawMore(): void {
    let left = SLICE;
    for (const index of this.unmarked) {
      if (left-- === 0) break;
      this.draw(index);
    }
    if (this.unmarked.size > 0) this.marking = setTimeout(() => this.drawMore(), SLICE_PAUSE_MS);
  }

  /** The regions of the document as marks; notes which leaves look different now. */
  private takeIn(doc: Doc, touched: Set<number>): void {
    const next = new Map<string, Drawn>();
    for (const region of doc.regions) {
      const before = this.marks.get(region.id);
      if (before?.region === region) next.set(region.id, before);
      else if (region.shape.type === "span" && !region.hidden && this.options.isHere(region)) {
        const { start, end } = region.shape;
        const made = {
          id: region.id,
          start: this.offsets.units(start),
          end: this.offsets.units(end),
          region,
        };
        next.set(region.id, made);
        this.place(made, touched);
      }
    }
    for (const [id, mark] of this.marks) {
      const now = next.get(id);
      if (now === mark) continue;
      for (const index of this.leavesUnder(mark)) {
        touched.add(index);
        if (!now || !this.leavesUnder(now).includes(index)) this.byLeaf[index]?.delete(id);
      }
    }
    this.marks = next;
  }

  private place(mark: Drawn, touched: Set<number>): void {
    for (const index of this.leavesUnder(mark)) {
      touched.add(index);
      this.byLeaf[index]?.add(mark.id);
    }
  }

  /** Indexes of the leaves that a mark covers some of. */
  private leavesUnder({ start, end }: Mark): number[] {
    const found: number[] = [];
    for (let at = this.leafAt(start); at < this.rendered.leaves.length; at++) {
      if ((this.rendered.leaves[at] as Leaf).start >= end) break;
      found.push(at);
    }
    return found;
  }

  /** The last leaf that begins at or before a place. */
  private leafAt(units: number): number {
    const { leaves } = this.rendered;
    let low = 0;
    let high = leaves.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((leaves[middle] as Leaf).start <= units) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  private draw(index: number): void {
    const { element, start, text } = this.rendered.leaves[index] as Leaf;
    this.unmarked.delete(index);
    const marks = [...(this.byLeaf[index] as Set<string>)].flatMap((id) => this.marks.get(id) ?? []);
    if (marks.length === 0) {
      element.textContent = text;
      return;
    }
    const nodes = segments(start, start + text.length, marks).map((segment) => {
      const piece = text.slice(segment.start - start, segment.end - start);
      return segment.ids.length === 0 ? piece : this.markOf(piece, segment.ids, segment.ends);
    });
    element.replaceChildren(...nodes);
  }

  private markOf(text: string, ids: readonly string[], ends: readonly string[]): HTMLElement {
    const element = document.createElement("mark");
    const looks = ids.map((id) => this.options.lookOf((this.marks.get(id) as Drawn).region));
    element.className = "span-mark";
    element.dataset.ids = ids.join(BETWEEN);
    element.style.setProperty("--mark", looks.at(-1)?.color ?? "");
    if (looks.length > 1) {
      // Each span around the innermost is a line of its own below the text.
      const around = looks.slice(0, -1).reverse();
      element.style.boxShadow = around
        .map(({ color }, depth) => `0 ${3 + depth * 3}px 0 -0.5px ${color}`)
        .join(", ");
    }
    if (ids.some((id) => this.selection.has(id))) element.classList.add("selected");
    const proposed = ids.every((id) => this.marks.get(id)?.region.origin === "prediction");
    if (proposed) element.classList.add("proposed");
    element.title = looks.map(({ name }) => name).join(", ");
    element.textContent = text;
    if (ends.length > 0)
      element.dataset.names = ends.map((id) => looks[ids.indexOf(id)]?.name ?? "").join(" · ");
    return element;
  }

  // --- places

  /** UTF-16 units of the plain text before a place in the page; null outside of this text. */
  private unitsAt(node: Node, offset: number, isEnd: boolean): number | null {
    if (!this.host.contains(node)) return null;
    let holder: Node | null = node;
    while (holder && holder !== this.host && (holder as LeafElement)[LEAF] === undefined)
      holder = holder.parentNode;
    const index = holder && (holder as LeafElement)[LEAF];
    if (index !== undefined && index !== null) return this.unitsInLeaf(index, node, offset);
    return this.unitsBeside(node, offset, isEnd);
  }

  private unitsInLeaf(index: number, node: Node, offset: number): number {
    const { element, start } = this.rendered.leaves[index] as Leaf;
    const range = document.createRange();
    range.setStart(element, 0);
    range.setEnd(node, offset);
    return start + range.toString().length;
  }

  /** A place between leaves: the beginning of the one after it, or for an end the end of the one before it. */
  private unitsBeside(node: Node, offset: number, isEnd: boolean): number | null {
    const { leaves } = this.rendered;
    const place = document.createRange();
    place.setStart(node, offset);
    const after = leaves.findIndex(({ element }) => place.comparePoint(element, 0) >= 0);
    const at = after < 0 ? leaves.length : after;
    const leaf = isEnd ? leaves[at - 1] : leaves[at];
    if (!leaf) return isEnd ? 0 : this.rendered.text.length;
    return isEnd ? leaf.start + leaf.text.length : leaf.start;
  }

  private pointAt(units: number): { node: Node; offset: number } | null {
    const leaf = this.rendered.leaves[this.leafAt(units)];
    if (!leaf) return null;
    let rest = units - leaf.start;
    const walker = document.createTreeWalker(leaf.element, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const length = node.nodeValue?.length ?? 0;
      if (rest <= length) return { node, offset: rest };
      rest -= length;
    }
    return { node: leaf.element, offset: leaf.element.childNodes.length };
  }

  private readonly press = ({ clientX, clientY }: MouseEvent): void => {
    this.pressed = [clientX, clientY];
  };

  /**
   * A click chooses the innermost span; on the one that is chosen already, the next around it. What ends a drag or makes
   * a double click has marked something, and chooses nothing.
   */
  private readonly click = (event: MouseEvent): void => {
    const [x, y] = this.pressed;
    const dragged = Math.hypot(event.clientX - x, event.clientY - y) > CLICK_PX;
    if (!(event.target instanceof Element) || dragged || event.detail > 1 || this.selected("symbol")) return;
    const mark = event.target.closest("mark");
    const { editor } = this.options;
    if (!(mark instanceof HTMLElement)) {
      if (editor.selection.size > 0) editor.select([]);
      return;
    }
    const ids = idsOf(mark);
    const chosen = ids.findLastIndex((id) => editor.selection.has(id));
    const next = ids[chosen > 0 ? chosen - 1 : ids.length - 1] as string;
    this.options.onChoose(next, event.shiftKey || event.ctrlKey || event.metaKey);
  };
}

/** Stands in no id: those of overlaid answers hold blanks. */
const BETWEEN = "\u001f";
const idsOf = (element: HTMLElement): string[] => (element.dataset.ids ?? "").split(BETWEEN).filter(Boolean);
