/** The rows that pass, however many: only those on the screen are drawn and asked for, all of one version. */
import { useQueries } from "@tanstack/react-query";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useRef } from "react";
import { type Asked, readTable, type SortKey, type TableColumn, type TableRow } from "../../../api/table";
import type { Project, Schema } from "../../../api/types";
import { answerText } from "../../../label/answers";
import { count, percent } from "../../../ui/format";
import { Icon } from "../../../ui/Icon";
import { StateBadge } from "../../../ui/parts";
import { optionIndex, optionLabel } from "../answers";
import { Chip } from "../Chip";
import { columnText, dataColumns, nextSort } from "./question";
import { ALL, isPicked, NONE, pick, type Selection, sizeOf } from "./selection";
import { cellText, imageOf } from "./suggestion";

const ROW = 40;
const OPENER = 44;
const PICKER = 44;
const CHUNK = 100;
/** What a browser lets be drawn in one scrolled list; what is beyond is reached by a filter or another order. */
const MOST = 400_000;

interface Props {
  project: Project;
  version: string;
  matched: number;
  asked: Asked;
  columns: readonly TableColumn[];
  open: string | undefined;
  onOpen: (task: string) => void;
  onSort: (sort: SortKey[]) => void;
  selection: Selection;
  onSelect: (selection: Selection) => void;
}

export function Grid(props: Props) {
  const { project, version, matched, asked, columns, open, onOpen, onSort, selection, onSelect } = props;
  /** Where the last row was picked: with Shift everything up to it follows. */
  const anchor = useRef<number | null>(null);
  const box = useRef<HTMLDivElement>(null);
  const seen = useRef(new Map<number, readonly TableRow[]>());
  const total = Math.min(matched, MOST);
  const list = useVirtualizer({
    count: total,
    getScrollElement: () => box.current,
    estimateSize: () => ROW,
    overscan: 10,
  });
  const shown = list.getVirtualItems();
  const [first, last] = [shown[0]?.index ?? 0, shown.at(-1)?.index ?? 0];
  const from = Math.floor(first / CHUNK);
  const chunks = Array.from({ length: Math.floor(last / CHUNK) - from + 1 }, (_, i) => (from + i) * CHUNK);
  const wanted = {
    ...asked,
    columns: [...new Set([...columns.map((each) => each.name), ...dataColumns(project.schema)])],
  };
  const answers = useQueries({
    queries: chunks.map((offset) => readTable.rows(project.name, wanted, { version }, offset, CHUNK)),
  });
  // Until the rows of a new version are there, those of the one before stay on the screen.
  for (const [at, answer] of answers.entries())
    if (answer.data) seen.current.set(chunks[at] ?? 0, answer.data.rows);
  const rowAt = (index: number) => seen.current.get(Math.floor(index / CHUNK) * CHUNK)?.[index % CHUNK];
  const width = columns.reduce((sum, column) => sum + widthOf(column), OPENER + PICKER);
  const pickRow = (index: number, picked: boolean, far: boolean) => {
    const from = far && anchor.current !== null ? anchor.current : index;
    const [low, high] = [Math.min(from, index), Math.max(from, index)];
    const ids = Array.from({ length: high - low + 1 }, (_, i) => rowAt(low + i)?.item_id ?? "");
    anchor.current = index;
    onSelect(pick(selection, ids.filter(Boolean), picked));
  };
  const size = sizeOf(selection, matched);
  const above = shown[0]?.start ?? 0;
  const below = list.getTotalSize() - (shown.at(-1)?.end ?? 0);
  return (
    <>
      <div className="panel grid-scroll" ref={box}>
        <table className="table tasks grid" style={{ minWidth: width }} aria-rowcount={matched + 1}>
          <colgroup>
            <col style={{ width: PICKER }} />
            <col style={{ width: OPENER }} />
            {columns.map((column) => (
              <col key={column.name} style={{ width: widthOf(column) }} />
            ))}
          </colgroup>
          <thead>
            <tr aria-rowindex={1}>
              <th scope="col" className="picker">
                <PickAll
                  all={size === matched}
                  some={size > 0}
                  onChange={(all) => onSelect(all ? ALL : NONE)}
                />
              </th>
              <th scope="col">
                <span className="visually-hidden">Details</span>
              </th>
              {columns.map((column) => (
                <Head key={column.name} column={column} sort={asked.sort} onSort={onSort} />
              ))}
            </tr>
          </thead>
          <tbody>
            {above > 0 && <Gap height={above} columns={columns.length + 2} />}
            {shown.map(({ index }) => {
              const row = rowAt(index);
              if (!row) return <Gap key={index} height={ROW} columns={columns.length + 2} />;
              const task = row.task === null ? undefined : String(row.task);
              const isOpen = task !== undefined && task === open;
              const picked = isPicked(selection, row.item_id);
              const states = [task && "can-open", isOpen && "is-open", picked && "is-picked"].filter(Boolean);
              return (
                <tr
                  key={row.item_id}
                  aria-rowindex={index + 2}
                  className={states.join(" ")}
                  onClick={() => task && onOpen(task)}
                >
                  {/* biome-ignore lint/a11y/useKeyWithClickEvents: keeps a click beside the box from opening the row */}
                  <td className="picker" onClick={(event) => event.stopPropagation()}>
                    <label>
                      <input
                        type="checkbox"
                        checked={picked}
                        aria-label={`Pick ${rowText(row, project.schema).slice(0, 80)}`}
                        onChange={(event) =>
                          pickRow(
                            index,
                            event.target.checked,
                            (event.nativeEvent as MouseEvent).shiftKey === true,
                          )
                        }
                      />
                    </label>
                  </td>
                  <td className="opener">
                    {task && (
                      <button
                        type="button"
                        className="button quiet icon-only"
                        aria-expanded={isOpen}
                        aria-label={`Answers to: ${rowText(row, project.schema).slice(0, 80)}`}
                        onClick={(event) => {
                          event.stopPropagation();
                          onOpen(task);
                        }}
                      >
                        <Icon name="right" />
                      </button>
                    )}
                  </td>
                  {columns.map(({ name }) => (
                    <td key={name}>
                      <Cell name={name} value={row.values[name]} schema={project.schema} />
                    </td>
                  ))}
                </tr>
              );
            })}
            {below > 0 && <Gap height={below} columns={columns.length + 2} />}
          </tbody>
        </table>
      </div>
      {matched > MOST && (
        <p className="muted small">
          The first {count(MOST)} rows are listed. Filter, or sort the other way, to see the others.
        </p>
      )}
    </>
  );
}

