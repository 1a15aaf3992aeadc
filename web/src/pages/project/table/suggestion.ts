/** What is thought of an item before somebody decides: what people agreed on, else what a model predicts. Pure. */
import type { TableRow } from "../../../api/table";
import type { Field, Schema } from "../../../api/types";

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

/** Where the stored image lies that a table's cell names; null when it names none. */
export function imageOf(project: string, task: number | null, cell: unknown): string | null {
  if (task === null || typeof cell !== "string" || !cell.startsWith("{")) return null;
  try {
    const { blob, type } = JSON.parse(cell) as { blob?: unknown; type?: unknown };
    if (typeof blob !== "string" || !/^[0-9a-f]{64}$/.test(blob)) return null;
    if (typeof type !== "string" || !type.startsWith("image/")) return null;
    return `/api/v1/projects/${encodeURIComponent(project)}/tasks/${task}/media/${blob}`;
  } catch {
    return null;
  }
}
