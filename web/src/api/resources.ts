/** Every read of the API as a query, and every change as a function: the only file that knows addresses. */
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { call, callJson, url } from "./http";
import { sendBytes } from "./sending";
import type * as t from "./types";

const PAGE = 50;

export const repoName = (repo: { workspace: string; name: string }): string =>
  repo.workspace === "default" ? repo.name : `${repo.workspace}:${repo.name}`;

/** What is compared, and which of the differences are wanted; empty texts: all. */
export interface Comparing {
  readonly from: string;
  readonly to: string;
  readonly path: string;
  readonly kind: string;
}

/** UTF-8 text; null when the bytes are none. */
function textOf(bytes: ArrayBuffer): string | null {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return text.includes("\0") ? null : text;
  } catch {
    return null;
  }
}

export const read = {
  me: () => queryOptions({ queryKey: ["me"], queryFn: () => callJson<t.Me>(url(["me"])), retry: false }),
  home: () => queryOptions({ queryKey: ["home"], queryFn: () => callJson<t.Home>(url(["home"])) }),
  users: () => queryOptions({ queryKey: ["users"], queryFn: () => callJson<t.User[]>(url(["users"])) }),

  repos: () => queryOptions({ queryKey: ["repos"], queryFn: () => callJson<t.Repo[]>(url(["repos"])) }),
  repo: (repo: string) =>
    queryOptions({ queryKey: ["repos", repo], queryFn: () => callJson<t.Repo>(url(["repos", repo])) }),
  log: (repo: string, ref: string, path = "") =>
    infiniteQueryOptions({
      queryKey: ["log", repo, ref, path],
      queryFn: ({ pageParam }) =>
        callJson<t.LogPage>(url(["repos", repo, "log"], { ref, path, limit: PAGE, after: pageParam })),
      initialPageParam: null as string | null,
      getNextPageParam: (last) => last.next,
    }),
  /** Commits of every branch. */
  history: (repo: string) =>
    infiniteQueryOptions({
      queryKey: ["history", repo],
      queryFn: ({ pageParam }) =>
        callJson<t.Timeline>(url(["repos", repo, "history"], { limit: 100, after: pageParam })),
      initialPageParam: null as string | null,
      getNextPageParam: (last) => last.next,
    }),
  tags: (repo: string) =>
    queryOptions({
      queryKey: ["tags", repo],
      queryFn: () => callJson<t.Tag[]>(url(["repos", repo, "tags"])),
    }),
  /** What a folder holds from `after` on, in pages. Of a commit it never changes, so no news touch it. */
  ls: (repo: string, ref: string, path: string, after: string | null, fixed: boolean) =>
    infiniteQueryOptions({
      queryKey: [fixed ? "tree" : "ls", repo, ref, path, after],
      queryFn: ({ pageParam, signal }) =>
        callJson<t.Listing>(url(["repos", repo, "ls"], { ref, path, limit: 500, after: pageParam }), {
          signal,
        }),
      initialPageParam: after,
      getNextPageParam: (last) => last.next,
      staleTime: fixed ? Number.POSITIVE_INFINITY : 0,
    }),
  preview: (repo: string, ref: string, path: string) =>
    queryOptions({
      queryKey: ["preview", repo, ref, path],
      queryFn: () => callJson<t.Preview>(url(["repos", repo, "preview"], { ref, path })),
    }),
  compare: (repo: string, { from, to, path, kind }: Comparing) =>
    infiniteQueryOptions({
      queryKey: ["compare", repo, from, to, path, kind],
      queryFn: ({ pageParam, signal }) =>
        callJson<t.Comparison>(
          url(["repos", repo, "compare"], { from, to, path, kind, limit: 200, after: pageParam }),
          { signal },
        ),
      initialPageParam: null as string | null,
      getNextPageParam: (last) => last.next,
    }),
  /** What merging `source` into `branch` would do. */
  merge: (repo: string, source: string, branch: string) =>
    queryOptions({
      queryKey: ["merge", repo, source, branch],
      queryFn: () => callJson<t.MergePreview>(url(["repos", repo, "merge"], { source, branch })),
    }),
  /** A stored text, whole; what is kept for long is kept by the browser, which knows the file's hash. */
  text: (repo: string, ref: string, path: string, blob: string) =>
    queryOptions({
      queryKey: ["text", blob],
      queryFn: async ({ signal }) => {
        const bytes = await (await call(rawUrl(repo, ref, path), { signal })).arrayBuffer();
        return textOf(bytes);
      },
      staleTime: Number.POSITIVE_INFINITY,
      gcTime: 60_000,
    }),
  commit: (id: string) =>
    queryOptions({ queryKey: ["commit", id], queryFn: () => callJson<t.Commit>(url(["commits", id])) }),
  lineage: (id: string) =>
    queryOptions({
      queryKey: ["lineage", id],
      queryFn: () => callJson<t.Lineage>(url(["commits", id, "lineage"])),
    }),
  cascade: (globalId: string) =>
    queryOptions({
      queryKey: ["global", globalId],
      queryFn: () => callJson<t.Cascade>(url(["global", globalId])),
    }),
  graph: () => queryOptions({ queryKey: ["graph"], queryFn: () => callJson<t.Graph>(url(["graph"])) }),

  projects: () =>
    queryOptions({ queryKey: ["projects"], queryFn: () => callJson<t.ProjectRow[]>(url(["projects"])) }),
  project: (name: string) =>
    queryOptions({
      queryKey: ["project", name],
      queryFn: () => callJson<t.Project>(url(["projects", name])),
    }),
  progress: (name: string) =>
    queryOptions({
      queryKey: ["project", name, "progress"],
      queryFn: () => callJson<t.Progress>(url(["projects", name, "progress"])),
    }),
  workers: (name: string) =>
    queryOptions({
      queryKey: ["project", name, "workers"],
      queryFn: () => callJson<t.WorkerRow[]>(url(["projects", name, "workers"])),
    }),
  /** What there is to review. News do not touch it: what a reviewer has before them stays where it is. */
  review: (name: string, status: t.ReviewStatus) =>
    infiniteQueryOptions({
      queryKey: ["review", name, status],
      queryFn: ({ pageParam }) =>
        callJson<t.ReviewPage>(url(["projects", name, "review"], { status, limit: 20, after: pageParam })),
      initialPageParam: null as string | null,
      getNextPageParam: (last) => last.next,
      staleTime: Number.POSITIVE_INFINITY,
      gcTime: 0,
    }),
  reviewCounts: (name: string) =>
    queryOptions({
      queryKey: ["project", name, "review"],
      queryFn: async () => {
        const page = await callJson<t.ReviewPage>(
          url(["projects", name, "review"], { status: "done", limit: 1, counts: "true" }),
        );
        return page.counts ?? null;
      },
    }),
  taskHistory: (name: string, task: number) =>
    queryOptions({
      queryKey: ["project", name, "history", task],
      queryFn: () => callJson<t.TaskHistory>(url(["projects", name, "tasks", task])),
    }),
  throughput: (name: string, slices: number) =>
    queryOptions({
      queryKey: ["project", name, "throughput", slices],
      queryFn: () => callJson<t.Throughput>(url(["projects", name, "throughput"], { slices })),
    }),

  pipelines: () =>
    queryOptions({ queryKey: ["pipelines"], queryFn: () => callJson<t.PipelineRow[]>(url(["pipelines"])) }),
  pipeline: (name: string) =>
    queryOptions({
      queryKey: ["pipelines", name],
      queryFn: () => callJson<t.PipelineRow>(url(["pipelines", name])),
    }),
  jobs: (name: string) =>
    queryOptions({
      queryKey: ["pipelines", name, "jobs"],
      queryFn: () => callJson<t.JobRow[]>(url(["pipelines", name, "jobs"])),
    }),
  job: (id: string) =>
    queryOptions({ queryKey: ["jobs", id], queryFn: () => callJson<t.Job>(url(["jobs", id])) }),
  logs: (id: string, datum: string) =>
    queryOptions({
      queryKey: ["jobs", id, "logs", datum],
      queryFn: async () => (await call(url(["jobs", id, "logs"], { datum }))).text(),
    }),
};

