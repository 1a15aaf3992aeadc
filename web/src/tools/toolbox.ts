/** The tool in use and the labels in force: label first or draw first, and what was drawn last to be drawn again. */
import type { Field, Schema } from "../api/types";
import { IMAGE_SHAPES, type ImageShapeType } from "../geometry";
import { BrushTool } from "./brush";
import { ChainTool } from "./drawChain";
import { FrameTool } from "./drawFrame";
import { ExtremeTool, type OutlineFinder, PointTool } from "./drawPoint";
import { RelateTool } from "./relate";
import { SelectTool } from "./select";
import type { Hands, Tool } from "./tool";

export type ToolName =
  | "select"
  | "box"
  | "rotated-box"
  | "ellipse"
  | "polygon"
  | "hole"
  | "polyline"
  | "keypoint"
  | "skeleton"
  | "brush"
  | "eraser"
  | "extreme"
  | "relate";

/** The shape each tool makes; null for those that make none. */
export const SHAPE_OF: Record<ToolName, ImageShapeType | null> = {
  select: null,
  box: "box",
  "rotated-box": "rotated-box",
  ellipse: "ellipse",
  polygon: "polygon",
  hole: "polygon",
  polyline: "polyline",
  keypoint: "keypoint",
  skeleton: "skeleton",
  brush: "mask",
  eraser: "mask",
  extreme: "polygon",
  relate: null,
};

const FIRST_TOOL: Record<ImageShapeType, ToolName> = {
  box: "box",
  "rotated-box": "rotated-box",
  ellipse: "ellipse",
  polygon: "polygon",
  polyline: "polyline",
  keypoint: "keypoint",
  skeleton: "skeleton",
  mask: "brush",
};

/** The types of shape a regions field takes; a field that names none takes every one. */
export function shapesOf(field: Field): readonly ImageShapeType[] {
  const named = field.shapes ?? [];
  return named.length === 0 ? IMAGE_SHAPES : IMAGE_SHAPES.filter((type) => named.includes(type));
}

export const regionFields = (schema: Schema): Field[] =>
  schema.fields.filter((field) => field.kind === "regions" && shapesOf(field).length > 0);

/** What can be used here, in the order of the tool bar. */
export function toolsFor(schema: Schema, canFindOutlines: boolean): ToolName[] {
  const types = new Set(regionFields(schema).flatMap(shapesOf));
  const names = (Object.keys(SHAPE_OF) as ToolName[]).filter((name) => {
    const type = SHAPE_OF[name];
    return type !== null && types.has(type) && (name !== "extreme" || canFindOutlines);
  });
  const relates = schema.fields.some((field) => field.kind === "relations");
  return ["select", ...names, ...(relates ? (["relate"] as const) : [])];
}

export interface ToolboxState {
  readonly tool: ToolName;
  /** The regions field that a drawn shape goes to, where its type leaves a choice. */
  readonly field: string;
  /** Labels in force, by field; they stay until others are chosen. */
  readonly labels: Readonly<Record<string, readonly string[]>>;
  readonly lastTool: ToolName | null;
  readonly snaps: boolean;
}

export interface ToolboxPorts {
  readonly hands: Hands;
  readonly schema: Schema;
  readonly findOutline: OutlineFinder | null;
  readonly newId: () => string;
  readonly changed: () => void;
}

export class Toolbox {
  state: ToolboxState;
  tool: Tool;

  constructor(private readonly ports: ToolboxPorts) {
    const [first] = regionFields(ports.schema);
    this.state = { tool: "select", field: first?.name ?? "", labels: {}, lastTool: null, snaps: false };
    this.tool = new SelectTool(ports.hands);
  }

  pick(name: ToolName): void {
    this.tool.key("cancel");
    const type = SHAPE_OF[name];
    const field = type ? (this.fieldFor(type)?.name ?? this.state.field) : this.state.field;
    const lastTool = type && name !== "eraser" && name !== "hole" ? name : this.state.lastTool;
    this.enter({ ...this.state, tool: name, field, lastTool });
    this.tool = this.made(name);
  }

  /** A tool as it is when it was just taken up, without leaving it: what was begun is given up. */
  reset(): void {
    this.tool = this.made(this.state.tool);
  }

  /** The tool that drew last, with the labels it drew with. */
  repeat(): boolean {
    const name = this.state.lastTool ?? toolsFor(this.ports.schema, false)[1];
    if (name) this.pick(name);
    return name !== undefined;
  }

  fieldFor(type: ImageShapeType): Field | null {
    const fields = regionFields(this.ports.schema).filter((field) => shapesOf(field).includes(type));
    return fields.find((field) => field.name === this.state.field) ?? fields[0] ?? null;
  }

  /** Label first: what is drawn next gets it, by a tool that its field takes. */
  choose(field: Field, value: string): void {
    const before = this.state.labels[field.name] ?? [];
    // What only takes away is laid down for a label: it is taken to draw with.
    const takes = this.state.tool === "hole" || this.state.tool === "eraser";
    const drawn = takes ? null : SHAPE_OF[this.state.tool];
    const fits = drawn !== null && shapesOf(field).includes(drawn);
    // Chosen again while drawing, a label is put down; otherwise it is only taken up once more.
    const off = before.includes(value) && (fits || field.multiple === true);
    const next = field.multiple
      ? off
        ? before.filter((v) => v !== value)
        : [...before, value]
      : off
        ? []
        : [value];
    this.enter({ ...this.state, field: field.name, labels: { ...this.state.labels, [field.name]: next } });
    const [first] = shapesOf(field);
    if (!fits && first && next.length > 0) this.pick(FIRST_TOOL[first]);
  }

  /** The labels of a region that was drawn or relabelled stay in force. */
  remember(field: string, labels: readonly string[]): void {
    this.enter({ ...this.state, labels: { ...this.state.labels, [field]: labels } });
  }

  /** Something is half drawn. */
  get busy(): boolean {
    const { draft, chain, stroke } = this.tool.inHand();
    return Boolean(draft || chain || stroke);
  }

  toggleSnap(): void {
    this.enter({ ...this.state, snaps: !this.state.snaps });
  }

  private made(name: ToolName): Tool {
    const { hands, findOutline, schema, newId } = this.ports;
    switch (name) {
      case "box":
      case "rotated-box":
      case "ellipse":
      case "skeleton":
        return new FrameTool(hands, name);
      case "polygon":
      case "hole":
      case "polyline":
        return new ChainTool(hands, name);
      case "keypoint":
        return new PointTool(hands);
      case "brush":
      case "eraser":
        return new BrushTool(hands, name === "eraser");
      case "extreme":
        return findOutline ? new ExtremeTool(hands, findOutline) : new SelectTool(hands);
      case "relate": {
        const field = schema.fields.find((each) => each.kind === "relations")?.name ?? "";
        return new RelateTool(hands, field, newId);
      }
      case "select":
        return new SelectTool(hands);
    }
  }

  private enter(state: ToolboxState): void {
    this.state = state;
    this.ports.changed();
  }
}
