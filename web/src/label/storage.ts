/** What must survive a closed tab: unsent commands, drafts and the way back. IndexedDB behind three small interfaces. */
import type { Fields } from "../api/types";
import type { Command, CommandStore } from "./outbox";
import type { UndoEntry } from "./session";

const NAME = "recension.workbench";
const VERSION = 1;

export interface Draft {
  readonly key: string;
  readonly page: number;
  readonly task: number;
  readonly fields: Fields;
}

export interface DraftStore {
  put(draft: Draft): Promise<void>;
  remove(key: string): Promise<void>;
  get(key: string): Promise<Draft | undefined>;
}

export interface UndoStore {
  load(user: string, project: string): Promise<readonly UndoEntry[]>;
  save(user: string, project: string, entries: readonly UndoEntry[]): Promise<void>;
}

export interface Storage {
  readonly commands: CommandStore;
  readonly drafts: DraftStore;
  readonly undo: UndoStore;
}

export const draftKey = (user: string, page: number, task: number): string => `${user}/${page}/${task}`;

function settled<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

function openDatabase(factory: IDBFactory): Promise<IDBDatabase> {
  const request = factory.open(NAME, VERSION);
  request.onupgradeneeded = () => {
    request.result.createObjectStore("commands", { keyPath: "id" });
    request.result.createObjectStore("drafts", { keyPath: "key" });
    request.result.createObjectStore("undo");
  };
  return settled(request);
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
    transaction.oncomplete = () => resolve(request.result);
    transaction.onabort = () => reject(transaction.error);
  });
}

export async function openStorage(factory: IDBFactory): Promise<Storage> {
  const db = await openDatabase(factory);
  return {
    commands: {
      add: async (command) => {
        await within(db, "commands", "readwrite", (s) => s.put(command));
      },
      remove: (id) => within(db, "commands", "readwrite", (s) => s.delete(id)),
      all: () => within(db, "commands", "readonly", (s) => s.getAll() as IDBRequest<Command[]>),
    },
    drafts: {
      put: async (draft) => {
        await within(db, "drafts", "readwrite", (s) => s.put(draft));
      },
      remove: (key) => within(db, "drafts", "readwrite", (s) => s.delete(key)),
      get: (key) => within(db, "drafts", "readonly", (s) => s.get(key) as IDBRequest<Draft | undefined>),
    },
    undo: {
      load: async (user, project) =>
        (await within(
          db,
          "undo",
          "readonly",
          (s) => s.get(`${user}/${project}`) as IDBRequest<UndoEntry[] | undefined>,
        )) ?? [],
      save: async (user, project, entries) => {
        await within(db, "undo", "readwrite", (s) => s.put(entries, `${user}/${project}`));
      },
    },
  };
}

/** For browsers that refuse IndexedDB (private windows of some): works, and says so, but forgets with the tab. */
export function forgetfulStorage(): Storage {
  const commands = new Map<string, Command>();
  const drafts = new Map<string, Draft>();
  const undo = new Map<string, readonly UndoEntry[]>();
  return {
    commands: {
      add: async (command) => void commands.set(command.id, command),
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
      save: async (user, project, entries) => void undo.set(`${user}/${project}`, entries),
    },
  };
}
