/** One task: its items, its data, and everything that was said of it; what was taken back stays, struck through. */
import { Link } from "@tanstack/react-router";
import { Fragment } from "react";
import type { Project, TaskAnswer, TaskRow } from "../../api/types";
import { answerText } from "../../label/answers";
import { plural, seconds } from "../../ui/format";
import { Ago, Badge, SimulatedBadge } from "../../ui/parts";
import { summary } from "../review/history";
import { documentPath, optionIndex, optionLabel } from "./answers";
import { Chip } from "./Chip";
import { TaskLog } from "./TaskLog";

export function TaskDetails({ project, row }: { project: Project; row: TaskRow }) {
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
        <div className="table-scroll">
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
        </div>
      )}
      <p className="muted small">
        {plural(row.answers.length, "entry", "entries")} in the history of this task, oldest first.
      </p>
      <TaskLog project={project} task={row.id} items={row.item_ids} />
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
                const value = answer.fields?.[field.name];
                if (field.kind === "regions" || field.kind === "relations")
                  return (
                    <span key={field.name}>{summary({ [field.name]: value ?? null }, project.schema)}</span>
                  );
                const text = answerText(value);
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
