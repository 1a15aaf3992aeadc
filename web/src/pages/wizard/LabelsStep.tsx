/** What is asked: labels and config on the left, and the workbench as people will see it on the right. */
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { Icon } from "../../ui/Icon";
import { ConfigEditor } from "./ConfigEditor";
import { changeDraft } from "./draft";
import { LabelRows } from "./LabelRows";
import { choicesFor, wantedBy } from "./mapping";
import { Preview } from "./Preview";
import type { Setup } from "./setup";

interface Props {
  setup: Setup;
  at: number;
  onAt: (at: number) => void;
}

type Side = "labels" | "config";

export function LabelsStep({ setup, at, onAt }: Props) {
  const { draft, template, reading, config } = setup;
  const [side, setSide] = useState<Side>("labels");
  const write = (text: string) => changeDraft({ configs: { ...draft.configs, [draft.template]: text } });
  const problems = reading?.problems.length ?? 0;
  const changed = template !== null && config !== template.config;
  return (
    <div className="wizard-labels">
      <section className="wizard-side" aria-label="What is asked">
        <div className="wizard-side-head">
          <div className="grow">
            <h1 tabIndex={-1}>{template?.title ?? "Your own config"}</h1>
            <Link to="/projects/new" search={{ step: "labels", view: "templates" }} className="link small">
              All templates
            </Link>
          </div>
          {changed && (
            <button type="button" className="button quiet" onClick={() => write(template.config)}>
              <Icon name="undo" />
              As it was
            </button>
          )}
        </div>
        <Columns setup={setup} />
        <fieldset className="wizard-switch">
          <legend className="visually-hidden">Edit</legend>
          <SideChoice side="labels" chosen={side} onChoose={setSide}>
            Labels
          </SideChoice>
          <SideChoice side="config" chosen={side} onChoose={setSide}>
            Config
            {problems > 0 && <span className="wizard-count">{problems}</span>}
          </SideChoice>
        </fieldset>
        {side === "labels" ? (
          <LabelRows
            key={draft.template}
            config={config}
            reading={reading}
            behind={setup.behind}
            onWrite={write}
          />
        ) : (
          <ConfigEditor config={config} reading={reading} onWrite={write} />
        )}
        {side === "labels" && problems > 0 && (
          <div className="notice error" role="alert">
            <Icon name="warn" />
            <div className="grow">
              <strong>{reading?.problems[0]?.message}</strong>
              {reading?.problems[0]?.hint && <div>{reading.problems[0].hint}</div>}
              <button type="button" className="button wizard-see" onClick={() => setSide("config")}>
                Show it in the config
              </button>
            </div>
          </div>
        )}
      </section>
      <Preview setup={setup} at={at} onAt={onAt} />
    </div>
  );
}

function SideChoice({
  side,
  chosen,
  onChoose,
  children,
}: {
  side: Side;
  chosen: Side;
  onChoose: (side: Side) => void;
  children: React.ReactNode;
}) {
  return (
    <label className={side === chosen ? "chosen" : undefined}>
      <input
        type="radio"
        name="wizard-side"
        className="visually-hidden"
        checked={side === chosen}
        onChange={() => onChoose(side)}
      />
      {children}
    </label>
  );
}

/** Where the data of the config comes from; nothing to see where there is no choice. */
function Columns({ setup }: { setup: Setup }) {
  const { found, columns, draft, tried } = setup;
  const schema = tried.schema;
  if (!found || found.files === 0 || !schema) return null;
  const wanted = wantedBy(schema).filter(
    (each) => choicesFor(found, each).length > 1 || columns[each.field] === undefined,
  );
  if (wanted.length === 0) return null;
  return (
    <div className="wizard-columns-of">
      {wanted.map((each) => (
        <label key={each.field} className="row">
          <code className="grow clip">${each.field}</code>
          <span className="muted">shows</span>
          <select
            className="select"
            value={columns[each.field] ?? ""}
            onChange={(event) =>
              changeDraft({ columns: { ...draft.columns, [each.field]: event.target.value } })
            }
          >
            {columns[each.field] === undefined && <option value="">nothing yet</option>}
            {choicesFor(found, each).map((name) => (
              <option key={name} value={name}>
                {name}
              </option>
            ))}
          </select>
        </label>
      ))}
    </div>
  );
}