export const rawUrl = (repo: string, ref: string, path: string): string =>
  url(["repos", repo, "raw"], { ref, path });
/** A folder as an archive; with `names` only these of what is in it. */
export const zipUrl = (repo: string, ref: string, path: string, names: readonly string[] = []): string =>
  url(["repos", repo, "zip"], { ref, path }) +
  names.map((name) => `&name=${encodeURIComponent(name)}`).join("");
export const exportUrl = (project: string): string => url(["projects", project, "export"]);

export type FileChange =
  | { readonly op: "put"; readonly path: string; readonly receipt: string }
  | { readonly op: "delete"; readonly path: string }
  | { readonly op: "move" | "copy"; readonly path: string; readonly to: string };

/** What to take for a path that both sides changed: a side, nothing, or bytes that were sent. */
export type Resolution = "ours" | "theirs" | "base" | "delete" | { readonly receipt: string };

/** Where the bytes of files go before a commit names them; `sizes` when several are sent at once. */
export const blobsUrl = (repo: string, sizes: readonly number[]): string =>
  url(["repos", repo, "blobs", "upload"], { sizes: sizes.length > 1 ? sizes.join(",") : null });

/** Where hashes and parts of large files go. */
export const bulkUrl = (repo: string, ...what: string[]): string => url(["repos", repo, "bulk", ...what]);

