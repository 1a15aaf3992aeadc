/** Keys that a person gave to commands: kept in this browser, told to every part of the screen that asks. */
import { useSyncExternalStore } from "react";
import { ALL_COMMANDS, type CommandName, type CustomKeys } from "../../label/keymap";

const KEY = "recension.keys";
const listeners = new Set<() => void>();
let current: CustomKeys | null = null;

function stored(): CustomKeys {
  try {
    const read: unknown = JSON.parse(localStorage.getItem(KEY) ?? "{}");
    const known = Object.entries(read as Record<string, unknown>).filter(
      ([name, key]) => name in ALL_COMMANDS && typeof key === "string",
    );
    return Object.fromEntries(known) as CustomKeys;
  } catch {
    return {};
  }
}

export function customKeys(): CustomKeys {
  current ??= stored();
  return current;
}

/** `null` gives a command its default back. */
export function setCustomKey(name: CommandName, key: string | null): void {
  const { [name]: _, ...rest } = customKeys();
  current = key === null ? rest : { ...rest, [name]: key };
  try {
    localStorage.setItem(KEY, JSON.stringify(current));
  } catch {
    // Storage is off: the keys hold for this visit.
  }
  for (const listener of listeners) listener();
}

const subscribe = (listener: () => void): (() => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

export const useCustomKeys = (): CustomKeys => useSyncExternalStore(subscribe, customKeys);
