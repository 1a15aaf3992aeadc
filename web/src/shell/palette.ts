/** The command menu's memory and its search; the dialog itself only draws. */
import { useSyncExternalStore } from "react";
import type { IconName } from "../ui/Icon";

export interface Destination {
  readonly title: string;
  readonly kind: string;
  readonly icon: IconName;
  readonly keywords?: string;
  readonly run: () => void;
}

/** How well `text` answers `query`: 0 not at all; whole words and beginnings first, letters in order last. */
export function score(query: string, text: string): number {
  const q = query.trim().toLowerCase();
  const t = text.toLowerCase();
  if (q === "") return 1;
  if (t === q) return 100;
  if (t.startsWith(q)) return 80;
  if (t.split(/[\s/·-]+/).some((word) => word.startsWith(q))) return 60;
  if (t.includes(q)) return 40;
  let at = -1;
  for (const letter of q) {
    at = t.indexOf(letter, at + 1);
    if (at < 0) return 0;
  }
  return 10;
}

export function search(query: string, all: readonly Destination[], limit = 12): Destination[] {
  const scored = all.map((item, order) => ({
    item,
    order,
    points: Math.max(
      score(query, item.title),
      score(query, `${item.kind} ${item.title} ${item.keywords ?? ""}`) / 2,
    ),
  }));
  // Letters scattered over a name are a last resort: with real hits they are only noise.
  const best = Math.max(0, ...scored.map(({ points }) => points));
  const least = best >= 20 ? 20 : query.trim() === "" ? 0 : 1;
  return scored
    .filter(({ points }) => points >= least && points > 0)
    .sort((a, b) => b.points - a.points || a.order - b.order)
    .slice(0, limit)
    .map(({ item }) => item);
}

let open = false;
const listeners = new Set<() => void>();

function set(next: boolean): void {
  open = next;
  for (const listener of listeners) listener();
}

export const openPalette = (): void => set(true);
export const closePalette = (): void => set(false);

export function usePaletteOpen(): boolean {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => open,
  );
}
