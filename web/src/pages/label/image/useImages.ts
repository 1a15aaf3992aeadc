/** The canvas of a task, kept from task to task; pictures of this one and of the next are made ready. */
import { type RefObject, useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import type { Json, Schema } from "../../../api/types";
import type { OutlineAsked } from "../../../api/workbench";
import { ImageView, PictureShelf } from "../../../canvas";
import type { Editor } from "../../../doc";
import type { Size } from "../../../geometry";
import type { ImageShape } from "../../../geometry/shapes";
import { frameDrawn } from "../../../label/afterPaint";
import { regionId } from "../../../label/ids";
import { imagesOf, type TaskImage } from "../../../label/media";
import { type Place, type Session, upcoming } from "../../../label/session";
import type { OutlineFinder } from "../../../tools";
import { say } from "../../../ui/toasts";
import { takeBegun } from "./ahead";

/** The next task is made ready when the one on the screen has been looked at for so long. */
const LOOK_MS = 600;

/** Leaves a mark in the browser's timeline when a task is on the screen: what the wait for it is measured by. */
async function markPainted(view: ImageView): Promise<void> {
  await view.stage.drawn();
  // What was drawn becomes pixels at the end of the frame.
  await frameDrawn();
  performance.mark("recension:task-painted");
}

interface Loaded {
  readonly url: string;
  readonly failure: string | null;
  readonly note: string;
}
const NOTHING: Loaded = { url: "", failure: null, note: "" };

function screenOf(host: HTMLElement | null): Size {
  const dpr = window.devicePixelRatio || 1;
  const [width, height] = [host?.clientWidth || window.innerWidth, host?.clientHeight || window.innerHeight];
  return { width: width * dpr, height: height * dpr };
}

export interface Images {
  readonly host: RefObject<HTMLDivElement | null>;
  readonly view: ImageView | null;
  readonly images: readonly TaskImage[];
  readonly at: number;
  readonly turnTo: (at: number) => void;
  readonly failure: string | null;
  /** What is to be said about how the image is drawn. */
  readonly note: string;
  readonly loading: boolean;
}

/** Asks the server for an outline in an image of a task; null where it finds none. */
export type AskOutline = (task: number, body: OutlineAsked) => Promise<{ shape: Json }>;

export function useImages(
  schema: Schema,
  session: Session,
  place: Place,
  editor: Editor,
  askOutline: AskOutline | null,
  coming: () => Editor | null,
): Images {
  const host = useRef<HTMLDivElement>(null);
  const [view, setView] = useState<ImageView | null>(null);
  const shelf = useMemo(() => takeBegun() ?? new PictureShelf(() => screenOf(host.current)), []);
  const taskKey = `${place.page.id}/${place.task.id}`;
  const [turned, setTurned] = useState({ task: taskKey, at: 0 });
  const at = turned.task === taskKey ? turned.at : 0;
  const [state, setState] = useState<Loaded>(NOTHING);
  const { data, media } = place.task;
  // Not of the task as a whole: that changes with every draft, and the canvas would be shown anew.
  const images = useMemo(() => imagesOf(schema, { data, media }), [schema, data, media]);
  const image = images[at] ?? null;

  const here = useRef({ task: place.task.id, image });
  here.current = { task: place.task.id, image };

  useEffect(() => {
    if (!host.current) return;
    const findOutline: OutlineFinder = async (points) => {
      const { task, image: shown } = here.current;
      if (!askOutline || !shown) throw new Error("There is no image.");
      const { object, item } = shown;
      const { shape } = await askOutline(task, { object, item, points: [...points] });
      return shape as unknown as ImageShape;
    };
    const made = new ImageView(host.current, {
      schema,
      findOutline: askOutline ? findOutline : null,
      newId: regionId,
      say: (text) => say({ tone: "ok", text }),
    });
    setView(made);
    return () => {
      made.close();
      setView(null);
    };
  }, [schema, askOutline]);

  useEffect(() => () => shelf.close(), [shelf]);

  // Before the browser paints: what is ready is on the screen in the same frame as its task.
  useLayoutEffect(() => {
    if (!view || !image) return;
    const ready = shelf.ready(image.media);
    view.show(editor, { object: image.object, item: image.item }, ready);
    if (ready) {
      setState({ url: image.media.url, failure: null, note: ready.note });
      void markPainted(view);
      return;
    }
    let left = false;
    shelf.get(image.media).then(
      (picture) => {
        if (left) return;
        view.setPicture(picture);
        setState({ url: image.media.url, failure: null, note: picture.note });
        void markPainted(view);
      },
      (error: Error) => !left && setState({ url: image.media.url, failure: error.message, note: "" }),
    );
    return () => {
      left = true;
    };
  }, [view, editor, image, shelf]);

  const next = upcoming(session)?.task ?? null;
  useEffect(() => {
    const wanted = [...images, ...(next ? imagesOf(schema, next) : [])].map((each) => each.media);
    // All of this task, and the first few of the next: the rest can wait until it is there.
    shelf.keep(wanted.slice(0, images.length + 3));
  }, [images, next, schema, shelf]);

  useEffect(() => {
    const first = next && !next.schema ? imagesOf(schema, next)[0] : undefined;
    if (!view || !first) return;
    let left = false;
    const looked = new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    Promise.all([shelf.get(first.media), looked]).then(
      ([picture]) => {
        const document = left ? null : coming();
        if (document) view.prepare(document, first, picture);
      },
      // Without it the task is drawn when it is shown.
      () => undefined,
    );
    return () => {
      left = true;
    };
  }, [view, next, schema, shelf, coming]);

  return {
    host,
    view,
    images,
    at,
    turnTo: (to) => setTurned({ task: taskKey, at: Math.max(0, Math.min(images.length - 1, to)) }),
    failure: image && state.url === image.media.url ? state.failure : null,
    note: image && state.url === image.media.url ? state.note : "",
    loading: image !== null && state.url !== image.media.url,
  };
}
