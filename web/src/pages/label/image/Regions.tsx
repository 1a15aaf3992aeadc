/** The list of regions: the same things as on the canvas, for those who work by keys or by ear. */
import { useVirtualizer } from "@tanstack/react-virtual";
import { type KeyboardEvent, useDeferredValue, useEffect, useId, useMemo, useRef } from "react";
import type { Schema } from "../../../api/types";
import { firstLabels, labelLook } from "../../../canvas/looks";
import type { Editor, Region } from "../../../doc";
import type { CommandName } from "../../../label/keymap";
import type { RegionHost } from "../../../label/port";
import { namesOf } from "../../../label/regionNames";
import { Icon, type IconName } from "../../../ui/Icon";
import { Swatch } from "./Labels";
import { ToolIcon, type ToolIconName } from "./ToolIcon";
import { useEditorLater } from "./useEditor";

interface Props {
  schema: Schema;
  view: RegionHost;
  /** Which part of the object is shown, where it has several. */
  part?: string | undefined;
  editor: Editor;
  onCommand: (name: CommandName) => void;
}

const ROW_PX = 28;
const UNLABELLED = { color: "var(--muted)", dash: [2, 2] } as const;

export function Regions({ schema, view, part, editor, onCommand }: Props) {
  const { doc, selection } = useEditorLater(editor);
  // The list of a thousand regions follows the canvas a moment later, rather than keep it waiting.
  const all = useDeferredValue(doc.regions);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another part is shown, so others are here
  const regions = useMemo(() => all.filter((region) => view.isHere(region)), [all, view, part]);
  const list = useRef<HTMLDivElement>(null);
  const base = useId();
  const rows = useVirtualizer({
    count: regions.length,
    getScrollElement: () => list.current,
    estimateSize: () => ROW_PX,
    overscan: 6,
  });
  const active = lastSelected(regions, selection);
  useEffect(() => {
    if (active >= 0) rows.scrollToIndex(active, { align: "auto" });
  }, [active, rows]);
  const go = (to: number, adds: boolean) => {
    const region = regions[Math.max(0, Math.min(regions.length - 1, to))];
    if (region) view.choose(region.id, adds);
  };
  const press = (event: KeyboardEvent) => {
    // What is selected now: the list itself shows it a frame later.
    const from = lastSelected(regions, editor.selection);
    const to = { ArrowUp: from - 1, ArrowDown: from + 1, Home: 0, End: regions.length - 1 }[event.key];
    if (to !== undefined && !event.altKey && !event.ctrlKey) {
      event.preventDefault();
      go(from < 0 && event.key === "ArrowUp" ? regions.length - 1 : to, event.shiftKey);
    } else if (event.key === "Enter" && editor.selection.size > 0) {
      // Taken here: on the list Enter is for the region, not for the answer.
      event.preventDefault();
      event.stopPropagation();
      if (from >= 0) go(from, false);
      document.querySelector<HTMLElement>(".canvas-host, .text-host")?.focus();
    }
  };
  const first = useMemo(() => firstLabels(schema.fields), [schema]);
  const names = useMemo(() => namesOf(schema, regions), [schema, regions]);
  return (
    <section className="side-regions" aria-label="Regions">
      <div className="side-head">
        <h2>Regions</h2>
        <span className="muted figure">{regions.length}</span>
        <span className="grow" />
        <Actions selection={selection} regions={regions} onCommand={onCommand} />
      </div>
      <div
        ref={list}
        className="region-list"
        role="listbox"
        aria-label="Regions"
        aria-multiselectable="true"
        aria-activedescendant={active >= 0 ? `${base}-${active}` : undefined}
        tabIndex={0}
        onKeyDown={press}
      >
        <div style={{ height: rows.getTotalSize(), position: "relative" }} role="presentation">
          {rows.getVirtualItems().map(({ index, start }) => {
            const region = regions[index] as Region;
            const field = schema.fields.find((each) => each.name === region.field);
            const label = region.labels[0];
            const look =
              field && label !== undefined ? labelLook(field, label, first.get(field.name)) : UNLABELLED;
            return (
              // biome-ignore lint/a11y/useFocusableInteractive: the list has the focus and names this row as active
              // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are the list's
              <div
                key={region.id}
                id={`${base}-${index}`}
                className={`region-row${region.hidden ? " off" : ""}`}
                role="option"
                aria-selected={selection.has(region.id)}
                aria-posinset={index + 1}
                aria-setsize={regions.length}
                style={{ transform: `translateY(${start}px)` }}
                onClick={(event) => view.choose(region.id, event.shiftKey || event.ctrlKey || event.metaKey)}
                onDoubleClick={() => onCommand("zoom-selection")}
              >
                <Swatch color={look.color} dash={look.dash} />
                <span className="clip">
                  {view.textOf ? `${view.textOf(region)} · ${names[index]}` : names[index]}
                </span>
                <span className="region-marks">
                  {region.origin !== "manual" && <Mark icon="robot" title={proposal(region)} />}
                  {region.locked && <Mark icon="lock" title="locked" />}
                  {region.hidden && <span className="visually-hidden">hidden</span>}
                  <span className="visually-hidden">{region.shape.type.replace("-", " ")}</span>
                  <ToolIcon name={iconOf(region)} />
                </span>
              </div>
            );
          })}
        </div>
      </div>
    </section>
  );
}

const Mark = ({ icon, title }: { icon: IconName; title: string }) => (
  <span title={title}>
    <Icon name={icon} />
    <span className="visually-hidden">{title}</span>
  </span>
);

const proposal = ({ origin, score }: Region): string =>
  origin === "prediction-changed"
    ? "proposed, then changed"
    : `proposed by a model${score === null ? "" : `, ${Math.round(score * 100)} %`}`;

function iconOf({ shape }: Region): ToolIconName {
  if (shape.type === "mask") return "brush";
  return shape.type;
}

function lastSelected(regions: readonly Region[], selection: ReadonlySet<string>): number {
  let last: string | undefined;
  for (const id of selection) last = id;
  return last === undefined ? -1 : regions.findIndex((region) => region.id === last);
}

interface ActionsProps {
  selection: ReadonlySet<string>;
  regions: readonly Region[];
  onCommand: (name: CommandName) => void;
}

function Actions({ selection, regions, onCommand }: ActionsProps) {
  const chosen = regions.filter((region) => selection.has(region.id));
  const hides = chosen.some((region) => !region.hidden);
  const locks = chosen.some((region) => !region.locked);
  const button = (name: CommandName, title: string, icon: ToolIconName) => (
    <button
      type="button"
      className="button quiet icon-only"
      aria-label={title}
      title={title}
      disabled={chosen.length === 0}
      onClick={() => onCommand(name)}
    >
      <ToolIcon name={icon} />
    </button>
  );
  return (
    <fieldset className="row tight" aria-label="Of the selected regions">
      {button(
        "hide",
        hides || chosen.length === 0 ? "Hide (H)" : "Show (H)",
        hides || chosen.length === 0 ? "visible" : "hidden",
      )}
      {button(
        "lock",
        locks || chosen.length === 0 ? "Lock (Shift L)" : "Unlock (Shift L)",
        locks || chosen.length === 0 ? "unlocked" : "locked",
      )}
      {button("front", "To the front (Shift PgUp)", "front")}
      {button("back", "To the back (Shift PgDn)", "behind")}
      <button
        type="button"
        className="button quiet icon-only"
        aria-label="Delete (Del)"
        title="Delete (Del)"
        disabled={chosen.every((region) => region.locked)}
        onClick={() => onCommand("delete")}
      >
        <Icon name="trash" />
      </button>
    </fieldset>
  );
}
