/** Saved questions as tabs; who leads may save what is on the screen, or delete a view. */
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { type Asked, changeViews, type TableView } from "../../../api/table";
import { mayLead } from "../../../shell/access";
import { useMe } from "../../../shell/me";
import { useAction } from "../../../ui/action";
import { FormDialog, TextField } from "../../../ui/FormDialog";
import { Icon } from "../../../ui/Icon";
import { EXACT } from "../../../ui/links";

interface Props {
  project: string;
  views: readonly TableView[];
  current: string;
  /** The screen asks something else than the current view. */
  changed: boolean;
  asked: Asked;
  onView: (name: string) => void;
}

const STATUSES = ["open", "settled", "stale", "excluded"] as const;

export function Views({ project, views, current, changed, asked, onView }: Props) {
  const me = useMe();
  const [saving, setSaving] = useState(false);
  const [name, setName] = useState("");
  const touches = ["project"];
  const save = useAction(() => changeViews.save(project, name.trim(), asked), {
    touches,
    said: "View saved for everybody",
    after: () => {
      setSaving(false);
      onView(name.trim());
    },
  });
  const remove = useAction(() => changeViews.delete(project, current), {
    touches,
    said: "View deleted",
    after: () => onView(""),
  });
  const known = views.some((view) => view.name === current);
  return (
    <div className="row wrap">
      <nav className="segments" aria-label="Views">
        <ViewLink project={project} search={{}} active={!current && !changed} text="all" />
        {STATUSES.map((status) => (
          <ViewLink
            key={status}
            project={project}
            search={{ status }}
            active={current === `status ${status}` && !changed}
            text={status}
          />
        ))}
        {views.map((view) => (
          <ViewLink
            key={view.name}
            project={project}
            search={{ view: view.name }}
            active={current === view.name}
            text={view.name + (current === view.name && changed ? " *" : "")}
          />
        ))}
      </nav>
      {mayLead(me) && changed && (
        <button
          type="button"
          className="button quiet"
          onClick={() => {
            setName(known ? current : "");
            setSaving(true);
          }}
        >
          <Icon name="plus" />
          Save view
        </button>
      )}
      {mayLead(me) && known && (
        <button
          type="button"
          className="button quiet icon-only"
          aria-label={`Delete the view ${current}`}
          title="Delete this view"
          disabled={remove.isPending}
          onClick={() => remove.mutate()}
        >
          <Icon name="trash" />
        </button>
      )}
      {saving && (
        <FormDialog
          title="Save this view"
          doing={views.some((view) => view.name === name.trim()) ? "Replace" : "Save"}
          ready={name.trim() !== ""}
          busy={save.isPending}
          onSubmit={() => save.mutate()}
          onClose={() => setSaving(false)}
        >
          <TextField label="Name" value={name} onChange={setName} placeholder="Little agreement" />
        </FormDialog>
      )}
    </div>
  );
}

interface ViewLinkProps {
  project: string;
  search: { status?: string; view?: string };
  active: boolean;
  text: string;
}

function ViewLink({ project, search, active, text }: ViewLinkProps) {
  return (
    <Link
      to="/p/$project"
      params={{ project }}
      search={{ tab: "tasks", ...search }}
      activeOptions={EXACT}
      aria-current={active ? "page" : undefined}
    >
      {text}
    </Link>
  );
}
