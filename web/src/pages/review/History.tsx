/** Who said what of a task and when, with what changed; a lead makes any of it the decision. */
import { useQuery } from "@tanstack/react-query";
import { read } from "../../api/resources";
import type { Fields, Schema } from "../../api/types";
import { Ago, Loaded } from "../../ui/parts";
import { entriesOf, summary } from "./history";
import "./history.css";

interface Props {
  project: string;
  task: number;
  schema: Schema;
  /** Makes an earlier answer the decision; null for those who may only look. */
  restore: ((fields: Fields) => void) | null;
}

export function History({ project, task, schema, restore }: Props) {
  const history = useQuery(read.taskHistory(project, task));
  return (
    <Loaded query={history} lines={3}>
      {({ log, task: seen }) => {
        const remarks = new Map(seen.answers.map((answer) => [answer.seq, answer]));
        return (
          <ol className="task-history" aria-label="History of this task">
            {entriesOf(log, schema).map(({ row, who, what, changes }) => (
              <li key={row.seq}>
                <div className="row wrap">
                  <strong>{who}</strong> <span>{what}</span>
                  <span className="muted small grow">{!row.simulated && <Ago at={row.at} />}</span>
                  {restore && row.fields && (
                    <button
                      type="button"
                      className="button quiet"
                      onClick={() => restore(row.fields as Fields)}
                      aria-label={`Restore what ${who} said`}
                    >
                      Restore
                    </button>
                  )}
                </div>
                {row.reason && <q>{row.reason}</q>}
                {row.fields && !changes && (
                  <p className="muted small">{summary(row.fields as Fields, schema)}</p>
                )}
                {changes?.map((change) => (
                  <p key={change} className="small">
                    {change}
                  </p>
                ))}
                {changes?.length === 0 && <p className="muted small">the same as before</p>}
                {remarks.get(row.seq)?.flags?.includes("unclear") && (
                  <p className="tone-warn small">unclear</p>
                )}
                {remarks.get(row.seq)?.comments?.map((comment) => (
                  <q key={`${comment.region} ${comment.text}`}>{comment.text}</q>
                ))}
              </li>
            ))}
          </ol>
        );
      }}
    </Loaded>
  );
}
