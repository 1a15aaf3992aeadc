/** The workbench of texts: what is to be marked, and everything about the spans beside it. */
import { type RefObject, useLayoutEffect, useMemo, useRef, useSyncExternalStore } from "react";
import type { Schema } from "../../../api/types";
import { looksOf } from "../../../canvas/looks";
import type { Editor } from "../../../doc";
import { regionsBefore } from "../../../label/begun";
import type { Binding } from "../../../label/hotkeys";
import { regionId } from "../../../label/ids";
import type { ViewPort } from "../../../label/port";
import type { Place } from "../../../label/session";
import { markedTexts, shownValue, spanFields } from "../../../label/texts";
import type { Snapshot, Workbench } from "../../../label/workbench";
import { say } from "../../../ui/toasts";
import { answerOfSelection } from "../image/answers";
import { Labels } from "../image/Labels";
import { focusRelation } from "../image/Relations";
import { SidePanel } from "../image/SidePanel";
import { Shown } from "../judge/Shown";
import { TextDesk } from "./desk";
import { TextPane } from "./TextPane";
import "../image/image.css";
import "./text.css";

interface Props {
  workbench: Workbench;
  snapshot: Snapshot;
  place: Place;
  editor: Editor;
  port: RefObject<ViewPort | null>;
  project: string;
}

export function TextBench({ workbench, snapshot, place, editor, port }: Props) {
  const { schema } = snapshot;
  const labelSearch = useRef<HTMLInputElement>(null);
  const lookOf = useMemo(() => looksOf(schema), [schema]);
  const desk = useMemo(
    () =>
      new TextDesk({
        editor,
        schema,
        newId: regionId,
        previous: () => regionsBefore(workbench.getSnapshot().session.undo, schema),
        say: (text) => say({ tone: "ok", text }),
        findLabel: () => labelSearch.current?.focus(),
        showRelation: focusRelation,
        answer: (field, value) => answerOfSelection(editor, field, value),
      }),
    [editor, schema, workbench],
  );
  // Before anybody can press a key: one that finds no view is meant for the task as a whole.
  useLayoutEffect(() => {
    port.current = desk.port;
    return () => {
      port.current = null;
    };
  }, [desk, port]);

  // The lists say what spans hold, which is known when the texts are there.
  useSyncExternalStore(desk.subscribe, () => desk.getState().texts);
  const marked = markedTexts(schema);
  return (
    <div className="text-bench">
      <div className="text-pane" key={place.task.id}>
        <Relating desk={desk} />
        {schema.objects.map((object) =>
          marked.includes(object) ? (
            <TextPane
              key={`${place.task.id} ${object.name}`}
              desk={desk}
              editor={editor}
              object={object}
              value={shownValue(object, place.task.data)}
              lookOf={lookOf}
            />
          ) : (
            <Shown
              key={`${object.kind} ${object.name} ${object.field} ${object.text}`}
              object={object}
              task={place.task}
              titled={schema.objects.length > 1}
            />
          ),
        )}
      </div>
      <SidePanel
        workbench={workbench}
        snapshot={snapshot}
        place={place}
        editor={editor}
        host={desk}
        labels={
          <LiveLabels
            desk={desk}
            schema={schema}
            editor={editor}
            bindings={snapshot.bindings}
            search={labelSearch}
          />
        }
        onCommand={(name) => desk.port.run(name)}
      />
    </div>
  );
}

function Relating({ desk }: { desk: TextDesk }) {
  const { relating } = useSyncExternalStore(desk.subscribe, desk.getState);
  if (relating === false) return null;
  return (
    <p className="notice" role="status">
      {relating === null ? "Choose the first of the two." : "Choose what it is related to."} Esc gives up.
    </p>
  );
}

function LiveLabels({
  desk,
  schema,
  editor,
  bindings,
  search,
}: {
  desk: TextDesk;
  schema: Schema;
  editor: Editor;
  bindings: readonly Binding[];
  search: RefObject<HTMLInputElement | null>;
}) {
  const { sticky } = useSyncExternalStore(desk.subscribe, desk.getState);
  return (
    <Labels
      fields={spanFields(schema)}
      bindings={bindings}
      editor={editor}
      search={search}
      sticky={sticky}
      onTake={(field, value) => desk.take(field, value)}
    />
  );
}
