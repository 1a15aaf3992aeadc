/** The wire types of `/api/v1`, as the server documents them. Times are ISO strings in UTC; money is a decimal string. */

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type Fields = Record<string, Json>;
export type Role = "annotator" | "lead" | "engineer" | "admin";

export interface Money {
  amount: string;
  currency: string;
}

export interface Me {
  user: { name: string; roles: Role[]; simulated: boolean };
  workspace: string;
  worker: boolean;
  server: { version: string };
}

export interface User {
  name: string;
  roles: Role[];
  simulated: boolean;
  robot: boolean;
  at: string;
}

export interface Home {
  projects: ProjectRow[];
  attention: { kind: string; text: string; href: string }[];
  recent: { kind: string; name: string; text: string; at: string; href: string }[];
}

export interface ProjectRow {
  name: string;
  title: string;
  state: string;
  /** The caller's own standing; null before their first page. */
  my_state: MembershipState | null;
  open_tasks: number;
  progress: { settled: number; total: number };
}

// --- versioned data

export interface Branch {
  name: string;
  head: string | null;
  at: string | null;
}

export interface Repo {
  workspace: string;
  name: string;
  kind: string;
  description: string;
  branches: Branch[];
  size: number;
  files: number;
  at: string | null;
}

export interface CommitRef {
  id: string;
  repo: string;
  branch: string;
}

export interface Commit {
  id: string;
  repo: string;
  workspace: string;
  branch: string;
  parents: string[];
  global_id: string;
  content_id: string;
  at: string;
  author: string;
  message: string;
  kind: string;
  meta: Record<string, Json>;
  provenance: CommitRef[];
  files: number;
  size: number;
}

export interface LogPage {
  commits: Commit[];
  next: string | null;
}

export interface Entry {
  type: "file" | "folder";
  path: string;
  name: string;
  size: number;
  files: number | null;
  content_type: string | null;
  blob: string | null;
}

export interface Listing {
  commit: Commit;
  entries: Entry[];
  next: string | null;
}

export interface Preview {
  kind: "text" | "csv" | "json" | "image" | "binary";
  path: string;
  size: number;
  content_type: string;
  truncated: boolean;
  text: string | null;
  columns: string[] | null;
  rows: string[][] | null;
}

export interface BlobSide {
  blob: string;
  size: number;
}

export interface Change {
  path: string;
  kind: "added" | "removed" | "changed";
  before: BlobSide | null;
  after: BlobSide | null;
}

export interface ChangePage {
  changes: Change[];
  next: string | null;
}

// --- graphs

export interface GraphNode {
  id: string;
  kind: "repo" | "pipeline" | "project";
  name: string;
  state: string;
  detail: string;
  href: string;
}

export interface GraphEdge {
  from: string;
  to: string;
}

export interface Graph {
  nodes: GraphNode[];
  edges: GraphEdge[];
}

export interface LineageNode {
  id: string;
  kind: "commit" | "project" | "pipeline" | "guideline";
  label: string;
  repo: string | null;
  branch: string | null;
  commit: string | null;
  at: string | null;
  meta: Record<string, Json>;
}

export interface Lineage {
  nodes: LineageNode[];
  edges: GraphEdge[];
  truncated: boolean;
}

// --- labelling projects

export type MembershipState = "new" | "training" | "exam" | "working" | "failed" | "banned";

export interface Membership {
  state: MembershipState;
  reason: string;
}

export interface Option {
  value: string;
  label: string;
  hotkey: string;
}

export type FieldKind = "choice" | "choices" | "text" | "number" | "rating";

export interface Field {
  name: string;
  kind: FieldKind;
  options: Option[];
  required: boolean;
  opinion: boolean;
  title: string;
  minimum: number | null;
  maximum: number | null;
  max_length: number;
  of: string[];
}

export interface ObjectTag {
  name: string;
  kind: "text" | "image" | "header";
  /** The data field that is shown; empty when `text` stands as it is. */
  field: string;
  text: string;
}

