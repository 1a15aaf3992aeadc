/** Which column each data field of a config is taken from: what is plain is guessed, the rest is asked. Pure. */
import type { FoundData } from "../../api/projectDrafts";
import type { ObjectKind, Schema } from "../../api/types";

/** The file itself, where files are the items. */
export const FILE = "file";
const MEDIA: ReadonlySet<ObjectKind> = new Set(["image", "audio", "video"]);
const LISTS: ReadonlySet<ObjectKind> = new Set(["list", "dialogue", "table"]);

export interface Wanted {
  readonly field: string;
  readonly kind: ObjectKind;
}

/** The data fields that a schema shows, each with how; `$turns[0].text` is taken from `turns`. */
export function wantedBy(schema: Schema): Wanted[] {
  const roots = new Map<string, ObjectKind>();
  for (const path of schema.references) {
    const root = path.split(/[.[]/)[0] ?? path;
    const shown = schema.objects.find((object) => object.field === path || object.field.startsWith(root));
    if (!roots.has(root)) roots.set(root, path === root ? (shown?.kind ?? "text") : "table");
  }
  return [...roots].map(([field, kind]) => ({ field, kind }));
}

/** What may be chosen for a data field. */
export function choicesFor(found: FoundData, { kind }: Wanted): string[] {
  if (found.format !== null) return found.columns.map((column) => column.name);
  if (MEDIA.has(kind)) return [FILE];
  return holdsText(found) ? ["content", "name", "path"] : ["name", "path"];
}

/** Pictures and the like have no text of their own to be shown. */
const holdsText = ({ first }: FoundData): boolean =>
  !first.some(({ type }) => /^(image|audio|video)\//.test(type));

const AS_KIND = (kind: ObjectKind): readonly string[] =>
  kind === "image" ? ["image", "text"] : LISTS.has(kind) ? ["list", "object"] : ["text", "number", "list"];

/** The longest texts are what is asked about; names and numbers stand beside them. */
function lengthOf(found: FoundData, column: string): number {
  return found.rows.reduce((sum, row) => sum + String(row[column] ?? "").length, 0);
}

export function guessColumns(found: FoundData, wanted: readonly Wanted[]): Record<string, string> {
  const taken = new Set<string>();
  const guessed: Record<string, string> = {};
  const take = ({ field }: Wanted, column: string | undefined) => {
    if (column === undefined) return;
    guessed[field] = column;
    taken.add(column);
  };
  if (found.format === null) {
    // The name of a file says little about it: that is taken by choice only.
    const itself = (choice: string) => choice === FILE || choice === "content";
    for (const each of wanted) take(each, choicesFor(found, each).find(itself));
    return guessed;
  }
  for (const each of wanted)
    take(each, found.columns.find(({ name }) => name.toLowerCase() === each.field.toLowerCase())?.name);
  for (const each of wanted) {
    if (guessed[each.field] !== undefined) continue;
    const free = found.columns.filter(({ name }) => !taken.has(name) && name !== found.key);
    const [best] = AS_KIND(each.kind)
      .map((kind) => free.filter((column) => column.kind === kind))
      .filter((fitting) => fitting.length > 0)
      .map((fitting) => [...fitting].sort((a, b) => lengthOf(found, b.name) - lengthOf(found, a.name))[0]);
    take(each, best?.name);
  }
  return guessed;
}

/** The columns of a project: guessed, then as chosen; a choice that no longer is one does not count. */
export function columnsOf(
  found: FoundData,
  schema: Schema,
  chosen: Readonly<Record<string, string>>,
): Record<string, string> {
  const wanted = wantedBy(schema);
  const columns = guessColumns(found, wanted);
  for (const each of wanted) {
    const choice = chosen[each.field];
    if (choice !== undefined && choicesFor(found, each).includes(choice)) columns[each.field] = choice;
  }
  return columns;
}

/** Data fields that nothing is shown as. */
export const unmapped = (schema: Schema, columns: Readonly<Record<string, string>>): string[] =>
  wantedBy(schema)
    .map(({ field }) => field)
    .filter((field) => columns[field] === undefined);

/** Columns as they need to be written: the file itself is meant where nothing is said, and so is an equal name. */
export function writtenColumns(found: FoundData, columns: Record<string, string>): Record<string, string> {
  const entries = Object.entries(columns);
  const plain = found.format === null ? entries.every(([, column]) => column === FILE) : false;
  return plain ? {} : Object.fromEntries(entries);
}
