/** The labels of one question while they are edited. Pure. */
import type { OptionList, WantedOption } from "../../api/projectDrafts";

export interface Row {
  readonly id: number;
  /** The value it had when editing began; null: it is new. */
  readonly was: string | null;
  readonly label: string;
  readonly hotkey: string;
  readonly color: string;
}

export const rowsOf = (list: OptionList): Row[] =>
  list.options.map(({ value, label, hotkey, color }, id) => ({ id, was: value, label, hotkey, color }));

export const changed = (rows: readonly Row[], id: number, part: Partial<Row>): Row[] =>
  rows.map((row) => (row.id === id ? { ...row, ...part } : row));

export const without = (rows: readonly Row[], id: number): Row[] => rows.filter((row) => row.id !== id);

export function added(rows: readonly Row[]): Row[] {
  const labels = new Set(rows.map((row) => row.label));
  let number = rows.length + 1;
  while (labels.has(`Label ${number}`)) number += 1;
  const id = Math.max(-1, ...rows.map((row) => row.id)) + 1;
  return [...rows, { id, was: null, label: `Label ${number}`, hotkey: "", color: "" }];
}

/** A step up or down; at the end it stays. */
export function movedBy(rows: readonly Row[], id: number, by: -1 | 1): Row[] {
  const from = rows.findIndex((row) => row.id === id);
  const to = from + by;
  const [moving, other] = [rows[from], rows[to]];
  if (!moving || !other) return [...rows];
  return rows.map((row, i) => (i === from ? other : i === to ? moving : row));
}

/** Why the rows cannot be written as they are; null when they can. */
export function faultOf(rows: readonly Row[]): string | null {
  if (rows.length === 0) return "A question needs at least one label.";
  if (rows.some((row) => row.label.trim() === "")) return "A label needs a name.";
  const labels = rows.map((row) => row.label.trim());
  const twice = labels.find((label, i) => labels.indexOf(label) !== i);
  return twice === undefined ? null : `“${twice}” is there twice.`;
}

export const wantedOf = (rows: readonly Row[]): WantedOption[] =>
  rows.map(({ label, was, hotkey, color }) => ({ label: label.trim(), was, hotkey, color }));
