/** What the fixture answers: one headline project with its repos, pipelines and people. */
import type * as t from "../src/api/types";
import type { CrowdOptions } from "./crowd";

const HEADLINES = [
  "Tamil party drops commitment to independence from Sri Lanka",
  'The Hardest "Harry Potter" Spelling Test You\'ll Ever Take',
  "Two women first ever to serve on municipal council in Kuwait",
  "Cattle Rustling Plagues Ranchers",
  "23 Things Everyone Who Grew Up With A Dog Will Understand",
  "Controversial cancer test gains support",
  "We Tried Every Pumpkin Spice Snack So You Don't Have To",
  "Senator Says He Had Affair With an Aide",
  "Obama Promises the World a Renewed America",
  "This Is What Your Favourite Colour Says About Your Love Life",
];

export const schema: t.Schema = {
  fields: [
    {
      name: "category",
      kind: "choice",
      options: [
        { value: "clickbait", label: "Clickbait", hotkey: "1" },
        { value: "notclickbait", label: "Not clickbait", hotkey: "2" },
      ],
      required: true,
      opinion: false,
      title: "",
      minimum: null,
      maximum: null,
      max_length: 1000,
      of: [],
    },
  ],
  objects: [{ name: "headline", kind: "text", field: "headline", text: "" }],
  references: ["headline"],
};

const guideline = `<h2>About the task</h2><p>Read the headline and decide: does it tell you what happened, or does it
only want to be clicked?</p><h2>Clickbait</h2><ul><li>promises a list, a test or a secret</li><li>speaks to “you”</li></ul>`;

export const crowd: CrowdOptions = {
  schema,
  title: "Is this headline clickbait?",
  guideline,
  pageSize: 5,
  training: [
    {
      data: { headline: "Gunman on the loose in Melbourne" },
      expected: { category: "notclickbait" },
      hint: "It says what happened.",
    },
    { data: { headline: "15 Cats Who Are Done With Today" }, expected: { category: "clickbait" } },
  ],
  work: HEADLINES.map((headline) => ({ data: { headline } })),
};

const NOW = Date.now();
const at = (minutesAgo: number): string => new Date(NOW - minutesAgo * 60_000).toISOString();
const id = (n: number): string => `01jd5k8f3q${String(n).padStart(16, "0")}`;

function commit(n: number, repo: string, message: string, more: Partial<t.Commit> = {}): t.Commit {
  return {
    id: id(n),
    repo,
    workspace: "default",
    branch: "main",
    parents: n > 1 ? [id(n - 1)] : [],
    global_id: id(1),
    content_id: `${n}f0c`.repeat(16),
    at: at(200 - n * 10),
    author: "ann",
    message,
    kind: "user",
    meta: {},
    provenance: [],
    files: 1,
    size: 2_310,
    ...more,
  };
}

const commits = [
  commit(1, "pool", "30 headlines"),
  commit(2, "labels", "Release: 30 settled", {
    kind: "people",
    provenance: [{ id: id(1), repo: "pool", branch: "main" }],
    files: 62,
    size: 81_000,
  }),
  commit(3, "model", "Job of model", {
    kind: "job",
    provenance: [{ id: id(2), repo: "labels", branch: "main" }],
    meta: { datums_run: 1, pipeline: "model" },
  }),
];

const repo = (name: string, kind: string, n: number, description: string): t.Repo => ({
  workspace: "default",
  name,
  kind,
  description,
  branches: [
    { name: "main", head: id(n), at: at(30), protected: false },
    { name: "dev", head: id(1), at: at(90), protected: false },
  ],
  size: 2_310 * n,
  files: n,
  at: at(30),
});
const repos = [
  repo("pool", "user", 1, "Headlines to label"),
  repo("labels", "people", 2, ""),
  repo("model", "job", 3, ""),
];

const row: t.ProjectRow = {
  name: "clickbait",
  title: "Is this headline clickbait?",
  state: "open",
  my_state: "working",
  open_tasks: 12,
  progress: { settled: 18, total: 30 },
};

