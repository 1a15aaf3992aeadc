/** What a journey knows of a tool: the project it is used in, what hands do with it, and what is then answered. */
import type { Locator, Page } from "@playwright/test";
import type { Drawing } from "../drawing";

export type Fields = Record<string, unknown>;

export interface Hands {
  readonly page: Page;
  readonly drawing: Drawing;
  /** The list of regions. */
  readonly regions: Locator;
  readonly press: (...keys: string[]) => Promise<void>;
  /** The label, or other option, that has a key: taken, unless it is in force already. */
  readonly label: (key: string) => Promise<void>;
  /** Arrow keys, so many pixels: tens with shift, then ones. */
  readonly by: (dx: number, dy: number) => Promise<void>;
  /** Tab, until that has the focus. */
  readonly tabTo: (target: Locator) => Promise<void>;
}

export interface Tool {
  readonly name: string;
  readonly family: "image" | "text" | "judgement";
  /** Walks in every run; the others in the long one. */
  readonly short?: true;
  /** `photos`: files are the items. `rows`: two rows of tweets and headlines. */
  readonly input: "photos" | "rows";
  /** What is shown and asked: XML inside of a view, or our own form after `fields:`. */
  readonly config: string;
  /** The server has to find outlines in pixels. */
  readonly needs?: "outlines";
  /** One key answers: there is nothing to submit. */
  readonly single?: true;
  /** Submits while a text is being written. */
  readonly submits?: "Control+Enter";
  readonly mouse: (hands: Hands) => Promise<void>;
  /** Of the second task, without a pointer. */
  readonly keys: (hands: Hands) => Promise<void>;
  /** One step that changes the second answer, however often it is taken. */
  readonly edit: (hands: Hands) => Promise<void>;
  /** Both answers as `told` tells them. */
  readonly wanted: readonly [Fields, Fields];
  /** What a reviewer does with the second answer. */
  readonly review: "fix" | "return";
  /** A format that others read, too. */
  readonly format: string;
  /** What the way into that format is known to lose, in its words; everything else must come back. */
  readonly lost?: readonly string[];
}

interface Region {
  id: string;
  shape: Record<string, unknown> & { type: string };
  labels: string[];
  attributes?: Fields;
  text?: string;
  item?: number;
}

export const isRegions = (value: unknown): value is Region[] =>
  Array.isArray(value) && value.some((each) => each !== null && typeof each === "object" && "shape" in each);

/** An answer in words: of regions kind and labels and what was said of each, of relations their labels. */
export function told(fields: Fields): Fields {
  const one = (region: Region): string =>
    [
      region.shape.type,
      ...region.labels,
      ...(region.item === undefined ? [] : [`#${region.item}`]),
      ...Object.entries(region.attributes ?? {})
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([name, value]) => `${name}=${String(value)}`),
      ...(region.text ? [`“${region.text}”`] : []),
    ].join(" ");
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => {
      if (isRegions(value)) return [name, value.map(one)];
      if (Array.isArray(value) && value.some((each) => each && typeof each === "object" && "from" in each))
        return [
          name,
          (value as { direction: string; labels: string[] }[]).map((each) =>
            [each.direction, ...each.labels].join(" "),
          ),
        ];
      return [name, value];
    }),
  );
}

/** What is compared after a way through another format: regions by what they are, numbers to a hundredth of a pixel. */
export function carried(fields: Fields): Fields {
  const order = new Map<string, number>();
  for (const value of Object.values(fields))
    if (isRegions(value)) for (const { id } of value) order.set(id, order.size);
  const plain = (value: unknown, key = ""): unknown => {
    if (typeof value === "number") return Math.round(value * 100) / 100;
    if ((key === "from" || key === "to" || key === "id" || key === "parent") && typeof value === "string")
      return order.get(value) ?? value;
    if (Array.isArray(value)) return value.map((each) => plain(each));
    if (value === null || typeof value !== "object") return value;
    return Object.fromEntries(
      Object.entries(value)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([name, each]) => [name, plain(each, name)]),
    );
  };
  return plain(fields) as Fields;
}
