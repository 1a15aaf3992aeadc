/** Numbers, times and names as people read them. Pure: `now` is given where it matters. */
import type { Money } from "../api/types";

const NUMBER = new Intl.NumberFormat("en");

export const count = (n: number): string => NUMBER.format(n);

export function plural(n: number, one: string, many = `${one}s`): string {
  return `${count(n)} ${n === 1 ? one : many}`;
}

export function bytes(size: number): string {
  if (size < 1000) return `${size} B`;
  const units = ["kB", "MB", "GB", "TB", "PB"];
  let value = size;
  let unit = -1;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ${units[unit]}`;
}

/** Money stays a decimal string: it is never turned into a float, only shortened by zeros nobody needs. */
export function money({ amount, currency }: Money): string {
  const [whole = "0", part = ""] = amount.split(".");
  const cents = part.replace(/0+$/, "").padEnd(2, "0");
  const sign = currency === "USD" ? "$" : currency === "EUR" ? "€" : "";
  return sign ? `${sign}${whole}.${cents}` : `${whole}.${cents} ${currency}`.trim();
}

export function percent(share: number | null | undefined, digits = 0): string {
  return share === null || share === undefined ? "–" : `${(share * 100).toFixed(digits)} %`;
}

const STEPS: readonly [number, string][] = [
  [60, "s"],
  [60, "min"],
  [24, "h"],
  [30, "d"],
  [12, "mo"],
  [Number.POSITIVE_INFINITY, "y"],
];

/** A length of time in its largest whole unit. */
export function span(seconds: number): string {
  let value = Math.max(0, seconds);
  for (const [size, unit] of STEPS) {
    if (value < size) return `${Math.floor(value)} ${unit}`;
    value /= size;
  }
  return "";
}

export function ago(at: string, now: number): string {
  const seconds = (now - Date.parse(at)) / 1000;
  return seconds < 5 ? "just now" : `${span(seconds)} ago`;
}

/** Minutes and seconds left, for a clock that people watch. */
export function countdown(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

export function seconds(value: number | null | undefined): string {
  if (value === null || value === undefined) return "–";
  return value < 60 ? `${value < 10 ? value.toFixed(1) : Math.round(value)} s` : span(value);
}

/** A commit or content id short enough to read and long enough to tell apart. Time-ordered ids differ at their end. */
export const shortId = (id: string): string => (id.length === 26 ? id.slice(0, 12) : id.slice(0, 10));
