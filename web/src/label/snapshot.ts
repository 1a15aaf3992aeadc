/** What the workbench shows, and what it needs of the world. */
import type { Schema } from "../api/types";
import type { WorkbenchApi } from "../api/workbench";
import type { Editor, Gap } from "../doc";
import type { Aside } from "./aside";
import type { DraftState } from "./drafts";
import type { Binding } from "./hotkeys";
import type { OutboxState } from "./outbox";
import type { Session, TaskState } from "./session";
import type { Storage } from "./storage";

export interface Snapshot {
  readonly session: Session;
  readonly schema: Schema;
  readonly bindings: readonly Binding[];
  readonly single: boolean;
  readonly ready: boolean;
  /** Why the project could not be opened at all. */
  readonly failure: Error | null;
  readonly outbox: OutboxState;
  readonly unsent: number;
  /** How far what is not answered yet has got. */
  readonly drafts: DraftState;
  /** The document of the task on the screen. */
  readonly editor: Editor | null;
  /** What was said about the task on the screen beside its answer. */
  readonly aside: Aside;
  /** What a submit found missing. */
  readonly gaps: readonly Gap[];
}

export interface WorkbenchPorts {
  readonly api: WorkbenchApi;
  readonly storage: Storage;
  readonly user: string;
  readonly project: string;
  readonly newId: () => string;
  readonly now: () => number;
  readonly wait: (ms: number) => Promise<void>;
  readonly notify: (error: Error) => void;
  /** Told of the first task as soon as it is known: before it can be shown, its files can be fetched. */
  readonly ahead?: (schema: Schema, task: TaskState) => void;
}
