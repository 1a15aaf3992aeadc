/** What is picked, what can be done with it, and how that goes on. */
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useState } from "react";
import { type ActionState, type Chosen, changeActions, readActions } from "../../../api/actions";
import { changeViews, type Filter } from "../../../api/table";
import type { Project } from "../../../api/types";
import { mayLead } from "../../../shell/access";
import { useMe } from "../../../shell/me";
import { useAction } from "../../../ui/action";
import { FormDialog, TextField } from "../../../ui/FormDialog";
import { count, plural } from "../../../ui/format";
import { Icon } from "../../../ui/Icon";
import { Menu, type MenuItem } from "../../../ui/Menu";
import { Bar } from "../../../ui/parts";
import { DOINGS, type Doing, nameOf, outcomeOf, reasonsOf } from "./actions";
import { ALL, chosenBy, NONE, type Selection, sizeOf } from "./selection";

const ActionDialog = lazy(() => import("./ActionDialog").then((m) => ({ default: m.ActionDialog })));
const ExportDialog = lazy(() => import("./ExportDialog").then((m) => ({ default: m.ExportDialog })));
/** What a view can name one by one. */
const MOST_NAMED = 1000;

interface Props {
  project: Project;
  filter: Filter | null;
  matched: number;
  /** The table as it is seen. */
  version: string | null;
  selection: Selection;
  onSelect: (selection: Selection) => void;
}

export function ActionBar({ project, filter, matched, version, selection, onSelect }: Props) {
  const lead = mayLead(useMe());
  // What a dialog is about stays what it was when it opened, whatever is answered meanwhile.
  const [meant, setMeant] = useState<{ selection: Chosen; size: number } | null>(null);
  const [doing, setDoing] = useState<Doing | null>(null);
  const [open, setOpen] = useState<"export" | "view" | null>(null);
  const mean = () => setMeant({ selection: chosenBy(selection, filter, version), size });
  const size = sizeOf(selection, matched);
  const backends = backendsOf(project);
  const items: MenuItem[] = DOINGS.filter(({ name }) => name !== "predict" || backends.length > 0).map(
    (each) => ({
      text: each.menu,
      icon: each.icon,
      danger: each.danger ?? false,
      run: () => {
        mean();
        setDoing(each);
      },
    }),
  );
  const named = !selection.all && size <= MOST_NAMED;
  if (size === 0) return null;
  return (
    <section className="row wrap action-bar" aria-label="Selection">
      <strong role="status">{plural(size, "item")} picked</strong>
      {size < matched && (
        <button type="button" className="button quiet" onClick={() => onSelect(ALL)}>
          Pick all {count(matched)}
        </button>
      )}
      <button type="button" className="button quiet" onClick={() => onSelect(NONE)}>
        Pick none
      </button>
      <span className="grow" />
      {lead && (
        <Menu label="Do something with what is picked" items={items} className="button primary">
          Actions <Icon name="down" />
        </Menu>
      )}
      <button
        type="button"
        className="button"
        onClick={() => {
          mean();
          setOpen("export");
        }}
      >
        <Icon name="download" />
        Export
      </button>
      {lead && named && (
        <button type="button" className="button" onClick={() => setOpen("view")}>
          <Icon name="plus" />
          Save as view
        </button>
      )}
      <Suspense>
        {doing && meant && (
          <ActionDialog
            project={project.name}
            backends={backends}
            doing={doing}
            selection={meant.selection}
            size={meant.size}
            onBegun={() => onSelect(NONE)}
            onClose={() => setDoing(null)}
          />
        )}
        {open === "export" && meant && (
          <ExportDialog
            project={project.name}
            selection={meant.selection}
            size={meant.size}
            onClose={() => setOpen(null)}
          />
        )}
      </Suspense>
      {open === "view" && (
        <NameDialog project={project.name} ids={[...selection.ids]} onClose={() => setOpen(null)} />
      )}
    </section>
  );
}

