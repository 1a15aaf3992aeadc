/** What is under somebody's hands, for what stands beside the canvas or the text. */
import { useMemo, useSyncExternalStore } from "react";
import type { Editor, EditorState } from "../../../doc";
import { afterPaint } from "../../../label/afterPaint";

type Subscribe = Editor["subscribe"];

/** The state of the editor, one frame late: a list of a thousand regions must not keep a key from being drawn. */
export function useEditorLater(editor: Editor): EditorState {
  const subscribe = useMemo(() => afterFrames(editor.subscribe), [editor]);
  return useSyncExternalStore(subscribe, editor.getState);
}

/** Tells its listeners of changes once a frame, when the frame is drawn. */
const afterFrames =
  (subscribe: Subscribe): Subscribe =>
  (listener) => {
    let due = false;
    let left = false;
    const leave = subscribe(() => {
      if (due) return;
      due = true;
      void afterPaint().then(() => {
        due = false;
        if (!left) listener();
      });
    });
    return () => {
      left = true;
      leave();
    };
  };
