/** A new project in four steps: data, labels, people, summary. Each has an address; what is chosen is kept for the tab. */
import { getRouteApi, Link } from "@tanstack/react-router";
import { lazy, Suspense, useEffect, useRef, useState } from "react";
import { mayLead } from "../../shell/access";
import { useMe } from "../../shell/me";
import { Page } from "../../shell/Page";
import { Icon } from "../../ui/Icon";
import { EXACT } from "../../ui/links";
import { Empty, Loading } from "../../ui/parts";
import { DataStep } from "./DataStep";
import type { StepName } from "./document";
import { Gallery } from "./Gallery";
import { PeopleStep } from "./PeopleStep";
import { SummaryStep } from "./SummaryStep";
import { lacks, type Setup, useSetup } from "./setup";
import "./wizard.css";

const LabelsStep = lazy(() => import("./LabelsStep").then((m) => ({ default: m.LabelsStep })));
const route = getRouteApi("/shell/projects/new");

const STEPS: readonly { readonly name: StepName; readonly title: string }[] = [
  { name: "data", title: "Data" },
  { name: "labels", title: "Labels" },
  { name: "people", title: "People and quality" },
  { name: "summary", title: "Summary" },
];

export function WizardPage() {
  const me = useMe();
  const { step: asked, view } = route.useSearch();
  const [at, setAt] = useState(0);
  const setup = useSetup(at);
  const { repo, branch, path } = setup.draft;
  // biome-ignore lint/correctness/useExhaustiveDependencies: other data begins with its own first item
  useEffect(() => setAt(0), [repo, branch, path]);
  const step = STEPS.find(({ name }) => name === asked)?.name ?? "data";
  const choosing = step === "labels" && (view === "templates" || setup.draft.template === "");
  const body = useRef<HTMLDivElement>(null);
  const shown = useRef(`${step} ${choosing}`);
  useEffect(() => {
    // Another step is another screen: the keyboard begins at its heading.
    if (shown.current === `${step} ${choosing}`) return;
    shown.current = `${step} ${choosing}`;
    body.current?.querySelector<HTMLElement>("h1")?.focus();
  }, [step, choosing]);
  return (
    <Page crumbs={[{ text: "Projects", to: "/projects" }, { text: "New project" }]} width="flush">
      {mayLead(me) ? (
        <div className="wizard">
          <Steps current={step} setup={setup} />
          <div
            className={`wizard-body${step === "labels" && !choosing ? " full" : ""}`}
            ref={body}
            key={step}
          >
            <Suspense fallback={<Loading label="Opening the step" />}>
              {step === "data" && <DataStep setup={setup} />}
              {choosing && <Gallery setup={setup} />}
              {step === "labels" && !choosing && <LabelsStep setup={setup} at={at} onAt={setAt} />}
              {step === "people" && <PeopleStep setup={setup} />}
              {step === "summary" && <SummaryStep setup={setup} />}
            </Suspense>
          </div>
          {step !== "summary" && <Foot step={step} setup={setup} choosing={choosing} />}
        </div>
      ) : (
        <Empty icon="lock" title="Projects are opened by those who lead them.">
          <p>Ask an administrator for the role of a lead.</p>
        </Empty>
      )}
    </Page>
  );
}

function Steps({ current, setup }: { current: StepName; setup: Setup }) {
  const place = STEPS.findIndex(({ name }) => name === current);
  return (
    <nav className="wizard-steps" aria-label="Steps">
      <ol>
        {STEPS.map(({ name, title }, i) => {
          const lack = lacks(name, setup);
          const done = i < place && lack === null;
          return (
            <li key={name} className={done ? "done" : i < place && lack ? "lacking" : undefined}>
              <Link
                to="/projects/new"
                search={{ step: name }}
                activeOptions={EXACT}
                aria-current={name === current ? "step" : undefined}
                title={i < place && lack ? lack : undefined}
              >
                <span className="wizard-number" aria-hidden="true">
                  {done ? <Icon name="check" /> : i + 1}
                </span>
                <span>{title}</span>
                {i < place && lack && <span className="visually-hidden">({lack})</span>}
              </Link>
            </li>
          );
        })}
      </ol>
    </nav>
  );
}

function Foot({ step, setup, choosing }: { step: StepName; setup: Setup; choosing: boolean }) {
  const place = STEPS.findIndex(({ name }) => name === step);
  const [before, after] = [STEPS[place - 1], STEPS[place + 1]];
  const lack = lacks(step, setup);
  return (
    <footer className="wizard-foot">
      {before ? (
        <Link to="/projects/new" search={{ step: before.name }} className="button">
          Back
        </Link>
      ) : (
        <Link to="/projects" className="button quiet">
          Cancel
        </Link>
      )}
      <span className="grow" />
      {lack && <span className="muted small">{lack}</span>}
      {after && !choosing && (
        <Link to="/projects/new" search={{ step: after.name }} className={`button${lack ? "" : " primary"}`}>
          {lack ? "Go on anyway" : `Next: ${after.title}`}
        </Link>
      )}
    </footer>
  );
}
