/** The workbench of images: tools, canvas, and everything about the regions beside it. */
import {
  type RefObject,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
  useSyncExternalStore,
} from "react";
import type { Schema } from "../../../api/types";
import { outlineOf } from "../../../api/workbench";
import type { ImageView } from "../../../canvas";
import type { Editor } from "../../../doc";
import { regionsBefore } from "../../../label/begun";
import type { Binding } from "../../../label/hotkeys";
import { regionId } from "../../../label/ids";
import type { ViewPort } from "../../../label/port";
import type { Place } from "../../../label/session";
import type { Snapshot, Workbench } from "../../../label/workbench";
import { regionFields, type ToolName, toolsFor } from "../../../tools";
import { say } from "../../../ui/toasts";
import { answerOfSelection } from "./answers";
import { CanvasPane } from "./CanvasPane";
import { arrow, chooseLabel, type ImageCommandPorts, runImageCommand } from "./commands";
import { Labels } from "./Labels";
import { LightPanel } from "./LightPanel";
import { NudgePad } from "./NudgePad";
import { Section, SidePanel } from "./SidePanel";
import { ToolBar } from "./ToolBar";
import { type AskOutline, useImages } from "./useImages";
import "./image.css";

export { begin } from "./ahead";

const nothing = () => () => undefined;

interface Props {
  workbench: Workbench;
  snapshot: Snapshot;
  place: Place;
  editor: Editor;
  port: RefObject<ViewPort | null>;
  project: string;
}

export function ImageBench({ workbench, snapshot, place, editor, port, project }: Props) {
  const { schema, session } = snapshot;
  const askOutline = useMemo<AskOutline | null>(
    () => (session.findsOutlines ? (task, body) => outlineOf(project, task, body) : null),
    [session.findsOutlines, project],
  );
  const images = useImages(schema, session, place, editor, askOutline, workbench.upcoming);
  const { view, turnTo, at } = images;
  const tools = useMemo(() => toolsFor(schema, askOutline !== null), [schema, askOutline]);
  const part = useSyncExternalStore(view?.subscribe ?? nothing, () => view?.part);
  const labelSearch = useRef<HTMLInputElement>(null);
  const [light, setLight] = useState({ brightness: 1, contrast: 1 });

  // Before anybody can press a key: one that finds no view is meant for the task as a whole.
  useLayoutEffect(() => {
    if (!view) return;
    const ports: ImageCommandPorts = {
      previous: () => regionsBefore(workbench.getSnapshot().session.undo, schema),
      newId: regionId,
      say: (text) => say({ tone: "ok", text }),
      findLabel: () => labelSearch.current?.focus(),
      turnImage: (by) => turnTo(at + by),
      tools,
    };
    port.current = portOf(view, workbench, ports);
    return () => {
      port.current = null;
    };
  }, [view, workbench, schema, tools, port, turnTo, at]);

  useEffect(() => view?.stage.setLight(light.brightness, light.contrast), [view, light]);

  const pick = (name: ToolName) => view?.pick(name);
  return (
    <div className="image-bench">
      {view ? <LiveToolBar view={view} tools={tools} onPick={pick} /> : <div className="tools" />}
      <CanvasPane images={images} task={place.task} />
      <SidePanel
        workbench={workbench}
        snapshot={snapshot}
        place={place}
        editor={editor}
        host={view}
        part={part}
        labels={
          view && (
            <LiveLabels
              view={view}
              editor={editor}
              schema={schema}
              bindings={snapshot.bindings}
              search={labelSearch}
            />
          )
        }
        onCommand={(name) => port.current?.run(name)}
      >
        {view && <NudgePad view={view} editor={editor} />}
        <Section title="Image">
          <LightPanel light={light} onLight={setLight} />
        </Section>
      </SidePanel>
    </div>
  );
}

function LiveLabels({
  view,
  editor,
  schema,
  bindings,
  search,
}: {
  view: ImageView;
  editor: Editor;
  schema: Schema;
  bindings: readonly Binding[];
  search: RefObject<HTMLInputElement | null>;
}) {
  const { toolbox } = useSyncExternalStore(view.subscribe, view.getState);
  return (
    <Labels
      fields={regionFields(schema)}
      bindings={bindings}
      editor={editor}
      search={search}
      sticky={toolbox.labels}
      onTake={(field, value) => chooseLabel(view, field, value)}
    />
  );
}

function LiveToolBar({
  view,
  tools,
  onPick,
}: {
  view: ImageView;
  tools: readonly ToolName[];
  onPick: (name: ToolName) => void;
}) {
  const { toolbox } = useSyncExternalStore(view.subscribe, view.getState);
  return (
    <ToolBar
      tools={tools}
      current={toolbox.tool}
      snaps={toolbox.snaps}
      onPick={onPick}
      onSnap={() => view.toolbox.toggleSnap()}
    />
  );
}

const ARROWS: Record<string, readonly [number, number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/** Where arrow keys already mean something. */
const OWN_ARROWS =
  "[role=listbox], [role=slider], [role=radiogroup], [role=tablist], [role=menu], summary, .film";

function portOf(view: ImageView, workbench: Workbench, ports: ImageCommandPorts): ViewPort {
  return {
    choose: (name, value) => {
      const field = workbench.getSnapshot().schema.fields.find((each) => each.name === name);
      if (field?.kind === "regions") {
        chooseLabel(view, field, value);
        return true;
      }
      if (!field?.per_region) return false;
      answerOfSelection(view.editor, field, value);
      return true;
    },
    run: (name) => runImageCommand(view, name, ports),
    press: (event) => {
      const by = ARROWS[event.key];
      if (!by || event.ctrlKey || event.metaKey) return false;
      if (event.target instanceof Element && event.target.closest(OWN_ARROWS)) return false;
      const step = event.shiftKey ? 10 : 1;
      arrow(view, { dx: by[0] * step, dy: by[1] * step, resizes: event.altKey, held: event.repeat });
      return true;
    },
  };
}
