/**
 * One image under somebody's hands: the stage that draws it, the tools that change it, and the editor of its document.
 * Pointers and wheels come in here; keys come in as commands. React puts it into the page and never draws in it.
 */
import type { Field, Schema } from "../api/types";
import { type Doc, type Edit, type Editor, newRegion, type Region } from "../doc";
import {
  type Bounds,
  type Edges,
  type ImageShape,
  type ImageShapeType,
  isImageShape,
  type Point,
  rounded,
  type Size,
  snapped,
} from "../geometry";
import {
  type Hands,
  type OutlineFinder,
  REACH_PX,
  RelateTool,
  shapesOf,
  Toolbox,
  type ToolboxState,
  type ToolName,
} from "../tools";
import { firstLabels, type Look, labelLook, looksOf } from "./looks";
import { NOTHING_IN_HAND, type Overlay } from "./overlay";
import type { Picture } from "./picture";
import { Pointers } from "./pointers";
import { Stage } from "./stage";
import type { View } from "./view";

/** Which image of the task is shown. */
export interface Shown {
  readonly object: string;
  readonly item: number;
}

export interface ImageViewState {
  readonly toolbox: ToolboxState;
  readonly view: View;
  readonly size: Size;
  readonly fitted: boolean;
}

export interface ImageViewPorts {
  readonly schema: Schema;
  readonly findOutline: OutlineFinder | null;
  readonly newId: () => string;
  readonly say: (text: string) => void;
  /** How regions look where labels alone do not decide it. */
  readonly lookOf?: (region: Region) => Look;
}

const liesOn = (region: Region, { object, item }: Shown): boolean =>
  region.item === item && (region.object === "" || region.object === object);

export class ImageView implements Hands {
  readonly stage: Stage;
  readonly toolbox: Toolbox;
  /** A cursor moved by keys, for those who draw without a pointer. */
  private crosshair: Point | null = null;
  /** Where it was pressed last. */
  private pressed: Point | null = null;
  private shown: Shown = { object: "", item: 0 };
  private current: Editor | null = null;
  /** What is made ready to be shown next. */
  private coming: { readonly doc: Doc; readonly shown: Shown } | null = null;
  private leaveEditor: () => void = () => undefined;
  private readonly listeners = new Set<() => void>();
  private state: ImageViewState;
  private readonly lookOf: (region: Region) => Look;
  private readonly fields: ReadonlyMap<string, Field>;
  private readonly first: ReadonlyMap<string, number>;
  private readonly pointers: Pointers;

  constructor(
    private readonly host: HTMLElement,
    private readonly ports: ImageViewPorts,
  ) {
    host.tabIndex = 0;
    this.lookOf = ports.lookOf ?? looksOf(ports.schema);
    this.first = firstLabels(ports.schema.fields);
    this.fields = new Map(ports.schema.fields.map((field) => [field.name, field]));
    this.stage = new Stage(
      host,
      { overlay: () => this.overlay(), viewChanged: () => this.tell() },
      this.lookOf,
    );
    const { schema, findOutline, newId } = ports;
    this.toolbox = new Toolbox({ hands: this, schema, findOutline, newId, changed: () => this.tell() });
    this.state = this.read();
    this.pointers = new Pointers(host, this.stage, {
      active: () => this.current !== null,
      down: (press) => {
        this.crosshair = null;
        this.toolbox.tool.down(press);
      },
      // A mouse that only happens to lie there does not move the cursor of the keys.
      move: (press, held) => (held || !this.crosshair) && this.toolbox.tool.move(press),
      up: (press) => this.toolbox.tool.up(press),
      cancel: () => this.toolbox.tool.key("cancel"),
    });
  }

  close(): void {
    this.pointers.close();
    this.leaveEditor();
    this.stage.close();
  }

  /** Shows a document over its picture: the next task, or another image of the same one. */
  show(editor: Editor, shown: Shown, picture: Picture | null): void {
    const another = editor !== this.current;
    this.leaveEditor();
    this.current = editor;
    this.shown = shown;
    this.crosshair = null;
    if (another) this.toolbox.reset();
    this.stage.lift(new Set());
    if (!this.showPrepared(editor, shown, picture)) this.stage.setPicture(picture);
    this.leaveEditor = editor.subscribe(() => this.follow());
    this.follow();
    this.tell();
  }

  /** Makes the next task ready to be shown, while this one is on the screen. */
  prepare(editor: Editor, shown: Shown, picture: Picture): void {
    const { doc } = editor;
    this.coming = { doc, shown };
    const regions = doc.regions.filter((region) => liesOn(region, shown));
    this.stage.prepare(picture, regions, this.lookOf);
  }