/** The models that the project's document names. */
function backendsOf(project: Project): string[] {
  const found = (project.spec as { backends?: readonly { name?: unknown }[] } | undefined)?.backends;
  return (found ?? []).map(({ name }) => String(name));
}

function NameDialog({
  project,
  ids,
  onClose,
}: {
  project: string;
  ids: readonly string[];
  onClose: () => void;
}) {
  const [name, setName] = useState("");
  const filter = { field: "item_id", op: "in", value: ids };
  const save = useAction(() => changeViews.save(project, name.trim(), { filter, sort: [], columns: [] }), {
    touches: ["project"],
    said: "Saved",
    after: onClose,
  });
  return (
    <FormDialog
      title={`Save ${plural(ids.length, "item")} as a view`}
      doing="Save"
      ready={name.trim() !== ""}
      busy={save.isPending}
      onSubmit={() => save.mutate(undefined)}
      onClose={onClose}
    >
      <TextField label="Name" value={name} onChange={setName} placeholder="To talk about" />
      <p className="muted small">It shows just these items, to everybody.</p>
    </FormDialog>
  );
}

/** Actions that are running, and the one that ended last until somebody has seen it; of one kind, where it is named. */
export function Ongoing({ project, only }: { project: string; only?: string }) {
  const lead = mayLead(useMe());
  const actions = useQuery(readActions.all(project));
  const [seen, setSeen] = useState<ReadonlySet<string>>(new Set());
  const [since] = useState(() => Date.now());
  const all = (actions.data ?? []).filter(
    ({ action, args }) => !only || action === only || args.action === only,
  );
  const last = all[0];
  const fresh = last && last.state !== "running" && Date.parse(last.ended ?? "") > since - 60_000;
  const shown = [
    ...all.filter((each) => each.state === "running"),
    ...(fresh && !seen.has(last.id) ? [last] : []),
  ];
  return (
    <>
      {shown.slice(0, 3).map((each) => (
        <Going
          key={each.id}
          project={project}
          action={each}
          lead={lead}
          onSeen={() => setSeen((before) => new Set(before).add(each.id))}
        />
      ))}
    </>
  );
}

interface GoingProps {
  project: string;
  action: ActionState;
  lead: boolean;
  onSeen: () => void;
}

function Going({ project, action, lead, onSeen }: GoingProps) {
  const runs = action.state === "running";
  const options = { touches: ["project"] };
  const cancel = useAction(() => changeActions.cancel(project, action.id), options);
  const undo = useAction(() => changeActions.undo(project, action.id, crypto.randomUUID()), options);
  const reasons = reasonsOf(action.left_alone);
  return (
    <section className="panel going" aria-label={nameOf(action)}>
      <div className="row wrap">
        <strong>{nameOf(action)}</strong>
        <span className={action.state === "failed" ? "tone-error" : "muted"} role="status">
          {action.problem || outcomeOf(action)}
        </span>
        {runs && (
          <span className="going-bar">
            <Bar value={action.done} total={action.total} label={nameOf(action)} />
          </span>
        )}
        <span className="grow" />
        {lead && runs && (
          <button
            type="button"
            className="button"
            disabled={cancel.isPending}
            onClick={() => cancel.mutate(undefined)}
          >
            Cancel
          </button>
        )}
        {lead && action.undoable && action.changed > 0 && (
          <button
            type="button"
            className="button"
            disabled={undo.isPending}
            onClick={() => undo.mutate(undefined)}
          >
            <Icon name="undo" />
            Undo
          </button>
        )}
        {!runs && (
          <button type="button" className="button quiet icon-only" aria-label="Dismiss" onClick={onSeen}>
            <Icon name="close" />
          </button>
        )}
      </div>
      {!runs && reasons.length > 0 && <p className="muted small">Left alone, {reasons.join("; ")}</p>}
    </section>
  );
}
