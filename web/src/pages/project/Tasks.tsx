/** Every task with its answers, its consensus and its history: what was taken back stays, struck through. */
import { useInfiniteQuery } from "@tanstack/react-query";
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { Fragment } from "react";
import { read } from "../../api/resources";
import type { Project, Schema, TaskAnswer, TaskRow } from "../../api/types";
import { answerText } from "../../label/answers";
import { percent, plural, seconds } from "../../ui/format";
import { Icon } from "../../ui/Icon";
import { EXACT } from "../../ui/links";
import { Ago, Badge, Empty, Loaded, SimulatedBadge, StateBadge } from "../../ui/parts";
import { documentPath, optionIndex, optionLabel, tallies, taskText } from "./answers";
import { Chip } from "./Chip";

const route = getRouteApi("/shell/p/$project");
const STATUSES = ["", "open", "settled", "stale"] as const;

export function Tasks({ project }: { project: Project }) {
  const { status = "" } = route.useSearch();
  const tasks = useInfiniteQuery(read.tasks(project.name, status));
  return (
    <section className="stack" aria-label="Tasks">
      <nav className="row" aria-label="Filter by status">
        <div className="segments">
          {STATUSES.map((each) => (
            <Link
              key={each}
              to="/p/$project"
              params={{ project: project.name }}
              search={{ tab: "tasks", ...(each ? { status: each } : {}) }}
              activeOptions={EXACT}
              aria-current={status === each ? "page" : undefined}
            >
              {each || "all"}
            </Link>
          ))}
        </div>
      </nav>
      <div className="panel table-scroll">
        <Loaded query={tasks} lines={8}>
          {(data) => {
            const rows = data.pages.flatMap((page) => page.tasks);
            if (rows.length === 0) {
              return (
                <Empty icon="tag" title={status ? `No task is ${status}` : "No tasks yet"}>
                  {!status && <p>Tasks appear by themselves when items are committed to the input.</p>}
                </Empty>
              );
            }
            return <Rows project={project} rows={rows} />;
          }}
        </Loaded>
      </div>
      {tasks.hasNextPage && (
        <div>
          <button
            type="button"
            className="button"
            disabled={tasks.isFetchingNextPage}
            onClick={() => tasks.fetchNextPage()}
          >
            {tasks.isFetchingNextPage ? "Loading…" : "Show more"}
          </button>
        </div>
      )}
    </section>
  );
}

function Rows({ project, rows }: { project: Project; rows: TaskRow[] }) {
  const { task: openTask, ...search } = route.useSearch();
  const navigate = useNavigate();
  const toggle = (id: string) =>
    navigate({
      to: "/p/$project",
      params: { project: project.name },
      search: openTask === id ? search : { ...search, task: id },
      replace: true,
    });
  return (
    <table className="table tasks">
      <thead>
        <tr>
          <th scope="col">
            <span className="visually-hidden">Details</span>
          </th>
          <th scope="col">Task</th>
          <th scope="col">Status</th>
          <th scope="col">Answers</th>
          <th scope="col">Consensus</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => {
          const id = String(row.id);
          const open = openTask === id;
          return (
            <Fragment key={id}>
              <tr className={`can-open${open ? " is-open" : ""}`} onClick={() => toggle(id)}>
                <td className="opener">
                  <button
                    type="button"
                    className="button quiet icon-only"
                    aria-expanded={open}
                    aria-label={`Answers to: ${taskText(row, project.schema).slice(0, 80)}`}
                    onClick={(event) => {
                      event.stopPropagation();
                      toggle(id);
                    }}
                  >
                    <Icon name={open ? "down" : "right"} />
                  </button>
                </td>
                <td className="task-text">
                  <span className="two-lines">{taskText(row, project.schema)}</span>
                </td>
                <td>
                  <StateBadge state={row.status} />
                </td>
                <td>
                  <span className="row wrap" style={{ gap: 6 }}>
                    {tallies(row.answers, project.schema).map((tally) => (
                      <Chip key={`${tally.field} ${tally.value}`} option={tally.option} label={tally.label}>
                        {tally.votes}
                      </Chip>
                    ))}
                  </span>
                </td>
                <td>
                  <Consensus row={row} schema={project.schema} />
                </td>
              </tr>
              {open && (
                <tr className="is-open">
                  <td />
                  <td colSpan={4}>
                    <Details project={project} row={row} />
                  </td>
                </tr>
              )}
            </Fragment>
          );
        })}
      </tbody>
    </table>
  );
}

