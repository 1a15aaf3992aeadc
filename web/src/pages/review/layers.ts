/** What lies over one another in a review: one layer for each answer, proposal and decision. Pure. */
import type { Field, Fields, ReviewAnswer, ReviewTask, Schema } from "../../api/types";
import { COLORS, type Look, looksOf } from "../../canvas";
import { type Doc, EMPTY, fromFields, type Region, toFields } from "../../doc";
import { boundsOf, isImageShape } from "../../geometry";

export interface Layer {
  readonly key: string;
  /** `A`, `B`, … for answers that count; empty for everything else. */
  readonly letter: string;
  readonly name: string;
  readonly color: string;
  readonly dash: readonly number[];
  readonly fields: Fields;
  readonly answer: ReviewAnswer | null;
}

export const counts = (answer: ReviewAnswer): boolean => !answer.withdrawn && !answer.excluded;

/** Without those that are keys of something else: fix, next, previous, list, merge, return. */
const LETTERS = "ABCDEGHINOPQSTUVWXYZ";
/** Made for the dark ground of canvases; on a page it is the colour of its words. */
export const DECIDED = "#ffffff";

/** Answers that count first, in the order in which they were given; then what was decided, then what models say. */
export function layersOf(task: ReviewTask): Layer[] {
  const standing = task.answers.filter(counts);
  const answers = standing.map(
    (answer, i): Layer => ({
      key: `answer ${answer.seq}`,
      letter: LETTERS[i] ?? "",
      name: answer.worker,
      color: COLORS[i % COLORS.length] ?? DECIDED,
      dash: [],
      fields: answer.fields,
      answer,
    }),
  );
  const others = { letter: "", answer: null };
  const decided: Layer[] = task.decision?.fields
    ? [
        {
          ...others,
          key: "decision",
          name: `Decided by ${task.decision.by}`,
          color: DECIDED,
          dash: [],
          fields: task.decision.fields as Fields,
        },
      ]
    : [];
  const said = task.predictions.map(
    (each, i): Layer => ({
      ...others,
      key: `prediction ${each.model} ${each.version}`,
      name: `${each.model} ${each.version}`.trim(),
      color: COLORS[(standing.length + i) % COLORS.length] ?? DECIDED,
      dash: [6, 4],
      fields: each.fields as Fields,
    }),
  );
  return [...answers, ...decided, ...said];
}

const keyOf = (layer: Layer, id: string): string => `${layer.key}\n${id}`;

/** All regions of these layers as one document that nobody can change. */
export function overlaid(layers: readonly Layer[], schema: Schema): Doc {
  const read = layers.map((layer) => ({ layer, doc: fromFields(layer.fields, schema) }));
  const regions = read.flatMap(({ layer, doc }) =>
    doc.regions.map(
      (region): Region => ({
        ...region,
        id: keyOf(layer, region.id),
        parent: null,
        origin: "manual",
        locked: true,
        hidden: false,
      }),
    ),
  );
  const relations = read.flatMap(({ layer, doc }) =>
    doc.relations.map((each) => ({
      ...each,
      id: keyOf(layer, each.id),
      from: keyOf(layer, each.from),
      to: keyOf(layer, each.to),
    })),
  );
  return { ...EMPTY, regions, relations };
}

/** Regions in the colours of those who drew them, under the names of their labels. */
export function looksOfLayers(layers: readonly Layer[], schema: Schema): (region: Region) => Look {
  const byLabel = looksOf(schema);
  const byKey = new Map(layers.map((layer) => [layer.key, layer]));
  const known = new Map<string, Look>();
  return (region) => {
    const layer = byKey.get(region.id.split("\n", 1)[0] ?? "");
    const look = byLabel(region);
    if (!layer) return look;
    const key = `${layer.key}\n${look.name}`;
    const made = known.get(key) ?? {
      ...look,
      color: layer.color,
      dash: layer.dash,
      name: layer.letter ? `${layer.letter} · ${look.name}` : look.name,
    };
    known.set(key, made);
    return made;
  };
}

/** The fields whose answers are words rather than marks. */
export const spokenFields = (schema: Schema): Field[] =>
  schema.fields.filter(
    (field) => field.kind !== "regions" && field.kind !== "relations" && !field.per_region,
  );

const SAME = 0.5;

/** All that anybody marked, once: of regions that are the same those of the first who marked them. */
export function merged(layers: readonly Layer[], schema: Schema): Fields {
  const [first, ...others] = layers.map((layer) => fromFields(layer.fields, schema));
  if (!first) return {};
  const regions = [...first.regions];
  const taken = new Set(regions.map((region) => region.id));
  for (const doc of others) {
    for (const region of doc.regions) {
      if (regions.some((kept) => isSame(kept, region))) continue;
      let id = region.id;
      for (let n = 2; taken.has(id); n++) id = `${region.id.slice(0, 58)}-${n}`;
      taken.add(id);
      regions.push({ ...region, id, parent: null });
    }
  }
  return toFields({ ...first, regions }, schema);
}

function isSame(a: Region, b: Region): boolean {
  if (a.field !== b.field || a.object !== b.object || a.item !== b.item) return false;
  if (a.labels.join("\n") !== b.labels.join("\n")) return false;
  return likeness(a, b) >= SAME;
}

/** Overlap of extents over what both cover: enough to tell which regions are meant to be the same. */
function likeness({ shape: a }: Region, { shape: b }: Region): number {
  if (a.type === "span" && b.type === "span")
    return share(Math.min(a.end, b.end) - Math.max(a.start, b.start), a.end - a.start, b.end - b.start);
  if (!isImageShape(a) || !isImageShape(b) || a.type !== b.type) return 0;
  const [p, q] = [boundsOf(a), boundsOf(b)];
  const width = Math.max(0, Math.min(p.maxX, q.maxX) - Math.max(p.minX, q.minX));
  const height = Math.max(0, Math.min(p.maxY, q.maxY) - Math.max(p.minY, q.minY));
  const area = (r: typeof p) => (r.maxX - r.minX) * (r.maxY - r.minY);
  return share(width * height, area(p), area(q));
}

function share(both: number, one: number, other: number): number {
  const all = one + other - Math.max(0, both);
  return all > 0 ? Math.max(0, both) / all : 1;
}
