/** The texts of one task on the screen: what is marked in which, the sticky label, and what keys do. No React. */
import type { Field, ObjectTag, Schema } from "../../../api/types";
import { commands, type Edit, type Editor, newRegion, type Region, type Relation } from "../../../doc";
import type { CommandName } from "../../../label/keymap";
import type { RegionHost, ViewPort } from "../../../label/port";
import { fieldsOf, spanFields } from "../../../label/texts";
import type { ArcLook, Extent, TextView } from "../../../text";
import { selected } from "../../../tools/tool";

export interface TextDeskPorts {
  readonly editor: Editor;
  readonly schema: Schema;
  readonly newId: () => string;
  readonly previous: () => readonly Region[];
  readonly say: (text: string) => void;
  readonly findLabel: () => void;
  readonly showRelation: (id: string) => void;
  /** An answer to a question about the selected regions; false when none of them is asked it. */
  readonly answer: (field: Field, value: string) => boolean;
}

/** What was copied: it outlives the task. */
let clipboard: readonly Region[] = [];

export interface TextDeskState {
  /** By field: what the next span gets; empty: it is labelled afterwards. */
  readonly sticky: Readonly<Record<string, readonly string[]>>;
  /** Two regions are to be related: the first is chosen already, or none is yet. */
  readonly relating: string | null | false;
  /** How many texts are on the screen: what spans hold is known once theirs is. */
  readonly texts: number;
}

export class TextDesk implements RegionHost {
  private readonly views = new Map<string, TextView>();
  private readonly listeners = new Set<() => void>();
  private state: TextDeskState = { sticky: {}, relating: false, texts: 0 };

  constructor(private readonly ports: TextDeskPorts) {}

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly getState = (): TextDeskState => this.state;

  attach(object: ObjectTag, view: TextView): () => void {
    this.views.set(object.name, view);
    this.set({ ...this.state, texts: this.views.size });
    return () => {
      this.views.delete(object.name);
      this.set({ ...this.state, texts: this.views.size });
    };
  }

  // --- regions

  isHere(region: Region): boolean {
    return region.shape.type === "span";
  }

  /** Whether a region is a span of this text: of several texts, regions say which. */
  isIn(region: Region, object: ObjectTag): boolean {
    if (region.shape.type !== "span") return false;
    const field = this.ports.schema.fields.find((each) => each.name === region.field);
    if (!field) return false;
    return region.object === ""
      ? field.of.length === 0 || field.of[0] === object.name
      : region.object === object.name;
  }

  textOf(region: Region): string {
    if (region.shape.type !== "span") return "";
    const object = this.ports.schema.objects.find((each) => this.isIn(region, each));
    return (object && this.views.get(object.name)?.textOf(region.shape)) ?? "";
  }

  choose(id: string, adds = false): void {
    const { editor } = this.ports;
    if (this.state.relating !== false) {
      this.relateTo(id);
      return;
    }
    editor.select(adds ? new Set([...editor.selection, id]) : [id]);
    for (const view of this.views.values()) view.reveal(id);
  }

  /** How the arc of a relation looks: by its first label. */
  readonly relationLook = ({ field, labels }: Relation): ArcLook => {
    const known = this.ports.schema.fields.find((each) => each.name === field);
    const chosen = labels.map((value) => known?.options.find((option) => option.value === value));
    return {
      color: chosen[0]?.color ?? "",
      name: labels.map((value, i) => chosen[i]?.label || value).join(", "),
    };
  };

  /** Selects what a relation joins, and goes to its line in the list, where it is renamed, turned and removed. */
  chooseRelation({ id, from, to }: Relation): void {
    this.ports.editor.select([from, to]);
    this.ports.showRelation(id);
  }

  // --- marking

  /** A selection was made by the mouse: with a label chosen it is marked at once. */
  marked(object: ObjectTag): void {
    const extent = this.views.get(object.name)?.selected();
    if (!extent) return;
    const field = fieldsOf(this.ports.schema, object).find((each) => this.state.sticky[each.name]?.length);
    const bare = fieldsOf(this.ports.schema, object).find((each) => each.options.length === 0);
    if (field) this.mark(object, field, this.state.sticky[field.name] ?? [], extent);
    else if (bare) this.mark(object, bare, [], extent);
  }