const post = <T>(segments: (string | number)[], json: unknown = {}): Promise<T> =>
  callJson<T>(url(segments), { method: "POST", json });

export const change = {
  logout: () => post<null>(["logout"]),
  userCreate: (name: string, roles: t.Role[]) =>
    post<{ user: t.User; link: string }>(["users"], { name, roles }),
  userLink: (name: string) => post<{ link: string }>(["users", name, "link"]),
  userRoles: (name: string, roles: t.Role[]) =>
    callJson<t.User>(url(["users", name, "roles"]), { method: "PUT", json: { roles } }),
  userDelete: (name: string) => callJson<null>(url(["users", name]), { method: "DELETE" }),
  repoCreate: (name: string, description: string) => post<t.Repo>(["repos"], { name, description }),
  branchCreate: (repo: string, name: string, at: string | null) =>
    post<t.Branch>(["repos", repo, "branches"], { name, at }),
  branchPromote: (repo: string, branch: string, to: string) =>
    post<t.Branch>(["repos", repo, "branches", branch, "promote"], { to }),
  branchMove: (repo: string, branch: string, to: string, expect: string | null) =>
    callJson<t.Branch>(url(["repos", repo, "branches", branch]), { method: "PUT", json: { to, expect } }),
  branchDelete: (repo: string, branch: string) =>
    callJson<null>(url(["repos", repo, "branches", branch]), { method: "DELETE" }),
  branchProtect: (repo: string, branch: string, isProtected: boolean) =>
    callJson<t.Branch>(url(["repos", repo, "branches", branch, "protection"]), {
      method: "PUT",
      json: { protected: isProtected },
    }),
  tagCreate: (repo: string, name: string, at: string, message: string) =>
    post<t.Tag>(["repos", repo, "tags"], { name, at, message }),
  tagDelete: (repo: string, tag: string) =>
    callJson<null>(url(["repos", repo, "tags", tag]), { method: "DELETE" }),
  merge: (
    repo: string,
    source: string,
    branch: string,
    { resolve, message }: { resolve: Readonly<Record<string, Resolution>>; message: string | null },
  ) =>
    post<{ commit: t.Commit; how: string }>(["repos", repo, "merge"], { source, branch, resolve, message }),
  revert: (repo: string, commit: string, branch: string, strategy: "ours" | "theirs" | null) =>
    post<{ commit: t.Commit }>(["repos", repo, "revert"], { commit, branch, strategy }),
  squash: (repo: string, commit: string) =>
    post<{ commits: t.Commit[] }>(["repos", repo, "squash"], { commit }),
  drop: (repo: string, commit: string) =>
    post<{ branches: string[]; parent: string | null }>(["repos", repo, "drop"], { commit }),
  /** Bytes for a commit to come. */
  blob: async (repo: string, bytes: Blob): Promise<string> => {
    const sent = await sendBytes<{ receipts: string[] }>(
      blobsUrl(repo, [bytes.size]),
      bytes,
      () => undefined,
      new AbortController().signal,
    );
    return sent.receipts[0] ?? "";
  },
  /** Uploaded, deleted and moved files as one commit. */
  commit: (repo: string, branch: string, message: string, changes: readonly FileChange[]) =>
    post<{ commit: t.Commit }>(["repos", repo, "commits"], { branch, message, changes }),
  projectPublish: (name: string) => post<unknown>(["projects", name, "publish"]),
  projectState: (name: string, state: string) => post<unknown>(["projects", name, "state"], { state }),
  workerState: (project: string, worker: string, state: string, reason: string) =>
    post<unknown>(["projects", project, "workers", worker], { state, reason }),
  verdict: (project: string, verdict: t.NewVerdict) =>
    post<t.ReviewTask>(["projects", project, "verdicts"], verdict),
  pipelineRun: (name: string, branch: string) => post<unknown>(["pipelines", name, "run"], { branch }),
  jobCancel: (id: string) => post<unknown>(["jobs", id, "cancel"]),
};
