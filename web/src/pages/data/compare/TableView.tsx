/** Rows of a table that differ, cell by cell. */
import { count, plural } from "../../../ui/format";
import { ScrollRegion } from "../../../ui/ScrollRegion";
import type { TableDiff, TableRow } from "../diff/csv";

const MOST_ROWS = 1_000;
const SIGNS = { added: "+", removed: "−", changed: "±" } as const;

export function TableView({ diff, onKey }: { diff: TableDiff; onKey: (key: string | null) => void }) {
  const rows = diff.rows.slice(0, MOST_ROWS);
  return (
    <>
      <div className="row wrap cut small">
        <span className="grow muted">
          <span className="tone-ok">+{count(diff.added)}</span>{" "}
          <span className="tone-error">−{count(diff.removed)}</span>{" "}
          <span className="tone-warn">±{count(diff.changed)}</span> rows · {plural(diff.same, "equal row")}{" "}
          left out
        </span>
        <label className="row">
          <span className="muted">Rows are paired by</span>
          <select
            className="select"
            value={diff.key ?? ""}
            onChange={(event) => onKey(event.target.value === "" ? null : event.target.value)}
          >
            {diff.keys.map((key) => (
              <option key={key} value={key}>
                column {key}
              </option>
            ))}
            <option value="">content and position</option>
          </select>
        </label>
      </div>
      <ScrollRegion className="csv table-diff" label={`${plural(diff.rows.length, "row")} that differ`}>
        <table className="table dense">
          <thead>
            <tr>
              <th scope="col">
                <span className="visually-hidden">Difference</span>
              </th>
              <th scope="col" className="num">
                #
              </th>
              {diff.columns.map((column, i) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: columns of a file may share a name
                <th key={i} scope="col" className={column.kind}>
                  {column.name}
                  {column.kind !== "same" && <span className="visually-hidden"> {column.kind}</span>}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <Row key={`${row.before} ${row.after}`} row={row} />
            ))}
          </tbody>
        </table>
      </ScrollRegion>
      {rows.length < diff.rows.length && (
        <p className="cut small muted">{plural(diff.rows.length - rows.length, "more row")} not shown.</p>
      )}
    </>
  );
}

function Row({ row }: { row: TableRow }) {
  return (
    <tr className={row.kind}>
      <td>
        <span aria-hidden="true">{SIGNS[row.kind]}</span>
        <span className="visually-hidden">{row.kind}</span>
      </td>
      <td className="num muted nowrap">
        {row.before !== null && row.after !== null && row.before !== row.after
          ? `${row.before} → ${row.after}`
          : (row.after ?? row.before)}
      </td>
      {row.cells.map(({ before, after }, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: cells of a row are their position
        <td key={i} className={row.kind === "changed" && before !== after ? "differs" : undefined}>
          {row.kind !== "changed" || before === after ? (
            (after ?? before)
          ) : (
            <>
              {before !== null && <del>{before || "empty"}</del>}{" "}
              {after !== null && <ins>{after || "empty"}</ins>}
            </>
          )}
        </td>
      ))}
    </tr>
  );
}