  private mark(object: ObjectTag, field: Field, labels: readonly string[], extent: Extent): void {
    const { editor, newId } = this.ports;
    const shape = { type: "span" as const, start: extent.start, end: extent.end, field: "" };
    const same = editor.doc.regions.find(
      (each) =>
        each.shape.type === "span" &&
        each.shape.start === extent.start &&
        each.shape.end === extent.end &&
        each.field === field.name &&
        commands.sameList(each.labels, labels) &&
        this.isIn(each, object),
    );
    if (same) editor.select([same.id]);
    else {
      const id = newId();
      const several = field.of.length > 1;
      const region = newRegion({ id, field: field.name, shape, labels, object: several ? object.name : "" });
      editor.dispatch({ kind: "add", region, at: editor.doc.regions.length }, [id]);
    }
    document.getSelection()?.removeAllRanges();
  }

  /** What the browser has selected, and in which text. */
  private open(): { object: ObjectTag; extent: Extent } | null {
    for (const object of this.ports.schema.objects) {
      const extent = this.views.get(object.name)?.selected();
      if (extent) return { object, extent };
    }
    return null;
  }

  /** A label was chosen: for what is selected in the text, for the selected regions, or for what comes next. */
  take(field: Field, value: string): void {
    const { editor, schema } = this.ports;
    const open = this.open();
    if (open && fieldsOf(schema, open.object).includes(field)) {
      this.mark(open.object, field, [value], open.extent);
      this.remember(field, [value]);
      return;
    }
    const regions = selected(editor).filter((region) => this.isHere(region));
    if (regions.length === 0) {
      const before = this.state.sticky[field.name] ?? [];
      this.remember(field, before.includes(value) ? [] : [value]);
      return;
    }
    const has = regions.every((region) => region.field === field.name && region.labels.includes(value));
    const edit = commands.changeEach(regions, (region) => {
      const before = region.field === field.name ? region.labels : [];
      const order = field.options.map((option) => option.value);
      const more = [...new Set([...before, value])].sort((a, b) => order.indexOf(a) - order.indexOf(b));
      const labels = has ? before.filter((each) => each !== value) : field.multiple ? more : [value];
      return region.field === field.name ? { labels } : { labels, field: field.name };
    });
    if (edit) editor.dispatch(edit);
  }

  private remember(field: Field, labels: readonly string[]): void {
    this.set({ ...this.state, sticky: { [field.name]: labels } });
  }

  private set(state: TextDeskState): void {
    this.state = state;
    for (const listener of this.listeners) listener();
  }

  // --- keys

  get port(): ViewPort {
    return {
      choose: (field, value) => this.option(field, value),
      run: (name) => this.acts[name]?.() ?? false,
      press: (event) => this.press(event),
    };
  }

  private option(name: string, value: string): boolean {
    const field = this.ports.schema.fields.find((each) => each.name === name);
    if (!field) return false;
    if (spanFields(this.ports.schema).includes(field)) {
      this.take(field, value);
      return true;
    }
    return field.per_region === true && this.ports.answer(field, value);
  }

  /** Arrows move the end of the selection when the text has the focus: with shift they widen it. */
  private press(event: KeyboardEvent): boolean {
    const host = event.target instanceof Element ? event.target.closest(".text-host") : null;
    const motion = MOTIONS[event.key];
    if (!host || !motion || event.metaKey) return false;
    const selection = document.getSelection();
    if (!selection) return false;
    const leaves = host.querySelectorAll(".text-line, .text-run");
    const [first, last] = [leaves[0] ?? host, leaves[leaves.length - 1] ?? host];
    if (selection.rangeCount === 0 || !host.contains(selection.anchorNode)) selection.collapse(first, 0);
    const [direction, unit] = motion;
    if (unit === "lineboundary" && event.ctrlKey) {
      const [node, at] = direction === "backward" ? [first, 0] : [last, last.childNodes.length];
      if (event.shiftKey) selection.extend(node, at);
      else selection.collapse(node, at);
      return true;
    }
    const by = unit === "character" && event.ctrlKey ? "word" : unit;
    selection.modify(event.shiftKey ? "extend" : "move", direction, by);
    return true;
  }

