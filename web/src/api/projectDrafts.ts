/** Projects that are yet to be: templates, data looked at, configs tried out. Loaded with the pages that need it. */
import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import type * as wire from "../generated/wire";
import { callJson, url } from "./http";
import type { Fields, Project, Schema } from "./types";

export type { ConfigProblem, DraftInput, FoundColumn, FoundData, OptionList } from "../generated/wire";

export interface Template extends Omit<wire.Template, "schema" | "sample" | "answer"> {
  readonly schema: Schema;
  readonly sample: Fields;
  readonly answer: Fields;
}

export interface Sample extends Omit<wire.Sample, "schema"> {
  readonly schema: Schema | null;
}

export interface ConfigPreview extends Omit<wire.ConfigPreview, "schema" | "sample"> {
  readonly schema: Schema | null;
  readonly sample: Sample | null;
}

export type Fault = wire.Fault;

/** What a config is tried on: an item of the data, else the sample of a template. */
export interface TriedOn {
  readonly input: wire.DraftInput | null;
  readonly template: string | null;
  readonly at: number;
}

export interface WantedOption {
  readonly label: string;
  readonly was: string | null;
  readonly hotkey: string;
  readonly color: string;
}

const isAlike = (before: TriedOn | undefined, now: TriedOn): boolean =>
  before?.template === now.template &&
  before.input?.repo === now.input?.repo &&
  before.input?.branch === now.input?.branch &&
  before.input?.glob === now.input?.glob;

const post = <T>(what: string, json: unknown, signal?: AbortSignal): Promise<T> =>
  callJson<T>(url(["project-drafts", what]), { method: "POST", json, signal });

export const drafts = {
  templates: () =>
    queryOptions({
      queryKey: ["project-templates"],
      queryFn: () => callJson<Template[]>(url(["project-templates"])),
      staleTime: Number.POSITIVE_INFINITY,
    }),
  data: (repo: string, branch: string, path: string, format: string | null) =>
    queryOptions({
      queryKey: ["project-drafts", "data", repo, branch, path, format],
      queryFn: ({ signal }) => post<wire.FoundData>("data", { repo, branch, path, format }, signal),
      enabled: repo !== "",
      retry: false,
    }),
  config: (config: string, on: TriedOn) =>
    queryOptions<ConfigPreview, Error, ConfigPreview, readonly unknown[]>({
      queryKey: ["project-drafts", "config", config, on],
      queryFn: ({ signal }) => post<ConfigPreview>("config", { config, ...on }, signal),
      // While somebody types, what was there stays; what is about something else does not.
      placeholderData: (before, query) =>
        isAlike(query?.queryKey[3] as TriedOn | undefined, on) ? before : undefined,
      staleTime: 60_000,
      retry: false,
    }),
  guideline: (guideline: string) =>
    queryOptions({
      queryKey: ["project-drafts", "guideline", guideline],
      queryFn: ({ signal }) => post<ConfigPreview>("config", { config: "", guideline }, signal),
      placeholderData: keepPreviousData,
      staleTime: 60_000,
    }),
  check: (yaml: string) =>
    queryOptions({
      queryKey: ["project-drafts", "check", yaml],
      queryFn: ({ signal }) => post<{ problem: Fault | null }>("check", { yaml }, signal),
      placeholderData: keepPreviousData,
      retry: false,
    }),
  options: (config: string, field: string, options: readonly WantedOption[]) =>
    post<{ config: string }>("options", { config, field, options }),
  create: (yaml: string) =>
    callJson<Project>(url(["projects"]), { method: "POST", json: { yaml, files: {}, new: true } }),
};
