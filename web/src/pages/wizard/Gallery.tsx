/** Templates for common jobs, each shown by its own sample with an answer to it; those that fit the data come first. */
import { useNavigate } from "@tanstack/react-router";
import type { FoundData, Template } from "../../api/projectDrafts";
import { Icon } from "../../ui/Icon";
import { Loading } from "../../ui/parts";
import { changeDraft, OWN } from "./draft";
import type { Setup } from "./setup";
import { Thumb } from "./Thumb";

export function Gallery({ setup }: { setup: Setup }) {
  const { templates, found, draft } = setup;
  const navigate = useNavigate();
  const take = (template: string) => {
    changeDraft({ template, columns: {} });
    void navigate({ to: "/projects/new", search: { step: "labels" } });
  };
  if (templates.length === 0) return <Loading lines={6} label="Fetching the templates" />;
  return (
    <>
      <header className="wizard-head">
        <h1 tabIndex={-1}>What is asked about each item?</h1>
        <p className="muted">Begin with what comes nearest. Everything can be changed after that.</p>
      </header>
      {groupsOf(templates, found).map(([group, members]) => (
        <section key={group} className="stack" aria-label={group}>
          <h2>{group}</h2>
          <ul className="wizard-gallery">
            {members.map((template) => (
              <li key={template.name}>
                <button
                  type="button"
                  className="wizard-card"
                  aria-pressed={draft.template === template.name}
                  onClick={() => take(template.name)}
                >
                  <Thumb template={template} />
                  <span className="wizard-card-text">
                    <strong>{template.title}</strong>
                    <span className="muted small">{template.about}</span>
                  </span>
                </button>
              </li>
            ))}
          </ul>
        </section>
      ))}
      <section className="stack" aria-label="Your own">
        <h2>Your own</h2>
        <ul className="wizard-gallery">
          <li>
            <button
              type="button"
              className="wizard-card"
              aria-pressed={draft.template === OWN}
              onClick={() => take(OWN)}
            >
              <span className="thumb">
                <Icon name="plus" />
              </span>
              <span className="wizard-card-text">
                <strong>A config of your own</strong>
                <span className="muted small">Write or paste Label Studio's XML, or our own YAML.</span>
              </span>
            </button>
          </li>
        </ul>
      </section>
    </>
  );
}

/** The groups in their order, but first the one for what was found. */
function groupsOf(templates: readonly Template[], found: FoundData | null): [string, Template[]][] {
  const groups = new Map<string, Template[]>();
  for (const each of templates) groups.set(each.group, [...(groups.get(each.group) ?? []), each]);
  const pictures =
    found?.first.some(({ type }) => type.startsWith("image/")) ||
    found?.columns.some(({ kind }) => kind === "image");
  const first = found === null || pictures ? "Images" : "Text";
  return [...groups].sort(([a], [b]) => Number(b === first) - Number(a === first));
}
