/** What must survive a closed tab: unsent commands, drafts, every step of editing, and the way back. IndexedDB behind small interfaces. */
import type { Fields } from "../api/types";
import { type History, NO_HISTORY, type Step } from "../doc";
import type { Command, CommandStore } from "./outbox";
import type { UndoEntry } from "./session";

const NAME = "recension.workbench";
const VERSION = 3;
/** Tasks whose editing can still be taken back step by step; older ones are forgotten. */
const HISTORIES_KEPT = 60;

export interface Draft {
  readonly key: string;
  readonly page: number;
  readonly task: number;
  /** Null: the steps that are kept say it. */
  readonly fields: Fields | null;
  /** When it was edited, in milliseconds; grows with every edit of the task, on whatever machine. */
  readonly at: number;
}

/** What becomes true on this machine in the same instant as a command: all of it is kept, or nothing is. */
export interface Beside {
  readonly undo: readonly UndoEntry[];
  /** Keys of drafts that have no purpose any more. */
  readonly drop: readonly string[];
  readonly keep: readonly Draft[];
}

export interface DraftStore {
  put(draft: Draft): Promise<void>;
  remove(key: string): Promise<void>;
  get(key: string): Promise<Draft | undefined>;
}

export interface UndoStore {
  load(user: string, project: string): Promise<readonly UndoEntry[]>;
}

export interface KeptHistory {
  /** The fields before the first step. */
  readonly base: Fields;
  readonly history: History;
}

/** The steps of editing a task, each written when it is made. Keys are those of drafts. */
export interface HistoryStore {
  load(key: string): Promise<KeptHistory | null>;
  /** Forgets what was kept under this key and begins anew. */
  begin(key: string, base: Fields): Promise<void>;
  /** Steps from `index` on are replaced by this one. */
  append(key: string, index: number, step: Step): Promise<void>;
  moved(key: string, cursor: number): Promise<void>;
}

export interface Storage {
  readonly commands: CommandStore;
  readonly drafts: DraftStore;
  readonly undo: UndoStore;
  readonly histories: HistoryStore;
}

/** By task, not by page: a task that comes back on another page is the same work. */
export const draftKey = (user: string, task: number): string => `${user}/${task}`;

function settled<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

function openDatabase(factory: IDBFactory): Promise<IDBDatabase> {
  const request = factory.open(NAME, VERSION);
  request.onupgradeneeded = ({ oldVersion }) => {
    const db = request.result;
    if (oldVersion < 1) {
      db.createObjectStore("commands", { keyPath: "id" });
      db.createObjectStore("drafts", { keyPath: "key" });
      db.createObjectStore("undo");
    }
    if (oldVersion < 2) {
      db.createObjectStore("histories", { keyPath: "key" }).createIndex("at", "at");
      // A step under [key, its number]; the cursor under [key, -1].
      db.createObjectStore("steps");
    }
    if (oldVersion === 2 && request.transaction) underTasks(request.transaction);
  };
  return settled(request);
}

/** Before, keys held the page of a task, too. */
function underTasks(transaction: IDBTransaction): void {
  const renamed = (key: string): string => key.replace(/^(.*)\/\d+\/(\d+(#aside)?)$/, "$1/$2");
  for (const name of ["drafts", "histories", "steps"]) {
    const store = transaction.objectStore(name);
    const walk = store.openCursor();
    walk.onsuccess = () => {
      const cursor = walk.result;
      if (!cursor) return;
      const { primaryKey, value } = cursor;
      const [key, ...rest] = [primaryKey].flat() as [string, ...number[]];
      if (renamed(key) !== key) {
        cursor.delete();
        if (name === "steps") store.put(value, [renamed(key), ...rest]);
        else store.put({ ...value, key: renamed(key), at: value.at ?? Date.now() });
      }
      cursor.continue();
    };
  }
}

/** One request in a transaction of its own; resolved when it is durable, not when it was accepted. */
function within<T>(
  db: IDBDatabase,
  store: string,
  mode: IDBTransactionMode,
  work: (store: IDBObjectStore) => IDBRequest<T>,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const transaction = db.transaction(store, mode);
    const request = work(transaction.objectStore(store));
    // Said at once: what is asked to be committed is, even when the tab is gone the moment after.
    if (mode === "readwrite") transaction.commit();
    transaction.oncomplete = () => resolve(request.result);
    transaction.onabort = () => reject(transaction.error);
  });
}

/** Several requests in one transaction; resolved when all of it is kept, `strict`: when it survives a loss of power. */
function together(
  db: IDBDatabase,
  stores: string[],
  work: (store: (name: string) => IDBObjectStore) => void,
  durability: IDBTransactionDurability = "default",
): Promise<void> {
  return new Promise((resolve, reject) => {
    const transaction = db.transaction(stores, "readwrite", { durability });
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error);
    work((name) => transaction.objectStore(name));
    transaction.commit();
  });
}

const stepsFrom = (key: string, index: number): IDBKeyRange =>
  IDBKeyRange.bound([key, index], [key, Number.POSITIVE_INFINITY]);