const workers: t.WorkerRow[] = [
  ["ann", "working", "", 24, 6, 6, 0],
  ["sim-3", "working", "", 20, 5, 6, 0],
  ["sim-7", "banned", "2 of the last 5 pages took less than 30 s", 12, 1, 3, 4],
  ["sim-9", "failed", "60 % of training answers right, 90 % needed", 0, 0, 0, 0],
].map(([name, state, reason, answers, right, total, fast]) => ({
  name: String(name),
  state: state as t.MembershipState,
  reason: String(reason),
  since: at(60),
  simulated: String(name).startsWith("sim"),
  answers: Number(answers),
  control_correct: Number(right),
  control_total: Number(total),
  pages: Number(answers) / 4,
  fast_pages: Number(fast),
  earned: { amount: (Number(answers) * 0.0125).toFixed(4), currency: "USD" },
}));

const tasks: t.TaskRow[] = HEADLINES.map((headline, n) => {
  const bait = n % 3 === 1;
  const value = (flip: boolean) => ({ category: bait !== flip ? "clickbait" : "notclickbait" });
  const one = (worker: string, flip: boolean, more: Partial<t.TaskAnswer> = {}): t.TaskAnswer => ({
    worker,
    fields: value(flip),
    at: worker.startsWith("sim") ? null : at(40 + n),
    time_spent_s: 3.4 + n,
    withdrawn: false,
    excluded: false,
    simulated: worker.startsWith("sim"),
    ...more,
  });
  return {
    id: n + 1,
    item_ids: [`/pool.csv#${n}`],
    data: { headline },
    status: n < 6 ? "settled" : n === 6 ? "stale" : "open",
    answers:
      n < 8
        ? [
            one("ann", true, { withdrawn: true }),
            one("ann", false),
            one("sim-3", false),
            one("sim-7", true, { excluded: true }),
          ]
        : [],
    consensus:
      n < 6
        ? {
            category: { value: bait ? "clickbait" : "notclickbait", confidence: 0.97, method: "dawid_skene" },
          }
        : null,
  };
});

const job: t.Job = {
  id: id(3),
  pipeline: "model",
  branch: "main",
  state: "success",
  error: null,
  global_id: id(1),
  output_commit: id(3),
  created: at(21),
  started: at(20.5),
  finished: at(20.3),
  datums_total: 2,
  datums_run: 1,
  datums_skipped: 1,
  datums_failed: 0,
  inputs: [{ name: "labels", id: id(2), repo: "labels", branch: "main" }],
  states: { done: 1, skipped: 1 },
  datums: [
    { id: "3fa9b0c2d1e4", state: "done", inputs: ["/labels.csv"], seconds: 8.2, error: null },
    { id: "9be1c0a2d1f7", state: "skipped", inputs: ["/train.csv"], seconds: null, error: null },
  ],
};
const pipeline: t.PipelineRow = {
  name: "model",
  description: "Trains the headline model",
  input: { cross: [{ pfs: { repo: "labels", glob: "/" } }, { pfs: { repo: "raw", glob: "/" } }] },
  transform: { cmd: ["python", "train.py"], requirements: ["scikit-learn"] },
  state: "idle",
  branches: ["main"],
  notes: [],
  paused: false,
  last_job: job,
};