  private showPrepared({ doc }: Editor, { object, item }: Shown, picture: Picture | null): boolean {
    const { coming } = this;
    this.coming = null;
    const same = coming?.doc === doc && coming.shown.object === object && coming.shown.item === item;
    return same && picture !== null && this.stage.showPrepared(picture);
  }

  setPicture(picture: Picture | null): void {
    this.stage.setPicture(picture);
    this.tell();
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly getState = (): ImageViewState => this.state;

  // --- for tools

  get editor(): Editor {
    if (!this.current) throw new Error("no document is shown");
    return this.current;
  }

  get size(): Size {
    return this.stage.size;
  }

  get grain(): number {
    return 1 / this.stage.view.scale;
  }

  hit(at: Point): Region | null {
    return this.stage.hit(at, REACH_PX, (region) => this.edgesOf(region))?.region ?? null;
  }

  enclosed(area: Bounds): readonly Region[] {
    return this.stage.scene.enclosed(area).map((item) => item.region);
  }

  snap(at: Point): Point {
    const field = this.fields.get(this.toolbox.state.field);
    if (this.toolbox.state.snaps) {
      const reach = 8 * this.grain;
      const area = { minX: at[0] - reach, minY: at[1] - reach, maxX: at[0] + reach, maxY: at[1] + reach };
      const near = this.stage.scene.within(area).flatMap((place) => {
        const item = this.stage.scene.items[place];
        return item && !item.region.hidden && !this.editor.selection.has(item.region.id) ? [item.shape] : [];
      });
      return snapped(at, near, reach, this.size);
    }
    return field?.snap === "pixel" ? [Math.round(at[0]), Math.round(at[1])] : at;
  }

  edgesOf(region: Region): Edges {
    return this.fields.get(region.field)?.edges ?? [];
  }

  fieldFor(type: ImageShapeType): Field | null {
    return this.toolbox.fieldFor(type);
  }

  labelsFor(field: Field): readonly string[] {
    const chosen = this.toolbox.state.labels[field.name] ?? [];
    // With one label there is nothing to choose.
    return chosen.length === 0 && field.options.length === 1 ? [field.options[0]?.value ?? ""] : chosen;
  }

  make(shape: ImageShape): void {
    const field = this.fieldFor(shape.type);
    if (!field) return;
    const id = this.ports.newId();
    const region = newRegion({
      id,
      field: field.name,
      shape: rounded(shape),
      labels: this.labelsFor(field),
      ...this.place(field),
    });
    const edit: Edit = { kind: "add", region, at: this.editor.doc.regions.length };
    this.editor.dispatch(edit, [id]);
  }

  changed(): void {
    const { replaced } = this.toolbox.tool.inHand();
    this.stage.lift(new Set(replaced?.keys() ?? []));
    this.stage.redraw();
  }

  say(text: string): void {
    this.ports.say(text);
  }

  // --- for commands

  /** True where the arrow keys move something in hand rather than the view. */
  get draws(): boolean {
    return this.toolbox.state.tool !== "select";
  }

  /**
   * A press at the cursor that keys move: what a click of the mouse would do there. Pressed once more in the same place
   * it ends what was begun, as a double click does; false when nothing was.
   */
  pressCrosshair(): boolean {
    if (!this.crosshair) return false;
    const double = this.pressed === this.crosshair;
    if (double && !this.toolbox.busy) return this.toolbox.tool.key("cancel");
    this.pressed = this.crosshair;
    const press = { at: this.crosshair, shift: false, ctrl: false, alt: false, double };
    this.toolbox.tool.move(press);
    this.toolbox.tool.down(press);
    this.toolbox.tool.up(press);
    return true;
  }

  moveCrosshair(dx: number, dy: number): void {
    const { width, height } = this.stage.screen;
    const from = this.crosshair ?? this.stage.at(this.onPage([width / 2, height / 2]));
    const step = Math.max(1, Math.round(this.grain));
    const { width: right, height: bottom } = this.size;
    this.crosshair = [
      Math.min(right, Math.max(0, Math.round(from[0] + dx * step))),
      Math.min(bottom, Math.max(0, Math.round(from[1] + dy * step))),
    ];
    this.toolbox.tool.move({ at: this.crosshair, shift: false, ctrl: false, alt: false, double: false });
    this.stage.redraw();
  }

  hideCrosshair(): boolean {
    const was = this.crosshair !== null;
    this.crosshair = null;
    this.stage.redraw();
    return was;
  }

  /** Takes up a tool; the region list can then be used to relate, too. */
  pick(name: ToolName): void {
    this.toolbox.pick(name);
    if (!this.draws) this.crosshair = null;
    this.changed();
  }

  /** A region chosen in a list: selected, or the end of a relation that was begun. */
  choose(id: string, adds = false): void {
    const { tool } = this.toolbox;
    if (tool instanceof RelateTool) tool.pick(id);
    else if (adds) {
      const { selection } = this.editor;
      this.editor.select(
        selection.has(id) ? [...selection].filter((each) => each !== id) : [...selection, id],
      );
    } else this.editor.select([id]);
    this.reveal(id);
  }

  /** Brings a region into sight when it is not. */
  reveal(id: string): void {
    const item = this.stage.scene.get(id);
    if (!item) return;
    const { scale, x, y } = this.stage.view;
    const { width, height } = this.stage.screen;
    const { minX, minY, maxX, maxY } = item.bounds;
    const seen =
      maxX * scale + x > 0 && minX * scale + x < width && maxY * scale + y > 0 && minY * scale + y < height;
    if (!seen) this.stage.centreOn([(minX + maxX) / 2, (minY + maxY) / 2]);
  }

  /** Names the image that is shown, among those of the task. */
  get part(): string {
    return `${this.shown.object} ${this.shown.item}`;
  }

  /** Regions of the image that is shown. */
  here(): Region[] {
    return this.current ? this.current.doc.regions.filter((region) => this.isHere(region)) : [];
  }

  isHere(region: Region): boolean {
    return liesOn(region, this.shown);
  }

  /** Whether a region of elsewhere can be put here: its field is there, and a mask has the size of this image. */
  takes(region: Region): boolean {
    const field = this.fields.get(region.field);
    if (!field || !isImageShape(region.shape) || !shapesOf(field).includes(region.shape.type)) return false;
    const { width, height } = this.size;
    return (
      region.shape.type !== "mask" || (region.shape.size[0] === height && region.shape.size[1] === width)
    );
  }

  /** Whether a region could be part of another field's answer. */
  takesAs(region: Region, field: Field): boolean {
    return isImageShape(region.shape) && shapesOf(field).includes(region.shape.type);
  }

  placeOf(region: Region): { object: string; item: number } {
    const field = this.fields.get(region.field);
    return field ? this.place(field) : { object: "", item: 0 };
  }

  /** The place of what is made here: said only where the field leaves it open. */
  place(field: Field): { object: string; item: number } {
    return { object: field.of.length > 1 ? this.shown.object : "", item: this.shown.item };
  }

  // --- inside

  private follow(): void {
    this.stage.setRegions(this.here());
    this.changed();
  }

  private tell(): void {
    this.state = this.read();
    for (const listener of this.listeners) listener();
  }

  private read(): ImageViewState {
    return {
      toolbox: this.toolbox?.state as ToolboxState,
      view: this.stage.view,
      size: this.stage.size,
      fitted: this.stage.isFitted,
    };
  }

  private overlay(): Overlay {
    if (!this.current) return NOTHING_IN_HAND;
    const { tool } = this.toolbox;
    const hand = tool.inHand();
    const { selection, doc } = this.current;
    const draftLook = this.draftLook();
    const stroke = hand.stroke
      ? { ...hand.stroke, look: this.lookFor(hand.stroke.field, hand.stroke.labels) }
      : null;
    const links = doc.relations.filter(
      ({ from, to }) => doc.relations.length <= 40 || selection.has(from) || selection.has(to),
    );
    return {
      selected: selection,
      hovered: hand.hovered ?? null,
      replaced: hand.replaced ?? NOTHING_IN_HAND.replaced,
      handles: this.draws ? [] : (hand.handles ?? []),
      handle: hand.handle ?? null,
      draft: hand.draft ? { shape: hand.draft, look: draftLook } : null,
      chain: hand.chain ? { ...hand.chain, look: draftLook } : null,
      marquee: hand.marquee ?? null,
      stroke,
      brush: hand.brush ?? null,
      crosshair: this.crosshair,
      links: links.map(({ from, to, direction }) =>
        direction === "left" ? { from: to, to: from, both: false } : { from, to, both: direction === "both" },
      ),
      link: hand.link ?? null,
    };
  }

  private draftLook(): Look {
    const { field, labels } = this.toolbox.state;
    return this.lookFor(field, labels[field] ?? []);
  }

  private lookFor(name: string, labels: readonly string[]): Look {
    const field = this.fields.get(name);
    const look =
      field && labels[0] !== undefined
        ? labelLook(field, labels[0], this.first.get(name))
        : { color: "#ffffff", dash: [] };
    return { ...look, name: "", edges: field?.edges ?? [] };
  }

  private onPage([x, y]: Point): { clientX: number; clientY: number } {
    const { left, top } = this.host.getBoundingClientRect();
    return { clientX: x + left, clientY: y + top };
  }
}