function historiesIn(db: IDBDatabase): HistoryStore {
  return {
    load: async (key) => {
      const head = await within(
        db,
        "histories",
        "readonly",
        (s) => s.get(key) as IDBRequest<{ base: Fields } | undefined>,
      );
      if (!head) return null;
      const rows = await within(
        db,
        "steps",
        "readonly",
        (s) => s.getAll(stepsFrom(key, -1)) as IDBRequest<(Step | number)[]>,
      );
      const [cursor, ...steps] = rows;
      return { base: head.base, history: { steps: steps as Step[], cursor: Number(cursor ?? 0) } };
    },
    begin: async (key, base) => {
      await together(db, ["histories", "steps"], (store) => {
        store("histories").put({ key, base, at: Date.now() });
        store("steps").delete(stepsFrom(key, -1));
        store("steps").put(0, [key, -1]);
      });
      const all = await within(db, "histories", "readonly", (s) => s.index("at").getAllKeys());
      const old = all.slice(0, -HISTORIES_KEPT);
      if (old.length === 0) return;
      await together(db, ["histories", "steps"], (store) => {
        for (const each of old) {
          store("histories").delete(each);
          store("steps").delete(stepsFrom(String(each), -1));
        }
      });
    },
    append: (key, index, step) =>
      together(db, ["steps"], (store) => {
        const steps = store("steps");
        steps.delete(stepsFrom(key, index));
        steps.put(step, [key, index]);
        steps.put(index + 1, [key, -1]);
      }),
    moved: async (key, cursor) => {
      await within(db, "steps", "readwrite", (s) => s.put(cursor, [key, -1]));
    },
  };
}

/** Writes the entries of a project within a transaction that is open already. */
type PutUndo = (store: IDBObjectStore, of: string, entries: readonly UndoEntry[]) => void;

/** One record per entry, so that one answer more costs one answer; the order stands under the key of the project. */
function undoIn(db: IDBDatabase): { load: UndoStore["load"]; put: PutUndo } {
  const saved = new Map<string, Set<string>>();
  const entryKey = (key: string, { answerId }: { answerId: string }): string => `${key}/${answerId}`;
  return {
    load: async (user, project) => {
      const key = `${user}/${project}`;
      const get = (name: string) => within(db, "undo", "readonly", (s) => s.get(name) as IDBRequest<unknown>);
      const stored = ((await get(key)) ?? []) as (string | UndoEntry)[];
      // Before entries had records of their own, they stood in the list itself.
      const entries = await Promise.all(
        stored.map(async (each) =>
          typeof each === "string" ? ((await get(each)) as UndoEntry | undefined) : each,
        ),
      );
      const found = entries.filter((entry) => entry !== undefined);
      saved.set(key, new Set(stored.filter((each) => typeof each === "string")));
      return found;
    },
    put: (undo, key, entries) => {
      const known = saved.get(key) ?? new Set();
      const names = entries.map((entry) => entryKey(key, entry));
      for (const [i, entry] of entries.entries()) if (!known.has(names[i] ?? "")) undo.put(entry, names[i]);
      for (const name of known) if (!names.includes(name)) undo.delete(name);
      undo.put(names, key);
      saved.set(key, new Set(names));
    },
  };
}

/** A command is there with all that it brings about, or not at all. */
function commandsIn(db: IDBDatabase, putUndo: PutUndo): CommandStore {
  const stores = ["commands", "drafts", "undo"];
  return {
    add: (command, beside) =>
      together(
        db,
        stores,
        (store) => {
          store("commands").put(command);
          if (!beside) return;
          putUndo(store("undo"), `${command.user}/${command.project}`, beside.undo);
          for (const key of beside.drop) store("drafts").delete(key);
          for (const draft of beside.keep) store("drafts").put(draft);
        },
        "strict",
      ),
    remove: (id) => within(db, "commands", "readwrite", (s) => s.delete(id)),
    all: () => within(db, "commands", "readonly", (s) => s.getAll() as IDBRequest<Command[]>),
  };
}

export async function openStorage(factory: IDBFactory): Promise<Storage> {
  const db = await openDatabase(factory);
  // A newer version in another tab may go ahead; this one is reloaded when it is used again.
  db.onversionchange = () => db.close();
  const undo = undoIn(db);
  return {
    histories: historiesIn(db),
    commands: commandsIn(db, undo.put),
    drafts: {
      put: async (draft) => {
        await within(db, "drafts", "readwrite", (s) => s.put(draft));
      },
      remove: (key) => within(db, "drafts", "readwrite", (s) => s.delete(key)),
      get: (key) => within(db, "drafts", "readonly", (s) => s.get(key) as IDBRequest<Draft | undefined>),
    },
    undo: { load: undo.load },
  };
}

/** For browsers that refuse IndexedDB (private windows of some): works, and says so, but forgets with the tab. */
export function forgetfulStorage(): Storage {
  const commands = new Map<string, Command>();
  const drafts = new Map<string, Draft>();
  const undo = new Map<string, readonly UndoEntry[]>();
  const histories = new Map<string, KeptHistory>();
  return {
    histories: {
      load: async (key) => histories.get(key) ?? null,
      begin: async (key, base) => void histories.set(key, { base, history: NO_HISTORY }),
      append: async (key, index, step) => {
        const { base, history } = histories.get(key) ?? { base: {}, history: NO_HISTORY };
        const steps = [...history.steps.slice(0, index), step];
        histories.set(key, { base, history: { steps, cursor: index + 1 } });
      },
      moved: async (key, cursor) => {
        const kept = histories.get(key);
        if (kept) histories.set(key, { ...kept, history: { ...kept.history, cursor } });
      },
    },
    commands: {
      add: async (command, beside) => {
        commands.set(command.id, command);
        if (beside) undo.set(`${command.user}/${command.project}`, beside.undo);
        for (const key of beside?.drop ?? []) drafts.delete(key);
        for (const draft of beside?.keep ?? []) drafts.set(draft.key, draft);
      },
      remove: async (id) => void commands.delete(id),
      all: async () => [...commands.values()],
    },
    drafts: {
      put: async (draft) => void drafts.set(draft.key, draft),
      remove: async (key) => void drafts.delete(key),
      get: async (key) => drafts.get(key),
    },
    undo: {
      load: async (user, project) => undo.get(`${user}/${project}`) ?? [],
    },
  };
}