interface PickAllProps {
  all: boolean;
  some: boolean;
  onChange: (all: boolean) => void;
}

/** Picks everything that passes the filter, also what was never scrolled to. */
const PickAll = ({ all, some, onChange }: PickAllProps) => (
  <label>
    <input
      type="checkbox"
      checked={all}
      aria-label="Pick all that pass the filter"
      ref={(box) => {
        if (box) box.indeterminate = some && !all;
      }}
      onChange={(event) => onChange(event.target.checked)}
    />
  </label>
);

const Gap = ({ height, columns }: { height: number; columns: number }) => (
  <tr style={{ height }}>
    <td colSpan={columns} />
  </tr>
);

function widthOf({ name, kind }: TableColumn): number {
  if (name.startsWith("data.")) return 320;
  if (name === "item_id" || name === "path" || name === "work_id") return 220;
  return kind === "number" ? 120 : 150;
}

interface HeadProps {
  column: TableColumn;
  sort: readonly SortKey[];
  onSort: (sort: SortKey[]) => void;
}

function Head({ column, sort, onSort }: HeadProps) {
  const text = columnText(column.name);
  const now = sort.find((key) => key.field === column.name)?.direction;
  if (column.kind === "list") return <th scope="col">{text}</th>;
  return (
    <th scope="col" aria-sort={now === "asc" ? "ascending" : now === "desc" ? "descending" : "none"}>
      <button type="button" className="sorter" onClick={() => onSort(nextSort(sort, column.name))}>
        <span className="clip">{text}</span>
        {now && <Icon name={now === "asc" ? "up" : "down"} />}
      </button>
    </th>
  );
}

function rowText(row: TableRow, schema: Schema): string {
  const values = dataColumns(schema).map((name) => row.values[name]);
  // A picture is told apart by its name, not by what kind of file it is.
  if (values.some((value) => imageOf("", 0, value))) return row.item_id;
  return values.map((value) => cellText(value)).join(" · ") || row.item_id;
}

const SHARES = /^(agreement|score|confidence\..*)$/;

function Cell({
  name,
  value,
  schema,
}: {
  name: string;
  value: TableRow["values"][string] | undefined;
  schema: Schema;
}) {
  if (value === null || value === undefined) return <span className="muted">–</span>;
  if (name === "status") return <StateBadge state={String(value)} />;
  if (SHARES.test(name)) return <span className="num">{percent(Number(value))}</span>;
  const [kind, ...rest] = name.split(".");
  const field = schema.fields.find((each) => each.name === rest.join("."));
  if ((kind === "label" || kind === "predicted") && field && field.options.length > 0) {
    const all = Array.isArray(value) ? value : [value];
    return (
      <span className="row nowrap" style={{ gap: 4 }}>
        {all.map((each) => {
          const text = answerText(each);
          return <Chip key={text} option={optionIndex(field, text)} label={optionLabel(field, text)} />;
        })}
      </span>
    );
  }
  const text = cellText(value);
  return (
    <span className="clip" title={text}>
      {text}
    </span>
  );
}
