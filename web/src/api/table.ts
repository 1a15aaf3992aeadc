/** A project's table: questions to it, what it answers, and saved views. */
import { queryOptions } from "@tanstack/react-query";
import type * as wire from "../generated/wire";
import { callJson, url } from "./http";
import type { TaskRow } from "./types";

export type { TableColumn, TableRow, TableView, ValueCount } from "../generated/wire";

export interface SortKey {
  readonly field: string;
  readonly direction: "asc" | "desc";
}

export type Filter = Readonly<Record<string, unknown>>;

/** What is asked; `columns` are those that the answer is to carry. */
export interface Asked {
  readonly filter: Filter | null;
  readonly sort: readonly SortKey[];
  readonly columns: readonly string[];
}

/** A publication, or a state of the table with what came since. */
export type Of = { readonly commit: string } | { readonly version: string };

const ask = (project: string, question: unknown, signal?: AbortSignal) =>
  callJson<wire.TablePage>(url(["projects", project, "table"]), { method: "POST", json: question, signal });

export const readTable = {
  views: (project: string) =>
    queryOptions({
      queryKey: ["project", project, "views"],
      queryFn: () => callJson<wire.TableViews>(url(["projects", project, "views"])),
    }),
  /** How many rows pass now, and in which version of the table. */
  head: (project: string, filter: Filter | null) =>
    queryOptions({
      queryKey: ["project", project, "table", filter],
      queryFn: ({ signal }) => ask(project, { filter, limit: 1 }, signal),
    }),
  /** Rows of one commit or one version: they never change. */
  rows: (project: string, asked: Asked, of: Of, offset: number, limit: number) =>
    queryOptions({
      queryKey: ["table", project, asked, of, offset],
      queryFn: ({ signal }) => ask(project, { ...asked, ...of, offset, limit }, signal),
      staleTime: Number.POSITIVE_INFINITY,
      gcTime: 30_000,
    }),
  values: (project: string, column: string) =>
    queryOptions({
      queryKey: ["table-values", project, column],
      queryFn: ({ signal }) => ask(project, { counts: [column], limit: 1 }, signal),
      staleTime: 10_000,
    }),
  task: (project: string, task: string) =>
    queryOptions({
      queryKey: ["project", project, "task", task],
      queryFn: () => callJson<{ task: TaskRow }>(url(["projects", project, "tasks", task])),
    }),
};

export const changeViews = {
  save: (project: string, name: string, asked: Asked) =>
    callJson<wire.TableViews>(url(["projects", project, "views", name]), { method: "PUT", json: asked }),
  delete: (project: string, name: string) =>
    callJson<null>(url(["projects", project, "views", name]), { method: "DELETE" }),
};
