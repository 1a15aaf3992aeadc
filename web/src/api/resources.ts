/** Every read of the API as a query, and every change as a function: the only file that knows addresses. */
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { call, callJson, url } from "./http";
import type * as t from "./types";

const PAGE = 50;

export const repoName = (repo: { workspace: string; name: string }): string =>
  repo.workspace === "default" ? repo.name : `${repo.workspace}:${repo.name}`;

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
  ls: (repo: string, ref: string, path: string) =>
    infiniteQueryOptions({
      queryKey: ["ls", repo, ref, path],
      queryFn: ({ pageParam }) =>
        callJson<t.Listing>(url(["repos", repo, "ls"], { ref, path, limit: 200, after: pageParam })),
      initialPageParam: null as string | null,
      getNextPageParam: (last) => last.next,
    }),
  preview: (repo: string, ref: string, path: string) =>
    queryOptions({
      queryKey: ["preview", repo, ref, path],
      queryFn: () => callJson<t.Preview>(url(["repos", repo, "preview"], { ref, path })),
    }),
  diff: (repo: string, from: string, to: string) =>
    infiniteQueryOptions({
      queryKey: ["diff", repo, from, to],
      queryFn: ({ pageParam }) =>
        callJson<t.ChangePage>(url(["repos", repo, "diff"], { from, to, limit: 200, after: pageParam })),
      initialPageParam: null as string | null,
      getNextPageParam: (last) => last.next,
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
  tasks: (name: string, status: string) =>
    infiniteQueryOptions({
      queryKey: ["project", name, "tasks", status],
      queryFn: ({ pageParam }) =>
        callJson<t.TaskPage>(url(["projects", name, "tasks"], { status, limit: PAGE, after: pageParam })),
      initialPageParam: null as number | null,
      getNextPageParam: (last) => last.next,
    }),
  /** The answer log, from its beginning, as far as five pages reach. */
  answers: (name: string) =>
    queryOptions({
      queryKey: ["project", name, "answers"],
      queryFn: async () => {
        const answers: t.LogRow[] = [];
        let after: number | null = null;
        for (let i = 0; i < 5; i++) {
          const page: t.AnswerLog = await callJson(
            url(["projects", name, "answers"], { after, limit: 1000 }),
          );
          answers.push(...page.answers);
          after = page.next;
          if (after === null) break;
        }
        return { answers, more: after !== null };
      },
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
export const exportUrl = (project: string): string => url(["projects", project, "export"]);

const post = <T>(segments: (string | number)[], json: unknown = {}): Promise<T> =>
  callJson<T>(url(segments), { method: "POST", json });

export const change = {
  logout: () => post<null>(["logout"]),
  userCreate: (name: string, roles: t.Role[]) =>
    post<{ user: t.User; link: string }>(["users"], { name, roles }),
  userLink: (name: string) => post<{ link: string }>(["users", name, "link"]),
  userDelete: (name: string) => callJson<null>(url(["users", name]), { method: "DELETE" }),
  repoCreate: (name: string, description: string) => post<t.Repo>(["repos"], { name, description }),
  branchCreate: (repo: string, name: string, at: string | null) =>
    post<t.Branch>(["repos", repo, "branches"], { name, at }),
  branchPromote: (repo: string, branch: string, to: string) =>
    post<t.Branch>(["repos", repo, "branches", branch, "promote"], { to }),
  upload: (repo: string, branch: string, path: string, message: string, file: Blob) =>
    callJson<{ commit: t.Commit | string }>(url(["repos", repo, "upload"], { branch, path, message }), {
      method: "POST",
      body: file,
    }),
  projectCreate: (yaml: string) => post<t.Project>(["projects"], { yaml, files: {} }),
  projectPublish: (name: string) => post<unknown>(["projects", name, "publish"]),
  projectState: (name: string, state: string) => post<unknown>(["projects", name, "state"], { state }),
  workerState: (project: string, worker: string, state: string, reason: string) =>
    post<unknown>(["projects", project, "workers", worker], { state, reason }),
  pipelineRun: (name: string, branch: string) => post<unknown>(["pipelines", name, "run"], { branch }),
  jobCancel: (id: string) => post<unknown>(["jobs", id, "cancel"]),
};
