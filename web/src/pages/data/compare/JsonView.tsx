/** Values of a document that differ, each at its path. */
import type { Json } from "../../../api/types";
import { plural } from "../../../ui/format";
import type { JsonChange, JsonDiff } from "../diff/json";

const MOST = 1_000;
const SIGNS = { added: "+", removed: "−", changed: "±" } as const;

export function JsonView({ diff }: { diff: JsonDiff }) {
  if (diff.changes.length === 0)
    return <p className="cut muted">The documents say the same; only their spelling differs.</p>;
  const shown = diff.changes.slice(0, MOST);
  return (
    <>
      <ul className="json-diff">
        {shown.map((change) => (
          <li key={`${change.kind} ${change.path.join("\0")}`} className={change.kind}>
            <span aria-hidden="true">{SIGNS[change.kind]}</span>
            <span className="visually-hidden">{change.kind}</span>
            <Path path={change.path} />
            <span className="values">
              {change.before !== undefined && <del>{spelled(change.before)}</del>}{" "}
              {change.after !== undefined && <ins>{spelled(change.after)}</ins>}
            </span>
          </li>
        ))}
      </ul>
      {shown.length < diff.changes.length && (
        <p className="cut small muted">
          {plural(diff.changes.length - shown.length, "more difference")} not shown.
        </p>
      )}
    </>
  );
}

function Path({ path }: { path: JsonChange["path"] }) {
  if (path.length === 0) return <span className="key">document</span>;
  return (
    <span className="key">
      {path.map((step, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: steps of a path are their position
        <span key={i}>{typeof step === "number" ? `[${step}]` : `${i > 0 ? "." : ""}${step}`}</span>
      ))}
    </span>
  );
}

const LONG = 600;

function spelled(value: Json): string {
  const text = JSON.stringify(value, null, typeof value === "object" && value !== null ? 1 : 0);
  return text.length > LONG ? `${text.slice(0, LONG)}…` : text;
}
