/** The wire types as pages use them: the server's own, narrowed where it says only "text" or "object". */
import type * as wire from "../generated/wire";

export type {
  Agreement,
  Branch,
  Cascade,
  Commit,
  Comparison,
  Conflicting,
  Difference,
  Edge as GraphEdge,
  Graph,
  GraphNode,
  Job as JobRow,
  JobDetail as Job,
  Json,
  Lineage,
  LineageNode,
  Listing,
  Log as LogPage,
  MergePreview,
  Money,
  Node as Entry,
  Pipeline as PipelineRow,
  Preview,
  Progress,
  Repo,
  Tag,
  TaskAnswer,
  Throughput,
  Timeline,
  Undone as UndoReceipt,
} from "../generated/wire";

type Json = wire.Json;
/** `A` with the fields of `B` in place of its own. */
type With<A, B extends { [K in keyof B]: K extends keyof A ? unknown : never }> = Omit<A, keyof B> & B;

export type Fields = Record<string, Json>;
export type Role = "annotator" | "lead" | "engineer" | "admin";

export type Me = With<wire.MeAnswer, { user: With<wire.Me, { roles: Role[] }> }>;
export type User = With<wire.User, { roles: Role[] }>;

// --- labelling projects

export type MembershipState = "new" | "training" | "exam" | "working" | "failed" | "banned";
export type Membership = With<wire.Membership, { state: MembershipState }>;
/** `my_state` is the caller's own standing; null before their first page. */
export type ProjectRow = With<wire.ProjectRow, { my_state: MembershipState | null }>;
export type Home = With<wire.Home, { projects: ProjectRow[] }>;
export type WorkerRow = With<wire.Worker, { state: MembershipState }>;

export interface Option {
  value: string;
  label: string;
  hotkey: string;
  color?: string;
  hint?: string;
  html?: string;
  children?: Option[];
  max_usages?: number | null;
  selected?: boolean;
}

export type FieldKind =
  | "choice"
  | "choices"
  | "text"
  | "number"
  | "rating"
  | "taxonomy"
  | "date"
  | "pairwise"
  | "ranking"
  | "regions"
  | "relations"
  | "texts";

export interface Condition {
  kind: "region-selected" | "no-region-selected" | "choice-selected" | "choice-unselected";
  field?: string;
  values?: string[];
}

/** What is left out holds its default, as the server's schema says it. */
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
  shapes?: string[];
  per_region?: boolean;
  per_item?: boolean;
  multiple?: boolean;
  allow_empty?: boolean;
  max_usages?: number | null;
  joints?: string[];
  edges?: [number, number][];
  when?: Condition[];
  snap?: "" | "pixel";
  smart?: boolean;
  smart_only?: boolean;
  step?: number | null;
  max_submissions?: number | null;
  parts?: "date-time" | "date" | "time" | "month" | "year";
  earliest?: string;
  latest?: string;
  equal?: boolean;
  buckets?: Option[];
  leaves_only?: boolean;
  default?: Json;
  options_from?: string;
  shortcuts?: Option[];
  placeholder?: string;
  rows?: number | null;
  message?: string;
  layout?: "" | "inline" | "vertical" | "select";
}

export type ObjectKind =
  | "text"
  | "html"
  | "image"
  | "dialogue"
  | "table"
  | "list"
  | "markdown"
  | "audio"
  | "video"
  | "header";

export interface ObjectTag {
  name: string;
  kind: ObjectKind;
  /** The data field that is shown; empty when `text` stands as it is. */
  field: string;
  text: string;
  many?: boolean;
  from_url?: boolean;
  name_key?: string;
  text_key?: string;
  granularity?: "symbol" | "word" | "sentence" | "paragraph";
  title?: string;
}

/** One part of the screen, in the order of the screen. */
export interface ViewNode {
  kind: "view" | "panel" | "collapse" | "header" | "object" | "field" | "repeater" | "filter" | "style";
  name?: string;
  text?: string;
  field?: string;
  style?: [string, string][];
  classes?: string[];
  children?: ViewNode[];
  when?: Condition | null;
  is_open?: boolean;
  index?: string;
  paged?: boolean;
  hotkey?: string;
  level?: number;
}

export interface Schema {
  fields: Field[];
  objects: ObjectTag[];
  references: string[];
  view?: ViewNode;
}

export type Project = With<wire.Project, { schema: Schema }>;

export interface FieldConsensus {
  value: Json;
  confidence: number | null;
  method?: string;
  votes?: Record<string, number> | number;
}

export type TaskRow = With<wire.Task, { consensus: Record<string, FieldConsensus> | null }>;

// --- review

export type ReviewStatus = "requested" | "unreviewed" | "disputed" | "returned" | "done";
export type ReviewAnswer = With<wire.ReviewAnswer, { fields: Fields }>;
export type VerdictGiven = wire.VerdictGiven;
export type ReviewTask = With<
  wire.ReviewTask,
  { answers: ReviewAnswer[]; consensus: Record<string, FieldConsensus> | null }
>;
export type ReviewPage = With<wire.ReviewPage, { tasks: ReviewTask[] }>;
export type TaskHistory = With<wire.TaskHistory, { task: ReviewTask }>;
export type LogRow = wire.LogRow;
/** A verdict on its way; its id is made once, so that it can be sent again. */
export interface NewVerdict {
  readonly id: string;
  readonly task: number;
  readonly verdict: "accept" | "return" | "decide" | "clear";
  readonly answer?: number;
  readonly fields?: Fields;
  readonly comment?: string;
}

// --- the workbench

export type PageTask = wire.PageTask;
export type WorkPage = wire.Page;
export type PageKind = WorkPage["kind"];
export type NoWorkReason = NonNullable<wire.PageAnswer["reason"]>;
export type PageGrant = With<Omit<wire.PageAnswer, "schema">, { membership: Membership }>;
export type WorkbenchView = With<
  Omit<wire.Workbench, "finds_outlines">,
  { schema: Schema; membership: Membership }
> &
  Partial<Pick<wire.Workbench, "finds_outlines">>;
export type AnswerReceipt = With<wire.Receipt, { membership: Membership }>;