const graph: t.Graph = {
  nodes: [
    ["repo/pool", "repo", "pool", "ok", "1 file", "/data/pool"],
    ["repo/quality", "repo", "quality", "ok", "2 files", "/data/quality"],
    ["repo/raw", "repo", "raw", "ok", "2 files", "/data/raw"],
    ["project/clickbait", "project", "clickbait", "open", "12 tasks open", "/p/clickbait"],
    ["repo/labels", "repo", "labels", "ok", "62 files", "/data/labels"],
    ["pipeline/enriched", "pipeline", "enriched", "idle", "last: success", "/pipelines/enriched"],
    ["repo/enriched", "repo", "enriched", "ok", "1 file", "/data/enriched"],
    ["pipeline/model", "pipeline", "model", "running", "1 of 2 datums", "/pipelines/model"],
    ["repo/model", "repo", "model", "ok", "3 files", "/data/model"],
  ].map(
    ([nid, kind, name, state, detail, href]) => ({ id: nid, kind, name, state, detail, href }) as t.GraphNode,
  ),
  edges: [
    ["repo/pool", "project/clickbait"],
    ["repo/quality", "project/clickbait"],
    ["project/clickbait", "repo/labels"],
    ["repo/labels", "pipeline/enriched"],
    ["repo/raw", "pipeline/enriched"],
    ["pipeline/enriched", "repo/enriched"],
    ["repo/enriched", "pipeline/model"],
    ["repo/raw", "pipeline/model"],
    ["pipeline/model", "repo/model"],
  ].map(([from, to]) => ({ from, to }) as t.GraphEdge),
};

const lineage: t.Lineage = {
  truncated: false,
  nodes: [
    ...commits.map(
      (c): t.LineageNode => ({
        id: c.id,
        kind: "commit",
        label: `${c.repo}@main`,
        repo: c.repo,
        branch: "main",
        commit: c.id,
        at: c.at,
        meta: {},
      }),
    ),
    {
      id: "p",
      kind: "project",
      label: "clickbait",
      repo: null,
      branch: null,
      commit: null,
      at: null,
      meta: { answers: 150 },
    },
    {
      id: "g",
      kind: "guideline",
      label: "guideline of clickbait",
      repo: null,
      branch: null,
      commit: null,
      at: null,
      meta: {},
    },
    { id: "m", kind: "pipeline", label: "model", repo: null, branch: null, commit: null, at: null, meta: {} },
  ],
  edges: [
    { from: id(1), to: "p" },
    { from: "g", to: "p" },
    { from: "p", to: id(2) },
    { from: id(2), to: "m" },
    { from: "m", to: id(3) },
  ],
};

const files: t.Entry[] = [
  {
    type: "folder",
    path: "/items",
    name: "items",
    size: 51_000,
    files: 30,
    content_type: null,
    blob: null,
    mode: null,
    link: null,
  },
  {
    type: "file",
    path: "/labels.csv",
    name: "labels.csv",
    size: 2_310,
    files: null,
    content_type: "text/csv",
    blob: "ab",
    mode: 0o644,
    link: null,
  },
  {
    type: "file",
    path: "/item.json",
    name: "item.json",
    size: 812,
    files: null,
    content_type: "application/json",
    blob: "ac",
    mode: 0o644,
    link: null,
  },
];

const previews: Record<string, t.Preview> = {
  csv: {
    kind: "csv",
    path: "/labels.csv",
    size: 2_310,
    content_type: "text/csv",
    truncated: false,
    text: null,
    columns: ["headline", "category"],
    rows: HEADLINES.map((h, n) => [h, n % 3 === 1 ? "clickbait" : "notclickbait"]),
  },
  json: {
    kind: "json",
    path: "/item.json",
    size: 812,
    content_type: "application/json",
    truncated: false,
    text: JSON.stringify({
      item: { id: "/pool.csv#0", data: tasks[0]?.data },
      annotations: tasks[0]?.answers,
      status: "settled",
      previous: null,
    }),
    columns: null,
    rows: null,
  },
};

const project: t.Project = {
  name: row.name,
  title: row.title,
  state: "open",
  spec: { project: "clickbait", overlap: 5, consensus: { method: "dawid_skene", smoothing: 1 } },
  schema,
  guideline: "see html",
  guideline_html: guideline,
  input_error: null,
  inputs: [{ repo: "pool", branch: "main", commit: id(1), error: null }],
  outputs: [
    { repo: "labels", branch: "main", target: "release", commit: id(2), at: at(30) },
    { repo: "labels", branch: "live", target: "live", commit: id(2), at: at(2) },
  ],
  carried_over: null,
};

