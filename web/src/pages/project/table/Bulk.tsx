/** Fifty items at a time with what is thought of them: agree with all, after correcting those that are wrong. */
import { useQuery } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { change } from "../../../api/resources";
import { type Asked, readTable, type TableRow } from "../../../api/table";
import type { Field, Project } from "../../../api/types";
import { answerText } from "../../../label/answers";
import { useAction } from "../../../ui/action";
import { percent, plural } from "../../../ui/format";
import { Icon } from "../../../ui/Icon";
import { Badge, Loaded } from "../../../ui/parts";
import { dataColumns } from "./question";
import { imageOf, suggestionOf } from "./suggestion";

const SIZE = 50;
const AT_ONCE = 4;

interface Props {
  project: Project;
  field: Field;
  commit: string;
  matched: number;
  asked: Asked;
}

/** Seen as of one commit: what is decided here stays where it is until the next fifty are asked for. */
export function Bulk({ project, field, commit, matched, asked }: Props) {
  const [page, setPage] = useState({ commit, offset: 0 });
  const columns = [
    ...dataColumns(project.schema),
    "model",
    "score",
    ...["label", "confidence", "predicted"].map((what) => `${what}.${field.name}`),
  ];
  const rows = useQuery(
    readTable.rows(project.name, { ...asked, columns }, { commit: page.commit }, page.offset, SIZE),
  );
  const go = (offset: number) => setPage({ commit: page.commit, offset });
  return (
    <Loaded query={rows} lines={8}>
      {(data) => (
        <>
          <Cards key={`${page.commit} ${page.offset}`} project={project} field={field} rows={data.rows} />
          <div className="row">
            <button
              type="button"
              className="button"
              disabled={page.offset === 0}
              onClick={() => go(page.offset - SIZE)}
            >
              The {SIZE} before
            </button>
            <span className="muted small">
              {page.offset + 1} to {page.offset + data.rows.length} of {Math.max(matched, data.matched)}
            </span>
            <button
              type="button"
              className="button"
              disabled={data.next === null}
              onClick={() => go(page.offset + SIZE)}
            >
              The next {SIZE}
            </button>
            {page.commit !== commit && (
              <button type="button" className="button quiet" onClick={() => setPage({ commit, offset: 0 })}>
                <Icon name="undo" />
                There are newer answers: start again
              </button>
            )}
          </div>
        </>
      )}
    </Loaded>
  );
}

interface CardsProps {
  project: Project;
  field: Field;
  rows: readonly TableRow[];
}

function Cards({ project, field, rows }: CardsProps) {
  const [chosen, setChosen] = useState<Readonly<Record<string, string>>>({});
  const [decided, setDecided] = useState<Readonly<Record<string, string>>>({});
  // One id for one value of one item, so that a decision that is sent again is given once.
  const ids = useRef(new Map<string, string>());
  const labelOf = (row: TableRow) => chosen[row.item_id] ?? suggestionOf(row, field)?.value ?? "";
  const left = rows.filter(
    (row) => row.task !== null && labelOf(row) !== "" && decided[row.item_id] !== labelOf(row),
  );
  const decide = async (row: TableRow) => {
    const value = labelOf(row);
    const key = `${row.item_id} ${value}`;
    const id = ids.current.get(key) ?? crypto.randomUUID();
    ids.current.set(key, id);
    await change.verdict(project.name, {
      id,
      task: row.task ?? 0,
      verdict: "decide",
      fields: { [field.name]: value },
    });
    setDecided((before) => ({ ...before, [row.item_id]: value }));
  };
  const accept = useAction(
    async (wanted: readonly TableRow[]) => {
      const waiting = [...wanted];
      const work = async () => {
        for (let row = waiting.shift(); row; row = waiting.shift()) await decide(row);
      };
      await Promise.all(Array.from({ length: AT_ONCE }, work));
    },
    { touches: ["project"] },
  );
  return (
    <>
      <div className="row">
        <button
          type="button"
          className="button primary"
          disabled={left.length === 0 || accept.isPending}
          onClick={() => accept.mutate(left)}
        >
          <Icon name="check" />
          {accept.isPending ? "Accepting…" : `Accept ${plural(left.length, "label")}`}
        </button>
        <span className="muted small" role="status">
          {plural(Object.keys(decided).length, "item")} decided
        </span>
      </div>
      <ul className="bulk">
        {rows.map((row) => (
          <Card
            key={row.item_id}
            project={project}
            field={field}
            row={row}
            value={labelOf(row)}
            decided={decided[row.item_id] !== undefined && decided[row.item_id] === labelOf(row)}
            onChange={(value) => setChosen((before) => ({ ...before, [row.item_id]: value }))}
          />
        ))}
      </ul>
    </>
  );
}

interface CardProps {
  project: Project;
  field: Field;
  row: TableRow;
  value: string;
  decided: boolean;
  onChange: (value: string) => void;
}

function Card({ project, field, row, value, decided, onChange }: CardProps) {
  const given = dataColumns(project.schema).map((name) => row.values[name]);
  const image = given.map((each) => imageOf(project.name, row.task, each)).find((each) => each !== null);
  const text = image ? row.item_id : given.map((each) => answerText(each)).join(" · ");
  const suggestion = suggestionOf(row, field);
  return (
    <li className={`panel bulk-card${decided ? " is-decided" : ""}`}>
      {image ? <img src={image} alt={text} loading="lazy" decoding="async" /> : <p>{text}</p>}
      <select
        className="select"
        aria-label={`Label of ${text.slice(0, 80)}`}
        value={value}
        disabled={row.task === null}
        onChange={(event) => onChange(event.target.value)}
      >
        <option value="" disabled>
          no label yet
        </option>
        {field.options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label || option.value}
          </option>
        ))}
      </select>
      <span className="row muted small">
        {decided ? (
          <Badge icon="check">decided</Badge>
        ) : suggestion?.value === value && suggestion ? (
          <>
            {suggestion.by}
            {suggestion.share !== null && `, ${percent(suggestion.share)}`}
          </>
        ) : (
          value && "corrected"
        )}
      </span>
    </li>
  );
}
