/** What was done, step by step: a press goes back to that state, or forward again. */
import { commands, type Editor, type History } from "../../../doc";

const SHOWN = 40;

export function Steps({ editor, history }: { editor: Editor; history: History }) {
  const { steps, cursor } = history;
  const first = Math.max(0, steps.length - SHOWN);
  const shown = steps
    .slice(first)
    .map((step, i) => ({ at: first + i + 1, text: commands.described(step.edit) }));
  return (
    <>
      <div className="row tight">
        <button
          type="button"
          className="button small"
          disabled={!editor.canUndo}
          onClick={() => editor.undo()}
        >
          Undo
        </button>
        <button
          type="button"
          className="button small"
          disabled={!editor.canRedo}
          onClick={() => editor.redo()}
        >
          Redo
        </button>
      </div>
      <ol className="steps-done">
        {shown.reverse().map(({ at, text }) => (
          <li key={at}>
            <button
              type="button"
              className={`button quiet small clip${at > cursor ? " muted" : ""}`}
              aria-current={at === cursor ? "step" : undefined}
              onClick={() => editor.jump(at)}
            >
              {text}
            </button>
          </li>
        ))}
        <li>
          <button
            type="button"
            className="button quiet small"
            aria-current={cursor === 0 ? "step" : undefined}
            onClick={() => editor.jump(0)}
          >
            As it was opened
          </button>
        </li>
      </ol>
    </>
  );
}
