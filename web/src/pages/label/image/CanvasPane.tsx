/** The canvas with what floats over it: zoom, minimap, and the images of a task that has several. */
import { useEffect, useRef, useSyncExternalStore } from "react";
import {
  type ImageView,
  type Media,
  minimapPoint,
  minimapSize,
  paintMinimap,
  tileUrl,
  wholeTile,
} from "../../../canvas";
import type { TaskState } from "../../../label/session";
import { ToolIcon } from "./ToolIcon";
import type { Images } from "./useImages";

export function CanvasPane({ images, task }: { images: Images; task: TaskState }) {
  const { host, view, loading, failure, note } = images;
  return (
    <section className="canvas-pane" aria-label="What is asked about">
      <div
        className="canvas-host"
        ref={host}
        role="application"
        aria-label="Image canvas. Regions are listed beside it."
      />
      {loading && !failure && <p className="canvas-note">Loading the image…</p>}
      {failure && (
        <p className="canvas-note" role="alert">
          {failure}
        </p>
      )}
      {note && (
        <p className="canvas-aside" role="status">
          {note}
        </p>
      )}
      {images.images.length === 0 && <p className="canvas-note">This task has no image.</p>}
      {view && <Zoom view={view} />}
      {view && !loading && <Minimap view={view} images={images} />}
      {images.images.length > 1 && <Film images={images} task={task} />}
    </section>
  );
}

function Zoom({ view }: { view: ImageView }) {
  const { view: shown } = useSyncExternalStore(view.subscribe, view.getState);
  const zoom = (factor: number) => {
    const { width, height } = view.stage.screen;
    view.stage.zoomAt([width / 2, height / 2], factor);
  };
  return (
    <fieldset className="zoom" aria-label="Zoom">
      <button type="button" aria-label="Zoom out" title="Zoom out (−)" onClick={() => zoom(1 / 1.4)}>
        <ToolIcon name="minus" />
      </button>
      <span className="figure">{Math.round(shown.scale * 100)} %</span>
      <button type="button" aria-label="Zoom in" title="Zoom in (+)" onClick={() => zoom(1.4)}>
        <ToolIcon name="plus" />
      </button>
      <button
        type="button"
        aria-label="Fit the image"
        title="Fit the image (F)"
        onClick={() => view.stage.fit()}
      >
        <ToolIcon name="frame" />
      </button>
    </fieldset>
  );
}

/** A click goes there: one press where dragging the image would be many. */
function Minimap({ view, images }: { view: ImageView; images: Images }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const { view: shown, fitted, size } = useSyncExternalStore(view.subscribe, view.getState);
  const { stage } = view;
  const whole =
    shown.scale * size.width <= stage.screen.width && shown.scale * size.height <= stage.screen.height;
  const needed = !fitted && !whole;
  useEffect(() => {
    const { picture } = stage;
    if (needed && canvas.current && picture) paintMinimap(canvas.current, picture, shown, stage.screen);
  });
  if (!needed) return null;
  const { width, height } = minimapSize(size);
  const go = (event: React.PointerEvent<HTMLCanvasElement>) => {
    if (event.buttons === 1) stage.centreOn(minimapPoint(event.currentTarget, event.nativeEvent, size));
  };
  return (
    <canvas
      ref={canvas}
      className="minimap"
      style={{ width, height, bottom: images.images.length > 1 ? 92 : 12 }}
      role="img"
      aria-label="The whole image and the part of it that is shown"
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        go(event);
      }}
      onPointerMove={go}
    />
  );
}

/** A large image as it is seen at its smallest. */
const smallUrl = ({ url, tiles }: Media): string => (tiles ? tileUrl(tiles, wholeTile(tiles)) : url);

function Film({ images, task }: { images: Images; task: TaskState }) {
  return (
    <div className="film" role="tablist" aria-label="Images of this task">
      {images.images.map((image, i) => (
        <button
          key={`${task.id} ${image.object} ${image.item}`}
          type="button"
          role="tab"
          aria-selected={i === images.at}
          aria-label={`Image ${i + 1} of ${images.images.length}`}
          tabIndex={i === images.at ? 0 : -1}
          onClick={() => images.turnTo(i)}
          onKeyDown={(event) => {
            const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
            if (by === undefined) return;
            event.preventDefault();
            images.turnTo(i + by);
            const next =
              by < 0 ? event.currentTarget.previousElementSibling : event.currentTarget.nextElementSibling;
            if (next instanceof HTMLElement) next.focus();
          }}
        >
          <img src={smallUrl(image.media)} alt="" loading="lazy" />
          <span>{i + 1}</span>
        </button>
      ))}
    </div>
  );
}
