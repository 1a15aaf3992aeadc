/** What is thought of an item before somebody decides: what people agreed on, else what a model predicts. Pure. */
import type { TableRow } from "../../../api/table";
import type { Field, Schema } from "../../../api/types";
import type { Json } from "../../../generated/wire";
import { answerText } from "../../../label/answers";

export interface Suggestion {
  readonly value: string;
  readonly by: string;
  readonly share: number | null;
}

const share = (value: unknown): number | null => (typeof value === "number" ? value : null);

export function suggestionOf(row: TableRow, field: Field): Suggestion | null {
  const { values } = row;
  const label = values[`label.${field.name}`];
  if (typeof label === "string")
    return { value: label, by: "people", share: share(values[`confidence.${field.name}`]) };
  const predicted = values[`predicted.${field.name}`];
  if (typeof predicted === "string")
    return { value: predicted, by: String(values.model ?? "a model"), share: share(values.score) };
  return null;
}

/** The one question that can be answered by a glance; null when there are several, or others. */
export function bulkField(schema: Schema): Field | null {
  const [field, ...others] = schema.fields;
  if (!field || others.length > 0 || field.kind !== "choice" || field.per_region || field.per_item)
    return null;
  return field.options.length > 0 ? field : null;
}

interface Media {
  readonly blob: string;
  readonly type: string;
  readonly path: string;
}

function mediaOf(cell: unknown): Media | null {
  if (typeof cell !== "string" || !cell.startsWith("{")) return null;
  try {
    const { blob, type, path } = JSON.parse(cell) as Record<string, unknown>;
    if (typeof blob !== "string" || !/^[0-9a-f]{64}$/.test(blob) || typeof type !== "string") return null;
    return { blob, type, path: typeof path === "string" ? path : "" };
  } catch {
    return null;
  }
}

/** A cell in one line: a stored file by its name, or what it is. */
export function cellText(cell: unknown): string {
  const media = mediaOf(cell);
  return media ? media.path || media.type : answerText(cell as Json | undefined);
}

/** Where the stored image lies that a table's cell names; null when it names none. */
export function imageOf(project: string, task: number | null, cell: unknown): string | null {
  const media = mediaOf(cell);
  if (task === null || !media?.type.startsWith("image/")) return null;
  return `/api/v1/projects/${encodeURIComponent(project)}/tasks/${task}/media/${media.blob}`;
}
