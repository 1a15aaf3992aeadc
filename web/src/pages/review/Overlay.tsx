/** Everybody's marks over one another, on one canvas or text, in the colours of those who made them. */
import { useEffect, useMemo, useRef, useState } from "react";
import type { Json, ObjectTag, ReviewTask, Schema } from "../../api/types";
import { ImageView, type Look, PictureShelf } from "../../canvas";
import { Editor, type Region } from "../../doc";
import { drawsOnImages, imagesOf } from "../../label/media";
import type { TaskMedia } from "../../label/session";
import { fieldsOf, markedTexts, marksTexts, shownValue } from "../../label/texts";
import { ArcLayer, TextView } from "../../text";
import { Shown } from "../label/judge/Shown";
import { DECIDED, type Layer, looksOfLayers, overlaid } from "./layers";

interface Props {
  task: ReviewTask;
  schema: Schema;
  /** All layers, so that colours stay, and which of them are shown. */
  layers: readonly Layer[];
  shown: ReadonlySet<string>;
}

export function Overlay({ task, schema, layers, shown }: Props) {
  const editor = useMemo(
    () =>
      new Editor(
        overlaid(
          layers.filter(({ key }) => shown.has(key)),
          schema,
        ),
      ),
    [layers, shown, schema],
  );
  const lookOf = useMemo(() => looksOfLayers(layers, schema), [layers, schema]);
  if (drawsOnImages(schema)) return <Canvas task={task} schema={schema} editor={editor} lookOf={lookOf} />;
  const media = task.media as unknown as TaskMedia;
  const marked = marksTexts(schema) ? markedTexts(schema) : [];
  return (
    <section className="review-text" aria-label="What was asked about">
      {schema.objects.map((object) =>
        marked.includes(object) ? (
          <Text
            key={`${task.id} ${object.name}`}
            object={object}
            value={shownValue(object, task.data)}
            schema={schema}
            editor={editor}
            lookOf={lookOf}
          />
        ) : (
          <Shown
            key={`${object.kind} ${object.name} ${object.field} ${object.text}`}
            object={object}
            task={{ data: task.data, media }}
            titled={schema.objects.length > 1}
          />
        ),
      )}
    </section>
  );
}

interface Marks {
  editor: Editor;
  schema: Schema;
  lookOf: (region: Region) => Look;
}

const nothing = () => undefined;

function Canvas({ task, schema, editor, lookOf }: Marks & { task: ReviewTask }) {
  const host = useRef<HTMLDivElement>(null);
  const [view, setView] = useState<ImageView | null>(null);
  const [at, setAt] = useState(0);
  const [failure, setFailure] = useState<string | null>(null);
  const shelf = useMemo(() => new PictureShelf(), []);
  const images = useMemo(
    () => imagesOf(schema, { data: task.data, media: task.media as unknown as TaskMedia }),
    [schema, task.data, task.media],
  );
  const image = images[Math.min(at, images.length - 1)] ?? null;
  useEffect(() => () => shelf.close(), [shelf]);
  useEffect(() => {
    if (!host.current) return;
    const made = new ImageView(host.current, {
      schema,
      findOutline: null,
      newId: () => "",
      say: nothing,
      lookOf,
    });
    setView(made);
    return () => {
      made.close();
      setView(null);
    };
  }, [schema, lookOf]);
  useEffect(() => {
    if (!view || !image) return;
    let left = false;
    view.show(editor, { object: image.object, item: image.item }, shelf.ready(image.media));
    shelf.get(image.media).then(
      (picture) => {
        if (left) return;
        view.setPicture(picture);
        setFailure(null);
        void view.stage.drawn().then(() => performance.mark("recension:review-painted"));
      },
      (error: Error) => !left && setFailure(error.message),
    );
    return () => {
      left = true;
    };
  }, [view, editor, image, shelf]);
  return (
    <section className="canvas-pane" aria-label="What was asked about">
      <div
        ref={host}
        className="canvas-host"
        role="application"
        aria-label="Image with everybody's regions"
      />
      {failure && (
        <p className="canvas-note" role="alert">
          {failure}
        </p>
      )}
      {images.length === 0 && <p className="canvas-note">This task has no image.</p>}
      {images.length > 1 && (
        <div className="review-turn">
          {images.map((each, i) => (
            <button
              key={each.media.url}
              type="button"
              className="button"
              aria-pressed={i === at}
              onClick={() => setAt(i)}
            >
              {i + 1}
            </button>
          ))}
        </div>
      )}
    </section>
  );
}

function Text({
  object,
  value,
  schema,
  editor,
  lookOf,
}: Marks & { object: ObjectTag; value: Json | undefined }) {
  const host = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!host.current) return;
    const names = new Set(fieldsOf(schema, object).map((field) => field.name));
    const view = new TextView(host.current, {
      editor,
      object,
      value,
      lookOf: (region) => {
        const look = lookOf(region);
        return look.color === DECIDED ? { ...look, color: "var(--text)" } : look;
      },
      isHere: (region) =>
        names.has(region.field) &&
        region.shape.type === "span" &&
        (region.object === "" || region.object === object.name),
      onChoose: nothing,
    });
    const block = host.current.parentElement;
    const arcs =
      block &&
      new ArcLayer(block, view, {
        editor,
        lookOf: ({ labels }) => ({ color: "", name: labels.join(", ") }),
        onChoose: nothing,
      });
    performance.mark("recension:review-painted");
    return () => {
      arcs?.destroy();
      view.destroy();
    };
  }, [object, value, schema, editor, lookOf]);
  return (
    <section className="text-block" aria-label={object.title || object.name}>
      <div ref={host} className={`text-host ${object.kind}`} />
    </section>
  );
}
