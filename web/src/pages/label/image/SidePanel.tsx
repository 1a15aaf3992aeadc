/** Everything about the regions, beside the canvas: labels, the list, questions, relations, light, and what was done. */
import { type ReactNode, type RefObject, useSyncExternalStore } from "react";
import type { ImageView } from "../../../canvas";
import type { Editor } from "../../../doc";
import type { CommandName } from "../../../label/keymap";
import type { Place } from "../../../label/session";
import type { Snapshot, Workbench } from "../../../label/workbench";
import { FieldView } from "../TaskView";
import { Attributes } from "./Attributes";
import { Labels } from "./Labels";
import { Regions } from "./Regions";
import { Relations } from "./Relations";
import { Steps } from "./Steps";

export interface Light {
  readonly brightness: number;
  readonly contrast: number;
}

interface Props {
  workbench: Workbench;
  snapshot: Snapshot;
  place: Place;
  editor: Editor;
  view: ImageView | null;
  labelSearch: RefObject<HTMLInputElement | null>;
  light: Light;
  onLight: (light: Light) => void;
  onCommand: (name: CommandName) => void;
}

export function SidePanel(props: Props) {
  const { workbench, snapshot, place, editor, view, onCommand } = props;
  const { schema, gaps } = snapshot;
  const { doc, selection, history } = useSyncExternalStore(editor.subscribe, editor.getState);
  const asked = schema.fields.filter(
    (field) => !field.per_region && field.kind !== "regions" && field.kind !== "relations",
  );
  const verdict = typeof place.task.check === "object" ? place.task.check : null;
  return (
    <aside className="side" aria-label="Regions and answers">
      {view && (
        <Labels
          schema={schema}
          bindings={snapshot.bindings}
          view={view}
          editor={editor}
          search={props.labelSearch}
        />
      )}
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
      {view && <Regions schema={schema} view={view} editor={editor} onCommand={onCommand} />}
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
      {doc.relations.length > 0 && view && (
        <Section title={`Relations · ${doc.relations.length}`} open>
          <Relations doc={doc} schema={schema} editor={editor} view={view} />
        </Section>
      )}
      <Section title="Image">
        <LightPanel light={props.light} onLight={props.onLight} />
      </Section>
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

function LightPanel({ light, onLight }: { light: Light; onLight: (light: Light) => void }) {
  const slider = (name: keyof Light, title: string) => (
    <label className="slider">
      <span>{title}</span>
      <input
        type="range"
        min={0.3}
        max={3}
        step={0.05}
        value={light[name]}
        onChange={(event) => onLight({ ...light, [name]: event.target.valueAsNumber })}
      />
      <span className="figure">{Math.round(light[name] * 100)} %</span>
    </label>
  );
  return (
    <>
      {slider("brightness", "Brightness")}
      {slider("contrast", "Contrast")}
      <button
        type="button"
        className="button small"
        disabled={light.brightness === 1 && light.contrast === 1}
        onClick={() => onLight({ brightness: 1, contrast: 1 })}
      >
        As it is
      </button>
    </>
  );
}
