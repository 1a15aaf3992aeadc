/** JSON as a tree that opens and closes, on the browser's own disclosure widget. */
import { Fragment } from "react";
import type { Json } from "../../api/types";
import { plural } from "../../ui/format";

const OPEN_TO = 3;
const MOST = 200;

export function JsonTree({ value, depth, name }: { value: Json; depth: number; name?: string }) {
  const label = name === undefined ? null : <span className="key">{name}</span>;
  if (value === null || typeof value !== "object") {
    return (
      <div className="leaf">
        {label}
        <Scalar value={value} />
      </div>
    );
  }
  const list = Array.isArray(value);
  const entries: [string, Json][] = list ? value.map((each, i) => [String(i), each]) : Object.entries(value);
  if (entries.length === 0) {
    return (
      <div className="leaf">
        {label}
        <span className="muted">{list ? "[ ]" : "{ }"}</span>
      </div>
    );
  }
  return (
    <details open={depth < OPEN_TO}>
      <summary>
        {label}
        <span className="muted">
          {list ? plural(entries.length, "entry", "entries") : plural(entries.length, "field")}
        </span>
      </summary>
      <div className="inside">
        {entries.slice(0, MOST).map(([key, each]) => (
          <Fragment key={key}>
            <JsonTree value={each} depth={depth + 1} name={key} />
          </Fragment>
        ))}
        {entries.length > MOST && (
          <div className="muted">{plural(entries.length - MOST, "more entry", "more entries")}</div>
        )}
      </div>
    </details>
  );
}

function Scalar({ value }: { value: string | number | boolean | null }) {
  if (typeof value === "string")
    return <span className="text">{value === "" ? <span className="muted">empty text</span> : value}</span>;
  return <span className="atom">{String(value)}</span>;
}