  private readonly acts: Partial<Record<CommandName, () => boolean>> = {
    close: () => this.closeOne(),
    undo: () => this.removeSelected(),
    delete: () => this.removeSelected(),
    "edit-undo": () => this.ports.editor.undo() || true,
    "edit-redo": () => this.ports.editor.redo() || true,
    labels: () => {
      this.ports.findLabel();
      return true;
    },
    next: () => this.step(1),
    previous: () => this.step(-1),
    "select-all": () => {
      const here = this.ports.editor.doc.regions.filter((region) => this.isHere(region) && !region.hidden);
      this.ports.editor.select(here.map((region) => region.id));
      return true;
    },
    copy: () => {
      const regions = selected(this.ports.editor);
      if (regions.length === 0) return false;
      clipboard = regions;
      this.ports.say(regions.length === 1 ? "Copied." : `${regions.length} regions copied.`);
      return true;
    },
    paste: () => this.paste(clipboard),
    "paste-previous": () => this.paste(this.ports.previous()),
    hide: () => this.flag("hidden"),
    lock: () => this.flag("locked"),
    accept: () => this.change(commands.accept(this.ports.editor.doc.regions)),
    relate: () => {
      if (!this.ports.schema.fields.some((field) => field.kind === "relations")) return false;
      const [only] = this.ports.editor.selection;
      this.set({ ...this.state, relating: this.ports.editor.selection.size === 1 ? (only ?? null) : null });
      return true;
    },
  };

  private closeOne(): boolean {
    const selection = document.getSelection();
    if (this.state.relating !== false) this.set({ ...this.state, relating: false });
    else if (this.open()) selection?.removeAllRanges();
    else if (this.ports.editor.selection.size > 0) this.ports.editor.select([]);
    else if (Object.values(this.state.sticky).some((labels) => labels.length > 0))
      this.set({ ...this.state, sticky: {} });
    else return false;
    return true;
  }

  private change(edit: Edit | null): boolean {
    if (edit) this.ports.editor.dispatch(edit);
    return edit !== null;
  }

  private removeSelected(): boolean {
    return this.change(commands.removeEach(selected(this.ports.editor)));
  }

  private flag(name: "hidden" | "locked"): boolean {
    const regions = selected(this.ports.editor);
    const on = regions.some((region) => !region[name]);
    return this.change(
      commands.changeEach(regions, (region) => (region[name] === on ? null : { [name]: on })),
    );
  }

  private step(by: 1 | -1): boolean {
    const { editor } = this.ports;
    const regions = inReadingOrder(
      editor.doc.regions.filter((region) => this.isHere(region) && !region.hidden),
    );
    const [current] = editor.selection;
    const at = regions.findIndex((region) => region.id === current);
    const next = regions[(at + (at < 0 && by < 0 ? 0 : by) + regions.length) % regions.length];
    if (next) this.choose(next.id);
    return true;
  }

  /** Spans of another text fit where the same words stand in the same place. */
  private paste(regions: readonly Region[]): boolean {
    const { editor, newId, say } = this.ports;
    const fits = regions.filter((region) => {
      const { shape } = region;
      if (shape.type !== "span") return false;
      return [...this.views.values()].some((view) => shape.end <= view.length);
    });
    const made = commands.paste(editor.doc, fits, newId);
    if (made) editor.dispatch(made.edit, made.ids);
    if (regions.length === 0) say("There is nothing to paste.");
    else if (fits.length < regions.length)
      say(`${regions.length - fits.length} of ${regions.length} do not fit here and were left out.`);
    return true;
  }

  private relateTo(id: string): void {
    const { editor, schema, newId } = this.ports;
    const from = this.state.relating;
    if (from === null || from === false) {
      this.set({ ...this.state, relating: id });
      editor.select([id]);
      return;
    }
    const field = schema.fields.find((each) => each.kind === "relations");
    const edit = field && commands.relate(editor.doc, { field: field.name, from, to: id, id: newId() });
    if (edit) editor.dispatch(edit, [from, id]);
    this.set({ ...this.state, relating: false });
  }
}

const MOTIONS: Readonly<Record<string, readonly ["backward" | "forward", string]>> = {
  ArrowLeft: ["backward", "character"],
  ArrowRight: ["forward", "character"],
  ArrowUp: ["backward", "line"],
  ArrowDown: ["forward", "line"],
  Home: ["backward", "lineboundary"],
  End: ["forward", "lineboundary"],
};

function inReadingOrder(regions: readonly Region[]): Region[] {
  const startOf = ({ shape }: Region) => (shape.type === "span" ? shape.start : 0);
  return [...regions].sort((a, b) => startOf(a) - startOf(b));
}