const throughput: t.Throughput = {
  start: at(100),
  end: at(2),
  answers: 120,
  simulated: false,
  slices: Array.from({ length: 40 }, (_, n) => 2 + ((n * 7) % 3)),
};

const TABLE: Record<string, unknown> = {
  me: {
    user: { name: "ann", roles: ["admin"], simulated: false },
    workspace: "default",
    worker: true,
    server: { version: "0.1.0" },
  },
  home: {
    projects: [row],
    attention: [{ kind: "banned", text: "sim-7 was banned in clickbait", href: "/p/clickbait?tab=workers" }],
    recent: commits.map((c) => ({
      kind: "commit",
      name: `${c.repo}@main`,
      text: c.message,
      at: c.at,
      href: `/data/${c.repo}/commit/${c.id}`,
    })),
  },
  users: [
    { name: "ann", roles: ["admin"], simulated: false, robot: false, at: at(9000) },
    { name: "ben", roles: ["annotator"], simulated: false, robot: false, at: at(800) },
    { name: "sim-3", roles: ["annotator"], simulated: true, robot: false, at: at(60) },
  ],
  repos,
  projects: [row],
  "projects/clickbait": project,
  "projects/clickbait/progress": {
    tasks: { total: 30, settled: 18, open: 11, stale: 1 },
    judgements: 120,
    overlap: 5,
    workers: { total: 4, passed: 2, failed: 1, banned: 1 },
    agreement: { percent: 91, alpha: 0.82 },
    control_accuracy: 0.93,
    cost: { amount: "1.5000", currency: "USD" },
    eta: at(-25),
  },
  "projects/clickbait/workers": workers,
  "projects/clickbait/throughput": throughput,
  graph,
  pipelines: [pipeline],
  "pipelines/model": pipeline,
  "pipelines/model/jobs": [job],
  [`jobs/${job.id}`]: job,
  [`jobs/${job.id}/logs`]: "fitting 1,230 rows\naccuracy 0.842\n",
};

export function read(path: string, query: URLSearchParams): unknown {
  if (path in TABLE) return TABLE[path];
  const [kind, name, sub] = path.split("/");
  const status = query.get("status");
  if (kind === "projects" && sub === "tasks")
    return { tasks: tasks.filter((task) => !status || task.status === status), next: null };
  if (kind === "commits" && sub === "lineage") return lineage;
  if (kind === "commits") return commits.find((c) => c.id === name);
  if (kind === "global") return { commits, jobs: [job] };
  if (kind !== "repos") return undefined;
  const known = repos.find((each) => each.name === name);
  if (sub === undefined) return known;
  if (sub === "log") return { commits: commits.filter((c) => c.repo === name), next: null };
  if (sub === "history") return { commits: commits.filter((c) => c.repo === name), next: null };
  if (sub === "tags") return [];
  if (sub === "ls")
    return {
      commit: commits.find((c) => c.repo === name),
      entries: files,
      files: 32,
      size: 54_122,
      next: null,
    };
  if (sub === "preview") return previews[query.get("path")?.split(".").pop() ?? ""];
  if (sub === "compare") return comparison(name ?? "");
  return undefined;
}

function comparison(name: string): t.Comparison {
  const [before] = commits;
  const after = commits.find((each) => each.repo === name) ?? before;
  if (!before || !after) throw new Error("the fixture has commits");
  const file = (path: string, blob: string, size: number) => ({ path, blob, size });
  return {
    before,
    after,
    differences: [
      { path: "/items/7.json", kind: "added", before: null, after: file("/items/7.json", "c", 512) },
      {
        path: "/labels.csv",
        kind: "changed",
        before: file("/labels.csv", "a", 2_100),
        after: file("/labels.csv", "b", 2_310),
      },
    ],
    totals: { added: 1, changed: 1, removed: 0, renamed: 0, bytes_before: 2_100, bytes_after: 2_822 },
    complete: true,
    next: null,
  };
}
