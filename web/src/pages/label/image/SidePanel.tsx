/** Everything about the regions, beside what they mark: labels, the list, questions, relations, and what was done. */
import type { ReactNode } from "react";
import { type Editor, isAsked } from "../../../doc";
import type { CommandName } from "../../../label/keymap";
import type { RegionHost } from "../../../label/port";
import type { Place } from "../../../label/session";
import type { Snapshot, Workbench } from "../../../label/workbench";
import { selected } from "../../../tools/tool";
import { FieldView } from "../TaskView";
import { Attributes } from "./Attributes";
import { Regions } from "./Regions";
import { Relations } from "./Relations";
import { Steps } from "./Steps";
import { useEditorLater } from "./useEditor";

interface Props {
  workbench: Workbench;
  snapshot: Snapshot;
  place: Place;
  editor: Editor;
  /** The view that shows the regions; null while it is opening. */
  host: RegionHost | null;
  /** Which part of the object is shown, where it has several. */
  part?: string | undefined;
  labels: ReactNode;
  onCommand: (name: CommandName) => void;
  /** What the view has to set. */
  children?: ReactNode;
}

export function SidePanel(props: Props) {
  const { workbench, snapshot, place, editor, host, labels, onCommand } = props;
  const { schema, gaps } = snapshot;
  const { doc, selection, history } = useEditorLater(editor);
  const asked = schema.fields.filter(
    (field) =>
      !field.per_region &&
      field.kind !== "regions" &&
      field.kind !== "relations" &&
      [null, ...selected(editor)].some((region) => isAsked(field, doc, region)),
  );
  const verdict = typeof place.task.check === "object" ? place.task.check : null;
  return (
    <aside className="side" aria-label="Regions and answers">
      {labels}
      {gaps.length > 0 && (
        <div className="side-gaps" role="alert">
          {gaps.map((gap) => (
            <button
              key={`${gap.field} ${gap.text}`}
              type="button"
              className="gap-line"
              disabled={gap.regions.length === 0}
              onClick={() => editor.select(gap.regions)}
            >
              {gap.text}
              {gap.regions.length > 0 && ` (${gap.regions.length})`}
            </button>
          ))}
        </div>
      )}
      {host && (
        <Regions schema={schema} view={host} part={props.part} editor={editor} onCommand={onCommand} />
      )}
      {selection.size > 0 && <Attributes schema={schema} editor={editor} bindings={snapshot.bindings} />}
      {asked.length > 0 && (
        <Section title="Questions" open>
          <div className="asked">
            {asked.map((field) => (
              <FieldView
                key={field.name}
                workbench={workbench}
                snapshot={snapshot}
                task={place.task}
                field={field}
                verdict={verdict}
              />
            ))}
          </div>
        </Section>
      )}
      {doc.relations.length > 0 && host && (
        <Section title={`Relations · ${doc.relations.length}`} open>
          <Relations doc={doc} schema={schema} editor={editor} view={host} part={props.part} />
        </Section>
      )}
      {props.children}
      <Section title={`History · ${history.steps.length}`}>
        <Steps editor={editor} history={history} />
      </Section>
    </aside>
  );
}

export function Section({
  title,
  open = false,
  children,
}: {
  title: string;
  open?: boolean;
  children: ReactNode;
}) {
  return (
    <details className="side-section" open={open}>
      <summary>{title}</summary>
      <div className="side-body">{children}</div>
    </details>
  );
}
