/** Actions on many items at once, and labels of a selection as an archive. */
import { queryOptions } from "@tanstack/react-query";
import type * as wire from "../generated/wire";
import { call, callJson, url } from "./http";
import type { Filter } from "./table";

export type { ActionPlan, ActionState } from "../generated/wire";

/** Items by name, or all that pass a filter but a few; tasks; all of a queue of the review. */
export type Chosen =
  | { readonly tasks: readonly number[] }
  | { readonly review: string }
  | { readonly items: readonly string[] }
  | { readonly filter: Filter; readonly without: readonly string[]; readonly version: string | null };

export type ActionArgs = Readonly<Record<string, string | number>>;

export interface Planned {
  readonly action: string;
  readonly args: ActionArgs;
  readonly selection: Chosen;
}

export interface KnownModel {
  readonly model: string;
  readonly version: string;
  readonly predictions: number;
}

const LOOK_MS = 500;
const at = (project: string, ...rest: string[]) => url(["projects", project, "actions", ...rest]);
const post = <T>(address: string, json: unknown) => callJson<T>(address, { method: "POST", json });

export const readActions = {
  /** The last ones; looked at again and again while one is running. */
  all: (project: string) =>
    queryOptions({
      queryKey: ["project", project, "actions"],
      queryFn: () => callJson<wire.ActionState[]>(at(project)),
      refetchInterval: ({ state }) =>
        state.data?.some((each) => each.state === "running") ? LOOK_MS : false,
    }),
  plan: (project: string, planned: Planned | null) =>
    queryOptions({
      queryKey: ["action-plan", project, planned],
      queryFn: ({ signal }) =>
        callJson<wire.ActionPlan>(at(project, "plan"), { method: "POST", json: planned, signal }),
      enabled: planned !== null,
      staleTime: 0,
      retry: false,
    }),
  models: (project: string) =>
    queryOptions({
      queryKey: ["project", project, "models"],
      queryFn: () => callJson<KnownModel[]>(url(["projects", project, "models"])),
    }),
};

export const changeActions = {
  begin: (project: string, id: string, planned: Planned) =>
    post<wire.ActionState>(at(project), { id, ...planned }),
  cancel: (project: string, action: string) => post<wire.ActionState>(at(project, action, "cancel"), {}),
  undo: (project: string, action: string, id: string) =>
    post<wire.ActionState>(at(project, action, "undo"), { id }),
};

/** Labels of a selection, as a file that the browser keeps. */
export async function exportLabels(
  project: string,
  selection: Chosen,
  format: string,
  agreed: boolean,
): Promise<void> {
  const address = url(["projects", project, "table", "export"]);
  const response = await call(address, { method: "POST", json: { selection, format, agreed } });
  const link = document.createElement("a");
  link.href = URL.createObjectURL(await response.blob());
  link.download = `${project}-${format}.zip`;
  link.click();
  URL.revokeObjectURL(link.href);
}
