/** One thing to be done to many items: what it needs to know, and what it will come to before it is done. */
import { useQuery } from "@tanstack/react-query";
import { useId, useState } from "react";
import {
  type ActionArgs,
  type ActionPlan,
  type Chosen,
  changeActions,
  readActions,
} from "../../../api/actions";
import { read } from "../../../api/resources";
import { useAction } from "../../../ui/action";
import { FormDialog, TextField } from "../../../ui/FormDialog";
import { count, plural } from "../../../ui/format";
import { type Doing, reasonsOf } from "./actions";

interface Props {
  project: string;
  backends: readonly string[];
  doing: Doing;
  selection: Chosen;
  size: number;
  onBegun: () => void;
  onClose: () => void;
}

export function ActionDialog({ project, backends, doing, selection, size, onBegun, onClose }: Props) {
  const [id] = useState(() => crypto.randomUUID());
  const [args, setArgs] = useState<ActionArgs>(() => first(doing, backends));
  const ready = doing.asks.every((name) => name === "least" || Boolean(args[name]));
  const planned = { action: doing.name, args, selection };
  const plan = useQuery(readActions.plan(project, ready ? planned : null));
  const begin = useAction(() => changeActions.begin(project, id, planned), {
    touches: ["project"],
    after: () => {
      onBegun();
      onClose();
    },
  });
  const set = (name: string, value: string | number) => setArgs((before) => ({ ...before, [name]: value }));
  return (
    <FormDialog
      title={`${doing.title} ${plural(size, "item")}`}
      doing={doing.button}
      tone={doing.danger ? "danger" : "primary"}
      ready={ready && (plan.data?.changes ?? 0) > 0}
      busy={begin.isPending}
      onSubmit={() => begin.mutate(undefined)}
      onClose={onClose}
    >
      <p className="muted">{doing.about}</p>
      {doing.asks.includes("priority") && (
        <Choice
          label="Priority"
          value={String(args.priority)}
          values={["high", "normal", "low"]}
          onChange={(value) => set("priority", value)}
        />
      )}
      {doing.asks.includes("worker") && (
        <Worker
          project={project}
          value={String(args.worker ?? "")}
          onChange={(name) => set("worker", name)}
        />
      )}
      {doing.asks.includes("backend") && (
        <Choice
          label="Backend"
          value={String(args.backend ?? "")}
          values={backends}
          onChange={(value) => set("backend", value)}
        />
      )}
      {doing.asks.includes("least") && <Sureness project={project} args={args} onChange={setArgs} />}
      <Plan plan={plan.data} problem={plan.error} ready={ready} />
    </FormDialog>
  );
}

function first(doing: Doing, backends: readonly string[]): ActionArgs {
  if (doing.name === "priority") return { priority: "high" };
  if (doing.name === "predict") return backends[0] ? { backend: backends[0] } : {};
  return doing.name === "accept-suggestions" ? { least: 0.9 } : {};
}

interface PlanProps {
  plan: ActionPlan | undefined;
  problem: Error | null;
  ready: boolean;
}

/** Said in one place as it changes, so that those who hear the screen hear it. */
function Plan({ plan, problem, ready }: PlanProps) {
  return (
    <div role="status" className="plan">
      {problem ? (
        <p className="tone-warn">{problem.message}</p>
      ) : plan ? (
        <>
          <p>
            <strong>{plural(plan.changes, "task")}</strong> of {count(plan.looked_at)} will change
            {plan.looked_at < plan.tasks && `, of the first looked at; ${plural(plan.tasks, "task")} in all`}.
          </p>
          {reasonsOf(plan.left_alone).map((why) => (
            <p key={why} className="muted small">
              Left alone, {why}
            </p>
          ))}
        </>
      ) : (
        <p className="muted">
          {ready ? "Looking at what will change…" : "Say more to see what will change."}
        </p>
      )}
    </div>
  );
}

interface ChoiceProps {
  label: string;
  value: string;
  values: readonly string[];
  onChange: (value: string) => void;
}

const Choice = ({ label, value, values, onChange }: ChoiceProps) => (
  <label className="field">
    <span className="label">{label}</span>
    <select className="select" value={value} onChange={(event) => onChange(event.target.value)}>
      {values.map((each) => (
        <option key={each} value={each}>
          {each}
        </option>
      ))}
    </select>
  </label>
);

interface WorkerProps {
  project: string;
  value: string;
  onChange: (name: string) => void;
}

function Worker({ project, value, onChange }: WorkerProps) {
  const list = useId();
  const workers = useQuery(read.workers(project));
  return (
    <>
      <TextField label="Person" value={value} onChange={onChange} code list={list} />
      <datalist id={list}>
        {workers.data?.map(({ name }) => (
          <option key={name} value={name} />
        ))}
      </datalist>
    </>
  );
}

interface SurenessProps {
  project: string;
  args: ActionArgs;
  onChange: (args: ActionArgs) => void;
}

function Sureness({ project, args, onChange }: SurenessProps) {
  const models = useQuery(readActions.models(project));
  const least = Number(args.least ?? 0);
  const named = JSON.stringify([args.model ?? "", args.version ?? ""]);
  const choose = (text: string) => {
    const [model, version] = JSON.parse(text) as [string, string];
    onChange({ least, ...(model ? { model } : {}), ...(version ? { version } : {}) });
  };
  return (
    <>
      <label className="field">
        <span className="label">At least this sure: {Math.round(least * 100)} %</span>
        <input
          type="range"
          min={0}
          max={100}
          value={Math.round(least * 100)}
          onChange={(event) => onChange({ ...args, least: Number(event.target.value) / 100 })}
        />
      </label>
      <label className="field">
        <span className="label">Model</span>
        <select className="select" value={named} onChange={(event) => choose(event.target.value)}>
          <option value={JSON.stringify(["", ""])}>whichever spoke last</option>
          {models.data?.map(({ model, version }) => (
            <option key={`${model} ${version}`} value={JSON.stringify([model, version])}>
              {`${model} ${version}`.trim()}
            </option>
          ))}
        </select>
      </label>
    </>
  );
}
