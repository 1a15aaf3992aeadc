/** What lies where the data was chosen: the first rows of a table, or the first files. */
import { Link } from "@tanstack/react-router";
import type { FoundData } from "../../api/projectDrafts";
import { bytes, count } from "../../ui/format";
import { Icon } from "../../ui/Icon";
import { ScrollRegion } from "../../ui/ScrollRegion";
import { keyOf } from "./document";
import { changeDraft } from "./draft";
import type { Setup } from "./setup";

const ROWS = 5;
const CELL = 160;

export function Found({ setup, found }: { setup: Setup; found: FoundData }) {
  if (found.files === 0)
    return (
      <div className="notice warn" role="status">
        <Icon name="warn" />
        <div>
          <strong>No file is there yet.</strong> Choose another folder,{" "}
          <Link
            to="/data/$repo"
            params={{ repo: setup.draft.repo }}
            search={{ ref: setup.draft.branch }}
            className="link"
          >
            bring files in
          </Link>
          , or go on: what comes later becomes items, too.
        </div>
      </div>
    );
  if (found.problem)
    return (
      <div className="notice error" role="alert">
        <Icon name="warn" />
        <div>
          <strong>The table cannot be read.</strong> {found.problem.message}
          {found.problem.where && <div className="mono small">{found.problem.where}</div>}
        </div>
      </div>
    );
  return found.format ? <Table setup={setup} found={found} /> : <Files found={found} />;
}

const howMany = ({ files, more }: FoundData, what: string): string =>
  `${more ? "over " : ""}${count(files)} ${what}${files === 1 && !more ? "" : "s"}`;

function Table({ setup, found }: { setup: Setup; found: FoundData }) {
  const key = keyOf(setup.draft, found);
  return (
    <div className="panel">
      <div className="panel-head">
        <Icon name="table" />
        <h2>Each row is an item</h2>
        <span className="muted">{howMany(found, `${(found.format ?? "").toUpperCase()} file`)}</span>
        <span className="grow" />
        <label className="row">
          <span className="muted">A row is named by</span>
          <select
            className="select"
            value={key ?? ""}
            onChange={(event) => changeDraft({ key: event.target.value })}
          >
            <option value="">what it holds</option>
            {found.columns.map(({ name, distinct }) => (
              <option key={name} value={name} disabled={!distinct}>
                {name}
              </option>
            ))}
          </select>
        </label>
      </div>
      <ScrollRegion label="First rows" className="table-scroll">
        <table className="table">
          <thead>
            <tr>
              {found.columns.map(({ name, kind }) => (
                <th key={name} scope="col">
                  {name} <span className="muted small">{name === key ? "key" : kind}</span>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {found.rows.slice(0, ROWS).map((row, i) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: the first rows of a file that does not change
              <tr key={i}>
                {found.columns.map(({ name }) => (
                  <td key={name}>{cell(row[name])}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollRegion>
    </div>
  );
}

function cell(value: unknown): string {
  const text = typeof value === "string" ? value : value === undefined ? "" : JSON.stringify(value);
  return text.length > CELL ? `${text.slice(0, CELL)}…` : text;
}

function Files({ found }: { found: FoundData }) {
  const pictures = found.first.filter(({ type }) => type.startsWith("image/"));
  return (
    <div className="panel">
      <div className="panel-head">
        <Icon name={pictures.length > 0 ? "image" : "file"} />
        <h2>Each file is an item</h2>
        <span className="muted">{howMany(found, "file")}</span>
        <span className="grow" />
        <code className="muted">{found.glob}</code>
      </div>
      {pictures.length > 0 ? (
        <ul className="wizard-pictures">
          {pictures.slice(0, 8).map(({ path, url }) => (
            <li key={path}>
              <img src={url} alt="" loading="lazy" />
              <span className="muted small clip" title={path}>
                {path.split("/").at(-1)}
              </span>
            </li>
          ))}
        </ul>
      ) : (
        <ul className="wizard-list">
          {found.first.slice(0, ROWS).map(({ path, size, type }) => (
            <li key={path} className="row wizard-file">
              <span className="grow clip mono">{path}</span>
              <span className="muted small">{type}</span>
              <span className="muted small">{bytes(size)}</span>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
