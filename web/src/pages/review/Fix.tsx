/** A task in a reviewer's own hands: the workbench itself, whose answer becomes the decision. */
import { useEffect, useState } from "react";
import type { AnswerReceipt, Fields, ReviewTask, Schema, WorkbenchView } from "../../api/types";
import { type WorkbenchApi, workbenchApi } from "../../api/workbench";
import { newId } from "../../label/ids";
import { forgetfulStorage } from "../../label/storage";
import { Workbench } from "../../label/workbench";
import { Loading } from "../../ui/parts";
import { sayError } from "../../ui/toasts";
import { Bench } from "../label/Bench";

interface Props {
  project: string;
  title: string;
  guideline: string;
  task: ReviewTask;
  schema: Schema;
  /** What the work begins with. */
  draft: Fields;
  decide: (fields: Fields) => Promise<unknown>;
  onClose: () => void;
}

export function Fix(props: Props) {
  const { project, decide, onClose } = props;
  const [workbench, setWorkbench] = useState<Workbench | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: begun once; what it begins with does not change under way
  useEffect(() => {
    const made = new Workbench({
      api: bench(viewOf(props), decide, onClose),
      storage: forgetfulStorage(),
      user: "review",
      project,
      newId,
      now: () => performance.now(),
      wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
      notify: sayError,
    });
    setWorkbench(made);
    void made.open();
    return () => made.close(false);
  }, []);
  return (
    <div className="review-fix">
      {workbench ? (
        <Bench workbench={workbench} project={project} onLeave={onClose} />
      ) : (
        <Loading label="Opening the editor" />
      )}
    </div>
  );
}

const MEMBER = { state: "working", reason: "" } as const;
const NOTHING = { amount: "0", currency: "" };

/** A workbench of one page with this one task, begun with what somebody answered. */
function viewOf({ title, guideline, task, schema, draft }: Props): WorkbenchView {
  const { id, data, media } = task;
  const shown = { id, position: 0, data, media, draft, draft_ms: null, answer: null, skipped: false };
  return {
    title,
    state: "open",
    guideline,
    schema,
    membership: MEMBER,
    progress: { answered: 0, pages: 0, earned: NOTHING },
    open_pages: [
      {
        id: 1,
        kind: "work",
        due: null,
        clock_started: true,
        reward: NOTHING,
        tasks: [{ ...shown, schema: null, predictions: [], returned: null }],
      },
    ],
  } as WorkbenchView;
}

/** What the workbench takes for a server: an answer decides, a skip gives up. */
function bench(
  view: WorkbenchView,
  decide: (fields: Fields) => Promise<unknown>,
  onClose: () => void,
): WorkbenchApi {
  const receipt: AnswerReceipt = {
    seq: 0,
    page_done: true,
    correct: null,
    expected: null,
    hint: null,
    membership: MEMBER,
    earned: NOTHING,
  };
  return {
    ...workbenchApi,
    view: async () => view,
    nextPage: async () => ({ page: null, reason: "wait", membership: MEMBER }),
    answer: async (_, { fields }) => {
      await decide(fields);
      onClose();
      return receipt;
    },
    skip: async () => {
      onClose();
      return receipt;
    },
    undo: async () => {
      throw new Error("There is nothing to take back yet.");
    },
    draft: async () => undefined,
    release: async () => undefined,
  };
}
