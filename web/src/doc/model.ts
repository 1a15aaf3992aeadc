/**
 * The document: everything that a person says about one task, as one immutable value. It knows nothing of screens: a
 * canvas, a text view and a form all read it and change it by edits.
 */
import type { Fields } from "../api/types";
import type { Shape } from "../geometry/shapes";

/** Where a region comes from: drawn here, proposed by a model, or proposed and then changed by a person. */
export type Origin = "manual" | "prediction" | "prediction-changed";

export interface Region {
  /** Unique within the document. */
  readonly id: string;
  /** The regions field whose answer it is part of. */
  readonly field: string;
  readonly shape: Shape;
  readonly labels: readonly string[];
  /** The object it lies on; empty when the field is about one object only. */
  readonly object: string;
  /** Which of several images of that object. */
  readonly item: number;
  /** Answers to the per-region questions. */
  readonly attributes: Fields;
  readonly text: string;
  readonly score: number | null;
  readonly origin: Origin;
  readonly locked: boolean;
  readonly hidden: boolean;
  readonly parent: string | null;
}

export type Direction = "right" | "left" | "both";

export interface Relation {
  /** Of this document only; answers do not carry it. */
  readonly id: string;
  readonly field: string;
  readonly from: string;
  readonly to: string;
  readonly direction: Direction;
  readonly labels: readonly string[];
}

export interface Doc {
  /** Bottom to top. */
  readonly regions: readonly Region[];
  /** Answers to the questions about the whole task. */
  readonly values: Fields;
  readonly relations: readonly Relation[];
}

export const EMPTY: Doc = { regions: [], values: {}, relations: [] };

export function newRegion(part: Pick<Region, "id" | "field" | "shape"> & Partial<Region>): Region {
  return {
    labels: [],
    object: "",
    item: 0,
    attributes: {},
    text: "",
    score: null,
    origin: "manual",
    locked: false,
    hidden: false,
    parent: null,
    ...part,
  };
}

export function regionOf(doc: Doc, id: string): Region | undefined {
  return doc.regions.find((region) => region.id === id);
}
