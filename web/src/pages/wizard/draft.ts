/** A project that is being thought up: kept for the tab, so that a reload or a way back loses nothing. */
import { useSyncExternalStore } from "react";

/** Empty where nobody has chosen yet: then what follows from the rest is taken. */
export interface Draft {
  readonly repo: string;
  readonly branch: string;
  /** A file, a folder or a glob. */
  readonly path: string;
  /** The column that names a row; null: the one that seems to. */
  readonly key: string | null;
  readonly everyBranch: boolean;
  readonly template: string;
  /** What was made of the config of each template. */
  readonly configs: Readonly<Record<string, string>>;
  /** Data field to column, as far as it was chosen by hand. */
  readonly columns: Readonly<Record<string, string>>;
  readonly overlap: number;
  readonly method: "majority" | "dawid_skene";
  readonly pageTasks: number;
  readonly pageMinutes: number;
  readonly release: "complete" | "each" | "count" | "manual";
  readonly releaseCount: number;
  readonly banFast: boolean;
  readonly fastSeconds: number;
  readonly banSkips: boolean;
  readonly onBan: "keep" | "exclude" | "exclude_and_reoffer";
  /** Null: that of the template. */
  readonly guideline: string | null;
  readonly name: string;
  readonly title: string;
  readonly output: string;
}

export const NEW: Draft = {
  repo: "",
  branch: "",
  path: "/",
  key: null,
  everyBranch: false,
  template: "",
  configs: {},
  columns: {},
  overlap: 1,
  method: "majority",
  pageTasks: 5,
  pageMinutes: 10,
  release: "complete",
  releaseCount: 100,
  banFast: false,
  fastSeconds: 30,
  banSkips: false,
  onBan: "keep",
  guideline: null,
  name: "",
  title: "",
  output: "",
};

/** The config of one's own, that no template began. */
export const OWN = "own";
export const OWN_CONFIG = `<View>
  <Text name="shown" value="$text"/>
  <Choices name="answer" toName="shown" required="true">
    <Choice value="Yes"/>
    <Choice value="No"/>
  </Choices>
</View>
`;

const KEY = "recension.new-project";

/** What was kept; anything that is no draft begins a new one. */
export function readDraft(text: string | null): Draft {
  try {
    const kept: unknown = JSON.parse(text ?? "null");
    if (kept === null || typeof kept !== "object" || Array.isArray(kept)) return NEW;
    const known = Object.entries(kept).filter(([name, value]) => {
      const like = NEW[name as keyof Draft];
      return name in NEW && (value === null ? like === null : like === null || typeof value === typeof like);
    });
    return { ...NEW, ...Object.fromEntries(known) };
  } catch {
    return NEW;
  }
}

const listeners = new Set<() => void>();
let draft: Draft | null = null;

function current(): Draft {
  draft ??= readDraft(sessionStorage.getItem(KEY));
  return draft;
}

export function changeDraft(part: Partial<Draft>): void {
  draft = { ...current(), ...part };
  try {
    sessionStorage.setItem(KEY, JSON.stringify(draft));
  } catch {
    // A full or forbidden store costs the way through a reload, not the work.
  }
  for (const listener of listeners) listener();
}

export function forgetDraft(): void {
  draft = NEW;
  sessionStorage.removeItem(KEY);
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export const useDraft = (): Draft => useSyncExternalStore(subscribe, current);
