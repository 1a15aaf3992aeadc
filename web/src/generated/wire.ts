// Written by `npm run wire` from docs/reference/openapi.json; change the server's shapes, not this file.
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
/** What an action is to be done with; each takes its own: see the reference. */
export interface ActionArguments {
  priority: "high" | "normal" | "low" | null;
  worker: string | null;
  least: number | null;
  model: string | null;
  version: string | null;
  backend: string | null;
}
/** What an action would come to. Of very many tasks only the first `looked_at` are looked at one by one. `left_alone`: why, and how many of these tasks. */
export interface ActionPlan {
  items: number;
  tasks: number;
  looked_at: number;
  changes: number;
  left_alone: Record<string, number>;
}
/** An action, and how far it is: `done` of `total` tasks were looked at, `changed` of them changed. */
export interface ActionState {
  id: string;
  action: string;
  args: Record<string, Json>;
  by: string;
  undo_of: string | null;
  undone: boolean;
  undoable: boolean;
  state: "running" | "done" | "cancelled" | "failed";
  items: number;
  total: number;
  done: number;
  changed: number;
  left_alone: Record<string, number>;
  problem: string;
  at: string;
  ended: string | null;
}
/** How far two answers agree, from 0 to 1, and the same by field; regions by intersection over union. */
export interface AgreeingPair {
  first: number;
  second: number;
  value: number;
  fields: Record<string, number>;
}
/** Agreement between workers; null where nothing can be compared. `percent`: of the pairs of answers to one question, those that are equal, from 0 to 100. `alpha`: Krippendorff's. */
export interface Agreement {
  percent: number | null;
  alpha: number | null;
}
/** A worker's comment on a task, or on one region of their answer. */
export interface AnswerComment {
  text: string;
  region: string | null;
}
/** The large files, in the order of the request. */
export interface Assembled {
  files: Whole[];
}
/** Something that waits for a person. */
export interface Attention {
  kind: string;
  text: string;
  href: string;
}
/** A branch; `head` is null while nothing was ever committed on it. `protected`: it grows by merging and promoting alone. */
export interface Branch {
  name: string;
  head: string | null;
  at: string;
  protected: boolean;
}
/** What came of it: `known` were there already, `full` tasks had all their answers, `unknown` are no items. */
export interface BroughtIn {
  added: number;
  known: number;
  full: number;
  unknown: string[];
}
/** The head of the branch afterwards, and how it compares with its parent; not `new` when nothing differed. */
export interface BulkCommit {
  commit: Commit;
  new: boolean;
  added: number;
  changed: number;
  removed: number;
}
/** What became of the answers at the last change of schema with rules: `lost` says why, and of how many. */
export interface CarriedOver {
  fit: number;
  migrated: number;
  lost: Record<string, number>;
}
/** Everything that carries one global id. */
export interface Cascade {
  commits: Commit[];
  jobs: Job[];
}
/** A cascade; times are of its first and its last commit. */
export interface CascadeRow {
  global_id: string;
  began: string;
  at: string;
  commits: number;
  repos: number;
}
/** One path that differs. */
export interface Change {
  path: string;
  kind: "added" | "removed" | "changed";
  before: Side | null;
  after: Side | null;
}
/** Paths that differ, in order; `next` continues. */
export interface Changes {
  changes: Change[];
  next: string | null;
}
/** A commit. */
export interface Commit {
  id: string;
  repo: string;
  workspace: string;
  branch: string;
  parents: string[];
  global_id: string;
  content_id: string | null;
  at: string;
  author: string;
  message: string;
  kind: string;
  meta: Record<string, Json>;
  provenance: Source[];
  files: number;
  size: number;
}
/** The head of the branch, with all that was staged; null when nothing was. */
export interface CommittedStaged {
  commit: Commit | null;
}
/** What differs between two commits. `complete` is false when only the beginning of a huge difference was seen. */
export interface Comparison {
  before: Commit;
  after: Commit;
  differences: Difference[];
  totals: Totals;
  complete: boolean;
  next: string | null;
}
/** What a config comes to: `schema` is null while there are `problems`; `notes` change no answer. `sample` is null when there is no such item, or `sample_problem` says why it cannot be shown; `more`: there is another one after it. */
export interface ConfigPreview {
  form: "xml" | "yaml";
  schema: Record<string, Json> | null;
  problems: ConfigProblem[];
  notes: ConfigProblem[];
  lists: OptionList[];
  sample: Sample | null;
  more: boolean;
  sample_problem: Fault | null;
  guideline_html: string;
}
/** One thing in a config, by its line from 1; line 0 is about all of it. */
export interface ConfigProblem {
  line: number;
  tag: string;
  message: string;
  hint: string | null;
}
/** A path that both sides changed, each in its own way; a side without the file is null. `clash`: paths of ours that cannot stay beside theirs. `unclear`: histories have crossed and the common ancestors differ here, so there is no base to take. */
export interface Conflicting {
  path: string;
  base: Side | null;
  ours: Side | null;
  theirs: Side | null;
  clash: string[];
  unclear: boolean;
}
/** Give the bytes of a file, or what a folder holds, a second path, which must be free. */
export interface CopyPath {
  op: "copy";
  path: string;
  to: string;
}
/** One unit of work of a job. */
export interface Datum {
  id: string;
  state: string;
  inputs: string[];
  seconds: number | null;
  error: string | null;
}
/** Delete a file, or a folder with all that is in it. */
export interface DeletePath {
  op: "delete";
  path: string;
}
/** One file that is not the same on both sides; `path` is where it is, or was. */
export interface Difference {
  path: string;
  kind: "added" | "changed" | "removed" | "renamed";
  before: recension__server__wire__changes__Version | null;
  after: recension__server__wire__changes__Version | null;
}
/** It is done. */
export interface Done {
  ok: boolean;
}
/** What stands in the way of the project: null when nothing does that can be told without reading its data. */
export interface DraftFault {
  problem: Fault | null;
}
/** Where items would come from, as in a project document. */
export interface DraftInput {
  repo: string;
  branch: string;
  glob: string;
  rows: DraftRows | null;
  columns: Record<string, string>;
}
/** How table files fall into rows. */
export interface DraftRows {
  format: "csv" | "jsonl" | "json" | "parquet";
  key: string | null;
}
/** What the backend makes of it, as in an answer; nothing of it is kept. */
export interface Drawn {
  fields: Record<string, Json>;
}
/** The branches that went back, and to which commit. */
export interface Dropped {
  branches: string[];
  parent: string | null;
}
/** From what is read to what reads it, or from what writes to what is written. */
export interface Edge {
  from: string;
  to: string;
}
/** The config with its options changed, and nothing else. */
export interface EditedConfig {
  config: string;
}
/** What is wrong, where, and what to do about it. */
export interface Fault {
  code: string;
  message: string;
  where: string | null;
  hint: string | null;
}
/** Every answer that is no success. */
export interface FaultAnswer {
  error: Fault;
}
/** A commit for each, in their order. */
export interface Finished {
  commits: Commit[];
}
/** A column of a table, as its first rows have it; `distinct` when it could name them. */
export interface FoundColumn {
  name: string;
  kind: string;
  distinct: boolean;
}
/** What lies there and how it could be read: `format` of tables, null where each file is an item. `files` are counted up to a limit, beyond which `more` is true. `columns` and `rows` are those of the first table; `key` is the column that seems to name its rows. */
export interface FoundData {
  glob: string;
  format: "csv" | "jsonl" | "json" | "parquet" | null;
  files: number;
  more: boolean;
  first: FoundFile[];
  columns: FoundColumn[];
  rows: Record<string, Json>[];
  key: string | null;
  problem: Fault | null;
}
/** A file that would be an item, or hold some. */
export interface FoundFile {
  path: string;
  size: number;
  type: string;
  url: string;
}
/** How data flows in this home. */
export interface Graph {
  nodes: GraphNode[];
  edges: Edge[];
}
/** A repo, pipeline or project. */
export interface GraphNode {
  id: string;
  kind: "repo" | "pipeline" | "project";
  name: string;
  state: string;
  detail: string;
  href: string;
}
/** `1` for each blob that need not be sent, `0` for the others, in the order of the request. */
export interface Have {
  have: string;
}
/** What the caller's first page shows. */
export interface Home {
  projects: ProjectRow[];
  attention: Attention[];
  recent: Recent[];
}
/** What an import did: so many objects were `listed`, of so many bytes, and `hashed` of them read. `new`: the commit was made for it. `unfit` are the first of `unfit_count` objects that were left out. */
export interface Imported {
  commit: Commit;
  new: boolean;
  listed: number;
  size: number;
  hashed: number;
  unfit_count: number;
  unfit: string[];
}
/** A branch that the project follows. */
export interface Input {
  repo: string;
  branch: string;
  commit: string | null;
  error: string | null;
}
/** One run of a pipeline for one set of input commits. */
export interface Job {
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
/** A job with its datums; at most the first thousand. */
export interface JobDetail {
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
  inputs: JobInput[];
  states: Record<string, number>;
  datums: Datum[];
}
/** A commit that a job read. */
export interface JobInput {
  name: string;
  id: string;
  repo: string;
  branch: string;
}
/** The blobs that a large file is made of, in order; `recut`: cut it anew where its content says. */
export interface LargeFile {
  chunks: string[];
  recut: boolean;
}
/** Everything upstream and downstream of a commit; `truncated` when there is more than is shown. */
export interface Lineage {
  nodes: LineageNode[];
  edges: Edge[];
  truncated: boolean;
}
/** Something that a commit was made from, by or into. */
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
/** An option as the config lists it; keys that are handed out by themselves are not its own. */
export interface ListedOption {
  value: string;
  label: string;
  hotkey: string;
  color: string;
}
/** What a folder holds in one commit; `files` and `size` count everything in it, at any depth. */
export interface Listing {
  commit: Commit;
  entries: Node[];
  files: number;
  size: number;
  next: string | null;
}
/** Commits, newest first; `next` continues, null at the end. */
export interface Log {
  commits: Commit[];
  next: string | null;
}
/** The answer log in order; `next` continues. */
export interface LogPage {
  answers: LogRow[];
  next: number | null;
}
/** One row of the answer log; `of` is the row that a later word is about, `by` who said it in review. */
export interface LogRow {
  seq: number;
  verb: string;
  task: number;
  worker: string;
  fields: Record<string, Json> | null;
  of: number | null;
  reason: string | null;
  at: string;
  simulated: boolean;
  by: string | null;
}
/** What was brought in; `new`: a commit was made for it. */
export interface Materialised {
  commit: Commit;
  new: boolean;
  files: number;
  size: number;
}
/** The caller, as others see them. */
export interface Me {
  name: string;
  roles: string[];
  simulated: boolean;
}
/** Who the caller is and where they are. */
export interface MeAnswer {
  user: Me;
  workspace: string;
  worker: boolean;
  server: recension__server__wire__people__Version;
}
/** A stored file that a task shows; `width` and `height` are those of the image as it is seen. A large image comes with `tiles`. Where it has none, `note` says why it is drawn smaller than it is; `refused` says why it is not to be loaded at all. */
export interface Media {
  url: string;
  type: string;
  width: number | null;
  height: number | null;
  tiles: Tiles | null;
  note: string;
  refused: string;
}
/** The worker's standing in the project. */
export interface Membership {
  state: string;
  reason: string;
}
/** What a merge would do: `changes` counts the paths it would change. */
export interface MergePreview {
  how: "nothing" | "fast-forward" | "merged";
  base: string | null;
  bases: string[];
  changes: number;
  conflicts: Conflicting[];
}
/** What a merge did; `base` is the common ancestor, `bases` are all of them where histories have crossed. */
export interface Merged {
  commit: Commit;
  base: string | null;
  bases: string[];
  how: "nothing" | "fast-forward" | "merged";
}
/** What the worker has done in the project so far. */
export interface Mine {
  answered: number;
  pages: number;
  earned: Money;
}
/** A model that has said something, and about how much work. */
export interface Model {
  model: string;
  version: string;
  predictions: number;
}
/** An exact amount: a decimal number as text, and its currency. */
export interface Money {
  amount: string;
  currency: string;
}
/** Give a file or folder another path, which must be free. */
export interface MovePath {
  op: "move";
  path: string;
  to: string;
}
/** What somebody said about an item. */
export interface NewAnnotation {
  item: string;
  data: Record<string, Json> | null;
  fields: Record<string, Json>;
  spent_us: number | null;
}
/** Bytes that were uploaded for this path, and whether the file may be executed. */
export interface NewBytes {
  receipt: string;
  executable: boolean;
}
/** What a model says about an item; `score` is the confidence of all of it. */
export interface NewPrediction {
  item: string;
  data: Record<string, Json> | null;
  fields: Record<string, Json>;
  model: string;
  version: string;
  score: number | null;
  run: string;
}
/** A file or folder; `files` counts a folder's files, `blob` names a file's content. `link` says where that is when it is not stored here. */
export interface Node {
  type: "file" | "folder";
  path: string;
  name: string;
  size: number;
  files: number | null;
  content_type: string | null;
  blob: string | null;
  mode: number | null;
  link: recension__server__wire__repos__Link | null;
}
/** Changes that are gathered for a branch and not on it yet; `changes` counts them. */
export interface OpenCommit {
  id: string;
  workspace: string;
  repo: string;
  branch: string;
  author: string;
  message: string;
  meta: Record<string, Json>;
  at: string;
  changes: number;
}
/** The options of a question, where they stand in a plain list of the config. */
export interface OptionList {
  field: string;
  title: string;
  options: ListedOption[];
}
/** A polygon, as a shape. */
export interface Outline {
  shape: Record<string, Json>;
}
/** A branch that the project publishes to. */
export interface Output {
  repo: string;
  branch: string;
  target: "live" | "release";
  commit: string | null;
  at: string | null;
}
/** A page of tasks handed to the worker. */
export interface Page {
  id: number;
  kind: "training" | "exam" | "work" | "import";
  due: string | null;
  clock_started: boolean;
  reward: Money;
  tasks: PageTask[];
}
/** A page to work on; without one, `reason` says why. */
export interface PageAnswer {
  page: Page | null;
  reason: "done" | "banned" | "failed" | "closed" | "wait" | null;
  membership: Membership;
  schema: Record<string, Json>;
}
/** What a model says of a task. */
export interface PagePrediction {
  model: string;
  version: string;
  score: number | null;
  fields: Record<string, Json>;
  run: string;
}
/** One task of a page: what is shown, and what the worker has said or begun to say. `schema` is there only where what is asked depends on the data; `media` is by data field, a list where there are several images. `returned` is there when a reviewer gave the worker's answer back; it is their draft then. `draft_ms` is when the draft was last edited, as the client that saved it counts. */
export interface PageTask {
  id: number;
  position: number;
  data: Record<string, Json>;
  draft: Record<string, Json> | null;
  draft_ms: number | null;
  answer: Record<string, Json> | null;
  skipped: boolean;
  schema: Record<string, Json> | null;
  media: Record<string, Media | (Media | null)[]>;
  predictions: PagePrediction[];
  returned: Returned | null;
}
/** How many people took part, by what became of them. */
export interface People {
  total: number;
  passed: number;
  failed: number;
  banned: number;
}
/** A pipeline and where it stands. */
export interface Pipeline {
  name: string;
  description: string;
  input: Json;
  transform: Json;
  state: string;
  paused: boolean;
  branches: string[];
  notes: string[];
  last_job: Job | null;
}
/** The beginning of a file, as a page can show it. */
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
/** The figures of a project's page; `control_accuracy` is a share from 0 to 1, `eta` a time. */
export interface Progress {
  tasks: Tasks;
  judgements: number;
  overlap: number;
  workers: People;
  agreement: Agreement;
  control_accuracy: number | null;
  cost: Money;
  eta: string | null;
}
/** A project; `guideline` is Markdown, `guideline_html` the same made safe to show. */
export interface Project {
  name: string;
  title: string;
  state: string;
  spec: Record<string, Json>;
  schema: Record<string, Json>;
  guideline: string;
  guideline_html: string;
  input_error: string | null;
  inputs: Input[];
  outputs: Output[];
  carried_over: CarriedOver | null;
}
/** A project in a list; `my_state` is the caller's standing as a worker, null before their first page. */
export interface ProjectRow {
  name: string;
  title: string;
  state: string;
  my_state: string | null;
  open_tasks: number;
  progress: Tally;
}
/** The commits that were made; none when nothing had changed. */
export interface Published {
  commits: string[];
}
/** Make `path` be the bytes that the receipt is for. */
export interface PutFile {
  op: "put";
  path: string;
  receipt: string;
}
/** Why a datum ran. `kind`: `new` (its matches were not there before), `inputs` or `code` (they have changed), `reads` (what it asked for while it ran has), or `again` (the same was run before without a result). `differences` say what. */
export interface Reason {
  datum: string;
  label: string;
  state: string;
  kind: string;
  differences: string[];
}
/** Why each datum of a job ran that did, at most the first thousand. `skipped` of `total` did not: for their code and inputs there was a result already. */
export interface Reasons {
  job: string;
  total: number;
  skipped: number;
  reasons: Reason[];
}
/** The answer is in the log for good. `correct`, `expected` and `hint` only in training. */
export interface Receipt {
  seq: number;
  page_done: boolean;
  correct: boolean | null;
  expected: Record<string, Json> | null;
  hint: string | null;
  membership: Membership;
  earned: Money;
}
/** Something that happened. */
export interface Recent {
  kind: string;
  name: string;
  text: string;
  at: string;
  href: string;
}
/** A comment on a task, or on the region of that id. */
export interface Remark {
  text: string;
  region: string | null;
}
/** A repo; `size` and `files` are of its main branch's head, `at` is its last change. */
export interface Repo {
  workspace: string;
  name: string;
  kind: string;
  description: string;
  branches: Branch[];
  size: number;
  files: number;
  at: string;
}
/** A reviewer gave an answer back: who, why, when. */
export interface Returned {
  by: string;
  comment: string;
  at: string;
}
/** One answer under review; `seq` names it in verdicts. */
export interface ReviewAnswer {
  seq: number;
  worker: string;
  fields: Record<string, Json>;
  at: string | null;
  time_spent_s: number | null;
  withdrawn: boolean;
  excluded: boolean;
  simulated: boolean;
  flags: string[];
  comments: AnswerComment[];
  review: VerdictGiven | null;
}
/** How many tasks are of each status; a disputed one is unreviewed as well, a requested one may be of any. */
export interface ReviewCounts {
  requested: number;
  unreviewed: number;
  disputed: number;
  returned: number;
  done: number;
}
/** Tasks to review; `next` continues. `counts` are there when they were asked for. */
export interface ReviewPage {
  tasks: ReviewTask[];
  next: string | null;
  counts: ReviewCounts | null;
}
/** A task under review. `agreement` is the mean over all pairs of answers that count, null without any. */
export interface ReviewTask {
  id: number;
  item_ids: string[];
  data: Record<string, Json>;
  schema: Record<string, Json> | null;
  media: Record<string, Media | (Media | null)[]>;
  overlap: number;
  answered: number;
  answers: ReviewAnswer[];
  predictions: PagePrediction[];
  consensus: Record<string, Json> | null;
  decision: VerdictGiven | null;
  pairs: AgreeingPair[];
  agreement: number | null;
}
/** The side to take for the paths that a glob matches. */
export interface Rule {
  glob: string;
  side: "ours" | "theirs" | "base";
}
/** One item as people would see it; `schema` only where it depends on the item. */
export interface Sample {
  item: string;
  data: Record<string, Json>;
  media: Record<string, Media | (Media | null)[]>;
  schema: Record<string, Json> | null;
}
/** One of these: `items`; all that pass a `filter` but those in `without`; `tasks`; a `review` queue. `branch` is that of the input. `version` is that of the table a filter was seen with: what passed then is meant, as long as it is remembered. */
export interface Selection {
  version: string | null;
  tasks: number[] | null;
  review: "requested" | "unreviewed" | "disputed" | "returned" | "done" | null;
  items: string[] | null;
  filter: Record<string, Json> | null;
  without: string[];
  branch: string | null;
}
/** What the caller has set, and when; null: never. */
export interface Settings {
  keys: Record<string, string>;
  at: string | null;
}
/** A file on one side of a diff. */
export interface Side {
  blob: string;
  size: number;
}
/** What a simulated worker's own clock says; only they may send it. */
export interface Sim {
  spent_ms: number;
}
/** A simulated worker and the token that its answers are sent with. */
export interface Simulated {
  name: string;
  token: string;
}
/** A column to sort by. */
export interface SortBy {
  field: string;
  direction: "asc" | "desc";
}
/** A column that a view sorts by. */
export interface SortedBy {
  field: string;
  direction: "asc" | "desc";
}
/** A commit that another was made from. */
export interface Source {
  id: string;
  repo: string;
  branch: string;
}
/** The commits that hold the changes now. */
export interface Squashed {
  commits: Commit[];
}
/** What became of a single put or delete. `blob` names what the path holds now, null after a delete. `waiting` counts what is staged on the branch; `commit` holds the change already, where one does. */
export interface Staged {
  path: string;
  blob: string | null;
  size: number;
  waiting: number;
  commit: Commit | null;
}
/** What is staged on a branch: `changes` of them since `since`; at `due` they are committed by themselves. */
export interface StagedGroup {
  branch: string;
  changes: number;
  since: string;
  at: string;
  due: string;
}
/** How single puts to a branch are committed: each by itself, or in groups after a pause or so many changes. */
export interface StagingMode {
  alone: boolean;
  idle_s: number;
  changes: number;
}
/** The jobs that will run; none when there is nothing to run on. */
export interface Started {
  jobs: string[];
}
/** A receipt for each file that was sent, in their order; a commit refers to them by these. */
export interface Stored {
  receipts: string[];
}
/** A column, what it holds, and what may be asked of it. */
export interface TableColumn {
  name: string;
  kind: "text" | "number" | "list";
  ops: string[];
}
/** Some of the rows that pass, of one `version` of the table: a published `commit`, and what is newer. Both are null, and there are no rows, before the first publication; `version` is null of a commit that was named. `next` is the `offset` of the following page, null at the end. */
export interface TablePage {
  commit: string | null;
  version: string | null;
  at: string | null;
  total: number;
  matched: number;
  offset: number;
  next: number | null;
  rows: TableRow[];
  counts: Record<string, ValueCount[]>;
}
/** One item; `task` is null when the project has none for it any more. `values` are by column. */
export interface TableRow {
  item_id: string;
  task: number | null;
  values: Record<string, Json>;
}
/** A saved question; no columns: those that pages show by themselves. */
export interface TableView {
  name: string;
  filter: Record<string, Json> | null;
  sort: SortedBy[];
  columns: string[];
}
/** A project's saved views, and the columns of its table. */
export interface TableViews {
  views: TableView[];
  columns: TableColumn[];
}
/** A name of a commit that never moves. */
export interface Tag {
  name: string;
  commit: string;
  at: string;
  author: string;
  message: string;
}
/** How many blobs the parcel held; all of them are on disk. */
export interface Taken {
  blobs: number;
}
/** How many of how many. */
export interface Tally {
  settled: number;
  total: number;
}
/** A task with everything said about it. */
export interface Task {
  id: number;
  item_ids: string[];
  data: Record<string, Json>;
  status: string;
  answers: TaskAnswer[];
  consensus: Record<string, Json> | null;
}
/** What one worker said about a task; withdrawn and excluded answers stay, marked. */
export interface TaskAnswer {
  worker: string;
  fields: Record<string, Json> | null;
  at: string | null;
  time_spent_s: number | null;
  withdrawn: boolean;
  excluded: boolean;
  simulated: boolean;
}
/** Everything about one task, and its log: what was said when, skips and verdicts included. */
export interface TaskHistory {
  task: ReviewTask;
  log: LogRow[];
}
/** Tasks in order; `next` continues. */
export interface TaskPage {
  tasks: Task[];
  next: number | null;
}
/** How many tasks there are, by how far they are; `stale` items wait for new answers. */
export interface Tasks {
  total: number;
  settled: number;
  open: number;
  stale: number;
}
/** A beginning for a common job, with a sample to try it on and an answer to that; `schema` is its config's. */
export interface Template {
  name: string;
  title: string;
  about: string;
  group: string;
  form: "xml" | "yaml";
  config: string;
  guideline: string;
  schema: Record<string, Json>;
  sample: Record<string, Json>;
  media: Record<string, Media | (Media | null)[]>;
  answer: Record<string, Json>;
}
/** Answers in equal slices of the time from the first to the last; `simulated` when all are. */
export interface Throughput {
  start: string | null;
  end: string | null;
  answers: number;
  simulated: boolean;
  slices: number[];
}
/** A large image in squares at several scales: level 0 is its full size, each further one half of it. `url` has `{level}`, `{x}` and `{y}` in it, `size` is the side of a square in pixels of its level. */
export interface Tiles {
  url: string;
  size: number;
  levels: number;
}
/** Commits of every branch, newest first; `next` continues, null at the end. */
export interface Timeline {
  commits: Commit[];
  next: string | null;
}
/** A token; it is shown this once. */
export interface Token {
  token: string;
}
/** How many files differ, by kind, and the bytes of their two sides. */
export interface Totals {
  added: number;
  changed: number;
  removed: number;
  renamed: number;
  bytes_before: number;
  bytes_after: number;
}
/** What moves `branch` to the head of `source`; `told` says it in words. `size` are bytes of files added or changed there since, `commits` those that came there, `cron` times. `whole`: all conditions have to hold. `fired` is when it last did, `next` the next time of `cron`. */
export interface Trigger {
  branch: string;
  source: string;
  whole: boolean;
  size: number | null;
  commits: number | null;
  cron: string | null;
  fired: string | null;
  next: string | null;
  told: string;
}
/** The task is open again on its page; `fields` is what was said. */
export interface Undone {
  page: number;
  task: number;
  fields: Record<string, Json> | null;
}
/** The commit that holds the uploaded file. */
export interface Uploaded {
  commit: Commit;
}
/** An account. */
export interface User {
  name: string;
  roles: string[];
  simulated: boolean;
  robot: boolean;
  at: string;
}
/** An added person, with the link that signs them in once. */
export interface UserWithLink {
  user: User;
  link: string;
}
/** How many rows have a value; null: none. */
export interface ValueCount {
  value: string | number | null;
  count: number;
}
/** What a reviewer said; `fields` of a decision. */
export interface VerdictGiven {
  seq: number;
  id: string;
  verdict: "accepted" | "returned" | "decided";
  by: string;
  at: string;
  comment: string;
  fields: Record<string, Json> | null;
}
/** `done`: every job has ended, and nothing that has happened waits to be looked at. */
export interface Waited {
  commits: Commit[];
  jobs: Job[];
  done: boolean;
}
/** What an option is to be; `was` is the value of the one it comes from. An empty key or colour takes it away. */
export interface WantedOption {
  label: string;
  was: string | null;
  hotkey: string | null;
  color: string | null;
}
/** A large file that is stored now; `receipt` puts it into a commit, as any uploaded file's does. */
export interface Whole {
  blob: string;
  size: number;
  receipt: string;
}
/** All that a workbench shows besides the tasks. `guideline` is HTML, made safe; `finds_outlines`: four points of an image can be made an outline. */
export interface Workbench {
  title: string;
  state: string;
  guideline: string;
  schema: Record<string, Json>;
  membership: Membership;
  progress: Mine;
  open_pages: Page[];
  finds_outlines: boolean;
}
/** One worker's part in a project. */
export interface Worker {
  name: string;
  state: string;
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
/** A namespace of repos, and how many it holds. */
export interface Workspace {
  name: string;
  description: string;
  repos: number;
  at: string;
}
/** A file on one side of a comparison. */
export interface recension__server__wire__changes__Version {
  path: string;
  blob: string;
  size: number;
}
/** A link that signs a person in once, within a day. */
export interface recension__server__wire__people__Link {
  link: string;
}
/** The running program. */
export interface recension__server__wire__people__Version {
  version: string;
}
/** Where the bytes of a file lie that is not stored here. `hashed`: `blob` is the hash of the bytes; otherwise it is one of this description. */
export interface recension__server__wire__repos__Link {
  url: string;
  etag: string;
  hashed: boolean;
}
