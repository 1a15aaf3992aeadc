/** Which rows are picked: some, or all that pass the filter but some. Pure. */
import type { Chosen } from "../../../api/actions";
import type { Filter } from "../../../api/table";

export interface Selection {
  /** Everything that passes the filter, but `ids`; otherwise `ids` alone. */
  readonly all: boolean;
  readonly ids: ReadonlySet<string>;
}

export const NONE: Selection = { all: false, ids: new Set() };
export const ALL: Selection = { all: true, ids: new Set() };

export const isPicked = (selection: Selection, id: string): boolean =>
  selection.all !== selection.ids.has(id);

/** The rows picked, or not picked any more. */
export function pick(selection: Selection, ids: readonly string[], picked: boolean): Selection {
  const next = new Set(selection.ids);
  for (const id of ids) {
    if (picked === selection.all) next.delete(id);
    else next.add(id);
  }
  return { all: selection.all, ids: next };
}

export const sizeOf = (selection: Selection, matched: number): number =>
  selection.all ? Math.max(0, matched - selection.ids.size) : selection.ids.size;

/** As the server is told; `version` is the table as it was seen. */
export const chosenBy = (selection: Selection, filter: Filter | null, version: string | null): Chosen =>
  selection.all
    ? { filter: filter ?? {}, without: [...selection.ids], version }
    : { items: [...selection.ids] };
