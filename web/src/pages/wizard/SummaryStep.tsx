/** The name, the whole project as its document, and what still stands in its way. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { ApiError } from "../../api/http";
import { drafts, type Fault } from "../../api/projectDrafts";
import { CodeBlock } from "../../ui/CodeBlock";
import { Icon } from "../../ui/Icon";
import { CopyButton } from "../../ui/parts";
import { say } from "../../ui/toasts";
import { placeOf, type StepName } from "./document";
import { changeDraft, forgetDraft } from "./draft";
import { lacks, type Setup, useSettled } from "./setup";

const TITLES: Record<StepName, string> = {
  data: "Data",
  labels: "Labels",
  people: "People and quality",
  summary: "Summary",
};

export function SummaryStep({ setup }: { setup: Setup }) {
  const { yaml, name, title, output } = setup;
  const settled = useSettled(yaml);
  const check = useQuery(drafts.check(settled));
  const create = useCreate();
  const refused = create.error instanceof ApiError && create.variables === yaml ? create.error : null;
  const fault: Fault | null = refused ?? (settled === yaml ? (check.data?.problem ?? null) : null);
  const place = fault ? placeOf(fault.where) : null;
  const at = (field: string) =>
    place?.field === field || place?.field.startsWith(`${field}.`) ? fault : null;
  const own = at("project") ?? at("title") ?? at("output");
  return (
    <>
      <header className="wizard-head">
        <h1 tabIndex={-1}>Name it, and look it over</h1>
        <p className="muted">
          This document is the project: keep it, change it, and give it to the program again.
        </p>
      </header>
      <div className="wizard-summary">
        <form
          className="panel"
          onSubmit={(event) => {
            event.preventDefault();
            create.mutate(yaml);
          }}
        >
          <div className="panel-body wizard-block">
            <Named
              label="Name"
              hint="In addresses and commands: small letters, digits and hyphens."
              value={name}
              fault={at("project")}
              mono
              onChange={(value) => changeDraft({ name: value })}
            />
            <Named
              label="Title"
              hint="The question, as people see it in their list."
              value={title}
              fault={at("title")}
              onChange={(value) => changeDraft({ title: value })}
            />
            <Named
              label="Repo of the labels"
              hint="Made when it is missing; this project alone writes to it."
              value={output}
              fault={at("output")}
              mono
              onChange={(value) => changeDraft({ output: value })}
            />
            {fault && place && !own && (
              <div className="notice error" role="alert">
                <Icon name="warn" />
                <div className="grow">
                  <strong>{fault.message}</strong>
                  {fault.hint && <div>{fault.hint}</div>}
                  {fault.where && <div className="mono small">{fault.where}</div>}
                  {place.step !== "summary" && (
                    <Link to="/projects/new" search={{ step: place.step }} className="button wizard-see">
                      Go to “{TITLES[place.step]}”
                    </Link>
                  )}
                </div>
              </div>
            )}
            {!fault && <Lacking setup={setup} />}
            <div className="row">
              <Link to="/projects/new" search={{ step: "people" }} className="button">
                Back
              </Link>
              <span className="grow" />
              <button
                type="submit"
                className="button primary wizard-create"
                disabled={create.isPending || fault !== null}
              >
                {create.isPending ? "Reading the data…" : "Create project"}
              </button>
            </div>
          </div>
        </form>
        <section className="panel wizard-yaml" aria-label="Project document">
          <div className="panel-head">
            <h2>project.yaml</h2>
            <span className="muted clip grow">
              the same as a file, for <code>recension project create</code>
            </span>
            <CopyButton text={yaml} label="Copy the document" />
          </div>
          <CodeBlock>{yaml}</CodeBlock>
        </section>
      </div>
    </>
  );
}

/** What earlier steps have left open; the server would refuse it once it reads the data. */
function Lacking({ setup }: { setup: Setup }) {
  const step = (["data", "labels"] as const).find((each) => lacks(each, setup) !== null);
  if (!step) return null;
  return (
    <div className="notice warn" role="status">
      <Icon name="warn" />
      <div className="grow">
        <strong>{lacks(step, setup)}.</strong> {step === "labels" && setup.tried.problem}
        <div>
          <Link to="/projects/new" search={{ step }} className="button wizard-see">
            Go to “{TITLES[step]}”
          </Link>
        </div>
      </div>
    </div>
  );
}

function useCreate() {
  const navigate = useNavigate();
  const client = useQueryClient();
  return useMutation({
    mutationFn: (yaml: string) => drafts.create(yaml),
    onSuccess: async (made) => {
      say({ tone: "ok", text: "The project is open" });
      const touched = ["projects", "home", "graph", "repos", "project-drafts"];
      void client.invalidateQueries({ predicate: (query) => touched.includes(String(query.queryKey[0])) });
      await navigate({ to: "/p/$project", params: { project: made.name } });
      forgetDraft();
    },
  });
}

interface NamedProps {
  label: string;
  hint: string;
  value: string;
  fault: Fault | null;
  mono?: boolean;
  onChange: (value: string) => void;
}

function Named({ label, hint, value, fault, mono = false, onChange }: NamedProps) {
  const id = `wizard-${label.toLowerCase().replaceAll(" ", "-")}`;
  return (
    <div className="field">
      <label className="label" htmlFor={id}>
        {label}
      </label>
      <input
        id={id}
        className={`input${mono ? " mono" : ""}`}
        value={value}
        spellCheck={!mono}
        aria-invalid={fault !== null}
        aria-describedby={`${id}-about`}
        onChange={(event) => onChange(event.target.value)}
      />
      <div id={`${id}-about`} className="small">
        {fault ? (
          <span className="tone-error" role="alert">
            {fault.message}
            {fault.hint && ` – ${fault.hint}`}
          </span>
        ) : (
          <span className="muted">{hint}</span>
        )}
      </div>
    </div>
  );
}
