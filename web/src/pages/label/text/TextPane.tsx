/** One text with its spans, and the arcs of relations above it. */
import { useEffect, useRef } from "react";
import type { Json, ObjectTag } from "../../../api/types";
import type { Editor, Region } from "../../../doc";
import { afterPaint } from "../../../label/afterPaint";
import { ArcLayer, type Look, TextView } from "../../../text";
import type { TextDesk } from "./desk";

interface Props {
  desk: TextDesk;
  editor: Editor;
  object: ObjectTag;
  value: Json | undefined;
  lookOf: (region: Region) => Look;
}

export function TextPane({ desk, editor, object, value, lookOf }: Props) {
  const host = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!host.current) return;
    const view = new TextView(host.current, {
      editor,
      object,
      value,
      lookOf,
      isHere: (region) => desk.isIn(region, object),
      onChoose: (id, adds) => desk.choose(id, adds),
    });
    const detach = desk.attach(object, view);
    const arcs =
      host.current.parentElement &&
      new ArcLayer(host.current.parentElement, view, {
        editor,
        lookOf: desk.relationLook,
        onChoose: (relation) => desk.chooseRelation(relation),
      });
    void afterPaint().then(() => performance.mark("recension:task-painted"));
    return () => {
      arcs?.destroy();
      detach();
      view.destroy();
    };
  }, [desk, editor, object, value, lookOf]);
  return (
    <section className="text-block" aria-label={object.title || object.name}>
      {object.title && <h2 className="caps">{object.title}</h2>}
      <div
        ref={host}
        className={`text-host ${object.kind}`}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: arrows select text in it
        tabIndex={0}
        role="document"
        aria-label={`Text to mark: ${object.title || object.name}`}
        onMouseUp={() => desk.marked(object)}
      />
    </section>
  );
}
