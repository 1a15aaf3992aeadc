/** One thing that a task shows, of whatever kind. Nothing of it is ever run: HTML is built element by element. */
import { useEffect, useRef } from "react";
import type { Json, ObjectTag } from "../../../api/types";
import { mediaOf } from "../../../label/media";
import { lookUp } from "../../../label/references";
import type { TaskState } from "../../../label/session";
import { render } from "../../../text/leaves";
import { asText, entriesOf, turnsOf } from "../../../text/plainText";

type Task = Pick<TaskState, "data" | "media">;

export function Shown({ object, task, titled }: { object: ObjectTag; task: Task; titled: boolean }) {
  const title = object.title || (titled ? object.name || object.field : "");
  if (object.kind === "header") {
    const text = object.field ? asText(lookUp(task.data, object.field)) : object.text;
    return <h2>{text}</h2>;
  }
  return (
    <div className={`shown-object ${object.kind}`}>
      {title && <div className="caps">{title}</div>}
      <Content object={object} task={task} />
    </div>
  );
}

function Content({ object, task }: { object: ObjectTag; task: Task }) {
  const value = object.field ? lookUp(task.data, object.field) : object.text;
  switch (object.kind) {
    case "image":
    case "audio":
    case "video":
      return <Media object={object} task={task} />;
    case "html":
      return <Html object={object} value={value} />;
    case "dialogue":
      return <Dialogue object={object} value={value} />;
    case "table":
      return <Table value={value} />;
    case "list":
      return <List value={value} />;
    default:
      return <Words text={asText(value)} />;
  }
}

function Words({ text }: { text: string }) {
  return <p className={text.length > 280 || text.includes("\n") ? "long" : undefined}>{text}</p>;
}

function Html({ object, value }: { object: ObjectTag; value: Json | undefined }) {
  const host = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!host.current) return;
    for (const { element, text } of render(host.current, object, value).leaves) element.textContent = text;
  }, [object, value]);
  return <div ref={host} className="shown-html" />;
}

function Dialogue({ object, value }: { object: ObjectTag; value: Json | undefined }) {
  const turns = turnsOf(object, value);
  const speakers = [...new Set(turns.map(({ speaker }) => speaker))];
  return (
    <ol className="shown-dialogue">
      {turns.map(({ speaker, text }, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: turns of one task never change places
        <li key={i} data-side={speakers.indexOf(speaker) % 2}>
          <span className="muted">{speaker}</span>
          <p>{text}</p>
        </li>
      ))}
    </ol>
  );
}

/** An object as two columns, a list of objects as a row each. */
function Table({ value }: { value: Json | undefined }) {
  const read = typeof value === "string" ? parsed(value) : value;
  if (Array.isArray(read)) {
    const rows = read.filter(isObject);
    const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
    return (
      <table className="table">
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column}>{column}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: rows of one task never change places
            <tr key={i}>
              {columns.map((column) => (
                <td key={column}>{asText(row[column])}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    );
  }
  if (!isObject(read)) return <Words text={asText(value)} />;
  return (
    <table className="table">
      <tbody>
        {Object.entries(read).map(([name, held]) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            <td>{asText(held)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const isObject = (value: Json | undefined): value is Record<string, Json> =>
  value !== null && typeof value === "object" && !Array.isArray(value);

function parsed(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}

/** An entry of a list: what it is called and what it says. */
export interface Entry {
  readonly id: string;
  readonly title: string;
  readonly body: string;
}

export function entriesIn(value: Json | undefined): Entry[] {
  return entriesOf(value).map((entry, i) =>
    isObject(entry)
      ? {
          id: entry.id === undefined || entry.id === null ? `${i}` : asText(entry.id),
          title: asText(entry.title),
          body: asText(entry.body ?? entry.text),
        }
      : { id: `${i}`, title: "", body: asText(entry) },
  );
}

function List({ value }: { value: Json | undefined }) {
  return (
    <ol className="shown-list">
      {entriesIn(value).map(({ id, title, body }) => (
        <li key={id}>
          {title && <strong>{title}</strong>}
          {body && <p>{body}</p>}
        </li>
      ))}
    </ol>
  );
}

function Media({ object, task }: { object: ObjectTag; task: Task }) {
  const title = object.name || object.field;
  return mediaOf(object, task).map(({ url, width, height }) => {
    // biome-ignore lint/a11y/useMediaCaption: what is shown is the data itself, which has no captions
    if (object.kind === "audio") return <audio key={url} controls src={url} aria-label={title} />;
    // biome-ignore lint/a11y/useMediaCaption: as above
    if (object.kind === "video") return <video key={url} controls src={url} aria-label={title} />;
    return <img key={url} src={url} alt={title} width={width ?? undefined} height={height ?? undefined} />;
  });
}
