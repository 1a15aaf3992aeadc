/** Labels of the picked items as a file. */
import { useState } from "react";
import { type Chosen, exportLabels } from "../../../api/actions";
import { useAction } from "../../../ui/action";
import { FormDialog } from "../../../ui/FormDialog";
import { plural } from "../../../ui/format";
import { FORMATS } from "./actions";

interface Props {
  project: string;
  selection: Chosen;
  size: number;
  onClose: () => void;
}

export function ExportDialog({ project, selection, size, onClose }: Props) {
  const [format, setFormat] = useState("jsonl");
  const [agreed, setAgreed] = useState(true);
  const work = useAction(() => exportLabels(project, selection, format, agreed), {
    said: "Exported",
    after: onClose,
  });
  return (
    <FormDialog
      title={`Export ${plural(size, "item")}`}
      doing={work.isPending ? "Exporting…" : "Export"}
      busy={work.isPending}
      onSubmit={() => work.mutate(undefined)}
      onClose={onClose}
    >
      <label className="field">
        <span className="label">Format</span>
        <select className="select" value={format} onChange={(event) => setFormat(event.target.value)}>
          {FORMATS.map((each) => (
            <option key={each}>{each}</option>
          ))}
        </select>
      </label>
      <label className="row">
        <input
          type="checkbox"
          checked={agreed && format !== "recension"}
          disabled={format === "recension"}
          onChange={(event) => setAgreed(event.target.checked)}
        />
        What people agreed on, one answer a question
      </label>
      <p className="muted small">
        A zip archive. What the format cannot carry is listed in it, in not-carried.txt.
      </p>
    </FormDialog>
  );
}
