/**
 * Keys that a person gave to commands: in this browser at once, and in their account, so that they have them elsewhere.
 *
 * What was changed here and has not reached the account is `waiting`: it is put over what the account has, command by
 * command, as soon as that is known. Otherwise the account is right.
 */
import { useEffect, useSyncExternalStore } from "react";
import { ApiError } from "../../api/http";
import { readSettings, writeSettings } from "../../api/settings";
import { ALL_COMMANDS, type CommandName, type CustomKeys } from "../../label/keymap";
import { sayError } from "../../ui/toasts";

const KEY = "recension.keys";
const ABOUT = "recension.keys.about";
const listeners = new Set<() => void>();
let current: CustomKeys | null = null;

/** Whose the stored keys are, and which commands wait to be told to the account. */
interface About {
  readonly of: string;
  readonly waiting: readonly string[];
}

function known(keys: unknown): CustomKeys {
  const pairs = Object.entries((keys ?? {}) as Record<string, unknown>).filter(
    ([name, key]) => name in ALL_COMMANDS && typeof key === "string",
  );
  return Object.fromEntries(pairs) as CustomKeys;
}

function stored(place: string): unknown {
  try {
    return JSON.parse(localStorage.getItem(place) ?? "null");
  } catch {
    return null;
  }
}

function store(place: string, value: unknown): void {
  try {
    localStorage.setItem(place, JSON.stringify(value));
  } catch {
    // Storage is off: the keys hold for this visit.
  }
}

function about(): About {
  const found = stored(ABOUT) as About | null;
  // Keys from before there were accounts to keep them in are told to the first who comes.
  return found ?? { of: "", waiting: Object.keys(customKeys()) };
}

export function customKeys(): CustomKeys {
  current ??= known(stored(KEY));
  return current;
}

function hold(keys: CustomKeys): void {
  current = keys;
  store(KEY, keys);
  for (const listener of listeners) listener();
}

/** What one browser has changed, over what the account has. Pure. */
export function mergedKeys(account: CustomKeys, here: CustomKeys, waiting: readonly string[]): CustomKeys {
  const kept = Object.entries(account).filter(([name]) => !waiting.includes(name));
  const changed = Object.entries(here).filter(([name]) => waiting.includes(name));
  return Object.fromEntries([...kept, ...changed]) as CustomKeys;
}

const differ = (a: CustomKeys, b: CustomKeys, name: string): boolean =>
  a[name as CommandName] !== b[name as CommandName];

let turn: Promise<void> = Promise.resolve();

/** Brings this browser and the account together; one at a time, so that the last word is the last change. */
function meet(user: string): Promise<void> {
  turn = turn.then(async () => {
    try {
      const account = known((await readSettings()).keys);
      const { of, waiting } = about();
      const mine = of === "" || of === user ? waiting : [];
      const merged = mergedKeys(account, customKeys(), mine);
      if (mine.length > 0) await writeSettings(merged as Record<string, string>);
      // What was changed while that was under way waits for the next turn.
      const here = customKeys();
      const later = about().waiting.filter((name) => !mine.includes(name) || differ(here, merged, name));
      store(ABOUT, { of: user, waiting: later });
      hold(mergedKeys(merged, here, later));
    } catch (error) {
      // Without a connection they hold here, and are told another time; what the account refuses is taken back.
      if (!(error instanceof ApiError) || error.status !== 400) return;
      sayError(error);
      store(ABOUT, { of: user, waiting: [] });
      const account = await readSettings().catch(() => null);
      if (account) hold(known(account.keys));
    }
  });
  return turn;
}

/** `null` gives a command its default back. */
export function setCustomKey(user: string, name: CommandName, key: string | null): void {
  const { waiting } = about();
  const { [name]: _, ...rest } = customKeys();
  hold(key === null ? rest : { ...rest, [name]: key });
  store(ABOUT, { of: user, waiting: [...new Set([...waiting, name])] });
  void meet(user);
}

const subscribe = (listener: () => void): (() => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

export const useCustomKeys = (): CustomKeys => useSyncExternalStore(subscribe, customKeys);

/** Keeps the keys of this browser and of the account together, from when a workbench opens. */
export function useAccountKeys(user: string): void {
  useEffect(() => {
    void meet(user);
    const again = () => void meet(user);
    window.addEventListener("online", again);
    return () => window.removeEventListener("online", again);
  }, [user]);
}
