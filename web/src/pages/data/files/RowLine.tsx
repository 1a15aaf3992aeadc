/** One line of a folder: a link, its figures, and what can be done to it. */
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { Entry } from "../../../api/types";
import { bytes, count } from "../../../ui/format";
import { Icon, type IconName } from "../../../ui/Icon";
import type { Editing } from "./Edits";
import { Tick } from "./Tick";

function iconOf(entry: Entry): IconName {
  if (entry.type === "folder") return "folder";
  const type = entry.content_type ?? "";
  if (type.startsWith("image/")) return "image";
  return /csv|parquet/.test(type) || /\.(csv|tsv|parquet)$/.test(entry.name) ? "table" : "file";
}

export interface Search {
  readonly ref: string;
  readonly path?: string;
  readonly file?: string;
}

export type Row =
  | { readonly kind: "up"; readonly name: string; readonly search: Search }
  | {
      readonly kind: "entry";
      readonly name: string;
      readonly entry: Entry;
      readonly search: Search;
    };

interface RowLineProps {
  index: number;
  top: number;
  row: Row;
  repo: string;
  isActive: boolean;
  isSelected: boolean;
  onFocus: () => void;
  /** `reach`: everything from the last one ticked to here. */
  onSelect: (reach: boolean) => void;
  onEdit: ((editing: Editing) => void) | null;
}

export function RowLine(props: RowLineProps) {
  const { index, top, row, repo, isActive, isSelected, onFocus, onSelect, onEdit } = props;
  const entry = row.kind === "entry" ? row.entry : null;
  const tab = isActive ? 0 : -1;
  const cell = (content: ReactNode, className: string) => (
    // biome-ignore lint/a11y/useSemanticElements: a table element cannot hold rows that are not there yet
    // biome-ignore lint/a11y/useFocusableInteractive: the link in the row takes the focus
    <span role="gridcell" className={className}>
      {content}
    </span>
  );
  return (
    // biome-ignore lint/a11y/useSemanticElements: a table element cannot hold rows that are not there yet
    // biome-ignore lint/a11y/useFocusableInteractive: the link in the row takes the focus
    <div
      role="row"
      aria-rowindex={index + 1}
      aria-selected={entry ? isSelected : undefined}
      data-index={index}
      className={`browser-row${onEdit ? " edits" : ""}${isActive ? " is-active" : ""}${isSelected ? " is-selected" : ""}`}
      style={{ transform: `translateY(${top}px)` }}
      onFocus={onFocus}
    >
      {cell(
        entry && (
          <Tick
            checked={isSelected}
            label={`Select ${entry.name}`}
            tabIndex={tab}
            onTick={(event) => onSelect(event.shiftKey)}
          />
        ),
        "",
      )}
      {cell(
        <Link className="name" to="/data/$repo" params={{ repo }} search={row.search} tabIndex={tab}>
          <span className={entry?.type === "folder" ? "tone-accent" : "muted"}>
            <Icon name={entry ? iconOf(entry) : "folder"} />
          </span>
          <span className="clip">{row.name}</span>
        </Link>,
        "clip",
      )}
      {cell(entry?.type === "folder" && entry.files !== null ? count(entry.files) : "", "num muted")}
      {cell(entry ? bytes(entry.size) : "", "num nowrap")}
      {onEdit &&
        cell(
          entry && (
            <>
              <button
                type="button"
                className="button quiet icon-only"
                tabIndex={tab}
                aria-label={`Rename ${entry.name}`}
                title="Rename or move (F2)"
                onClick={() => onEdit({ kind: "rename", entry })}
              >
                <Icon name="rename" />
              </button>
              <button
                type="button"
                className="button quiet icon-only"
                tabIndex={tab}
                aria-label={`Delete ${entry.name}`}
                title="Delete (Del)"
                onClick={() => onEdit({ kind: "delete", entry })}
              >
                <Icon name="trash" />
              </button>
            </>
          ),
          "doings",
        )}
    </div>
  );
}