function Consensus({ row, schema }: { row: TaskRow; schema: Schema }) {
  const fields = schema.fields.filter((field) => row.consensus?.[field.name]);
  if (fields.length === 0) return <span className="muted">–</span>;
  return (
    <span className="stack" style={{ gap: 4 }}>
      {fields.map((field) => {
        const { value, confidence } = row.consensus?.[field.name] ?? { value: null, confidence: null };
        if (value === null)
          return (
            <span key={field.name} className="muted">
              tie
            </span>
          );
        const text = answerText(value);
        return (
          <span key={field.name} className="row nowrap" style={{ gap: 6 }}>
            {schema.fields.length > 1 && <span className="muted small">{field.name}</span>}
            <Chip option={optionIndex(field, text)} label={optionLabel(field, text)} />
            <span className="muted small">{percent(confidence)}</span>
          </span>
        );
      })}
    </span>
  );
}

function Details({ project, row }: { project: Project; row: TaskRow }) {
  return (
    <div className="details">
      <dl className="facts small">
        <dt>{row.item_ids.length === 1 ? "Item" : "Items"}</dt>
        <dd>
          {row.item_ids.length === 0 && <span className="muted">none any more</span>}
          {row.item_ids.map((id) => (
            <Item key={id} project={project} id={id} />
          ))}
        </dd>
        {Object.entries(row.data)
          .filter(([name]) => !project.schema.references.includes(name))
          .map(([name, value]) => (
            <Fragment key={name}>
              <dt>{name}</dt>
              <dd>{answerText(value)}</dd>
            </Fragment>
          ))}
      </dl>
      {row.answers.length === 0 ? (
        <p className="muted">Nobody has answered yet.</p>
      ) : (
        <table className="table">
          <thead>
            <tr>
              <th scope="col">Worker</th>
              <th scope="col">Answer</th>
              <th scope="col">Time</th>
              <th scope="col">Given</th>
              <th scope="col">
                <span className="visually-hidden">Remarks</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {row.answers.map((answer, i) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: the log is append-only, so a position is an identity
              <AnswerRow key={i} project={project} answer={answer} />
            ))}
          </tbody>
        </table>
      )}
      <p className="muted small">
        {plural(row.answers.length, "entry", "entries")} in the history of this task, oldest first.
      </p>
    </div>
  );
}

/** An item leads to where it came from, and to the document that was made of it. */
function Item({ project, id }: { project: Project; id: string }) {
  const input = project.inputs[0];
  const output = project.outputs.find((each) => each.target === "live" && each.commit) ?? project.outputs[0];
  const file = documentPath(id);
  return (
    <div className="row wrap">
      <span className="mono">{id}</span>
      {input && (
        <Link
          className="link"
          to="/data/$repo"
          params={{ repo: input.repo }}
          search={{ ref: input.branch, file: id.split("#")[0] ?? id }}
        >
          Source
        </Link>
      )}
      {output && file && (
        <Link
          className="link"
          to="/data/$repo"
          params={{ repo: output.repo }}
          search={{ ref: output.branch, file }}
        >
          Document
        </Link>
      )}
    </div>
  );
}

function AnswerRow({ project, answer }: { project: Project; answer: TaskAnswer }) {
  const void_ = answer.withdrawn || answer.excluded;
  return (
    <tr>
      <td>
        <Link
          className="link"
          to="/p/$project"
          params={{ project: project.name }}
          search={{ tab: "workers", worker: answer.worker }}
        >
          {answer.worker}
        </Link>
      </td>
      <td className={void_ ? "muted strike" : undefined}>
        {answer.fields === null
          ? "skipped"
          : project.schema.fields
              .filter((field) => answer.fields?.[field.name] !== undefined)
              .map((field) => {
                const text = answerText(answer.fields?.[field.name]);
                return (
                  <Chip key={field.name} option={optionIndex(field, text)} label={optionLabel(field, text)} />
                );
              })}
      </td>
      <td>{seconds(answer.time_spent_s)}</td>
      <td>
        <Ago at={answer.at} />
      </td>
      <td>
        <span className="row">
          {answer.withdrawn && <Badge icon="undo">withdrawn</Badge>}
          {answer.excluded && (
            <Badge icon="close" title="The worker was banned: this answer does not count">
              excluded
            </Badge>
          )}
          {answer.simulated && <SimulatedBadge />}
        </span>
      </td>
    </tr>
  );
}