export interface Schema {
  fields: Field[];
  objects: ObjectTag[];
  references: string[];
}

export interface Project {
  name: string;
  title: string;
  state: string;
  spec: Record<string, Json>;
  schema: Schema;
  /** Markdown; `guideline_html` is the same, made safe to show. */
  guideline: string;
  guideline_html: string;
  input_error: string | null;
  inputs: { repo: string; branch: string; commit: string | null; error: string | null }[];
  outputs: {
    repo: string;
    branch: string;
    target: "live" | "release";
    commit: string | null;
    at: string | null;
  }[];
}

export interface Progress {
  tasks: { total: number; settled: number; open: number; stale: number };
  judgements: number;
  overlap: number;
  workers: { total: number; passed: number; failed: number; banned: number };
  agreement: { percent: number | null; alpha: number | null };
  control_accuracy: number | null;
  cost: Money;
  eta: string | null;
}

export interface WorkerRow {
  name: string;
  state: MembershipState;
  reason: string;
  since: string;
  simulated: boolean;
  answers: number;
  control_correct: number;
  control_total: number;
  pages: number;
  fast_pages: number;
  earned: Money;
}

export interface TaskAnswer {
  worker: string;
  fields: Fields | null;
  at: string | null;
  time_spent_s: number | null;
  withdrawn: boolean;
  excluded: boolean;
  simulated: boolean;
}

export interface FieldConsensus {
  value: Json;
  confidence: number | null;
  method?: string;
  votes?: Record<string, number> | number;
}

export interface TaskRow {
  id: number;
  item_ids: string[];
  data: Record<string, Json>;
  status: string;
  answers: TaskAnswer[];
  consensus: Record<string, FieldConsensus> | null;
}

export interface TaskPage {
  tasks: TaskRow[];
  next: string | null;
}

export interface LogRow {
  seq: number;
  verb: "answer" | "skip" | "withdraw";
  task: number;
  worker: string;
  fields: Fields | null;
  of: number | null;
  reason: string | null;
  at: string;
  simulated: boolean;
}

// --- the workbench

export type PageKind = "training" | "exam" | "work";

export interface PageTask {
  id: number;
  position: number;
  data: Record<string, Json>;
  draft: Fields | null;
  answer: Fields | null;
  skipped: boolean;
}

export interface WorkPage {
  id: number;
  kind: PageKind;
  due: string | null;
  clock_started: boolean;
  reward: Money;
  tasks: PageTask[];
}

export type NoWorkReason = "done" | "banned" | "failed" | "closed" | "wait";

export interface PageGrant {
  page: WorkPage | null;
  reason: NoWorkReason | null;
  membership: Membership;
}

export interface WorkbenchView {
  title: string;
  state: string;
  /** HTML, made safe by the server. */
  guideline: string;
  schema: Schema;
  membership: Membership;
  progress: { answered: number; pages: number; earned: Money };
  open_pages: WorkPage[];
}

export interface AnswerReceipt {
  seq: number;
  page_done: boolean;
  correct: boolean | null;
  expected: Fields | null;
  hint: string | null;
  membership: Membership;
  earned: Money;
}

export interface UndoReceipt {
  page: number;
  task: number;
  fields: Fields | null;
}

// --- pipelines

export interface PipelineRow {
  name: string;
  description: string;
  input: Json;
  transform: Json;
  state: string;
  branches: string[];
  notes: string[];
  last_job: JobRow | null;
}

export interface JobRow {
  id: string;
  pipeline: string;
  branch: string;
  state: string;
  error: string | null;
  global_id: string;
  output_commit: string | null;
  created: string;
  started: string | null;
  finished: string | null;
  datums_total: number;
  datums_run: number;
  datums_skipped: number;
  datums_failed: number;
}

export interface DatumRow {
  id: string;
  state: string;
  inputs: string[];
  seconds: number | null;
  error: string | null;
}

export interface Job extends JobRow {
  inputs: { name: string; id: string; repo: string; branch: string }[];
  states: Record<string, number>;
  datums: DatumRow[];
}
