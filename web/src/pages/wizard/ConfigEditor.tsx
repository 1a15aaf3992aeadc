/** The text of the config, with numbers of lines, and everything that is wrong with it by line. */
import { useRef } from "react";
import type { ConfigPreview, ConfigProblem } from "../../api/projectDrafts";
import { Icon } from "../../ui/Icon";
import { sayError } from "../../ui/toasts";

interface Props {
  config: string;
  reading: ConfigPreview | null;
  onWrite: (config: string) => void;
}

export function ConfigEditor({ config, reading, onWrite }: Props) {
  const area = useRef<HTMLTextAreaElement>(null);
  const gutter = useRef<HTMLDivElement>(null);
  const lines = config.split("\n").length;
  const wrong = new Set(reading?.problems.map(({ line }) => line));
  const show = (line: number) => {
    const text = area.current;
    if (!text || line < 1) return;
    const start =
      config
        .split("\n")
        .slice(0, line - 1)
        .join("\n").length + (line > 1 ? 1 : 0);
    const end = config.indexOf("\n", start);
    text.focus();
    text.setSelectionRange(start, end < 0 ? config.length : end);
  };
  return (
    <>
      <div className="wizard-editor">
        <div className="wizard-gutter" ref={gutter} aria-hidden="true">
          {Array.from({ length: lines }, (_, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a line is its number
            <span key={i} className={wrong.has(i + 1) ? "wrong" : undefined}>
              {i + 1}
            </span>
          ))}
        </div>
        <textarea
          ref={area}
          className="mono"
          aria-label="Config"
          aria-describedby="wizard-problems"
          aria-invalid={wrong.size > 0}
          wrap="off"
          spellCheck={false}
          autoCapitalize="off"
          value={config}
          onChange={(event) => onWrite(event.target.value)}
          onScroll={(event) => {
            if (gutter.current) gutter.current.scrollTop = event.currentTarget.scrollTop;
          }}
        />
      </div>
      <div id="wizard-problems" className="wizard-problems" role="status">
        {reading && reading.problems.length === 0 && (
          <p className="tone-ok row">
            <Icon name="check" />
            {reading.form === "xml" ? "Label Studio's XML" : "YAML"}, without a problem
          </p>
        )}
        <Lines lines={reading?.problems ?? []} tone="error" onShow={show} />
        <Lines lines={reading?.notes ?? []} tone="warn" onShow={show} />
      </div>
      <label className="button quiet wizard-open">
        <Icon name="upload" />
        Open a file
        <input
          type="file"
          className="visually-hidden"
          accept=".xml,.yaml,.yml,.txt"
          onChange={(event) => {
            const { files } = event.currentTarget;
            files?.[0]?.text().then(onWrite, sayError);
            event.currentTarget.value = "";
          }}
        />
      </label>
    </>
  );
}

function Lines({
  lines,
  tone,
  onShow,
}: {
  lines: readonly ConfigProblem[];
  tone: "error" | "warn";
  onShow: (line: number) => void;
}) {
  return (
    <ul>
      {lines.map(({ line, message, hint }) => (
        <li key={`${line} ${message}`}>
          <button type="button" className="wizard-problem" onClick={() => onShow(line)} disabled={line === 0}>
            <span className={`tone-${tone} nowrap`}>{line > 0 ? `Line ${line}` : "Config"}</span>
            <span className="grow">
              {message}
              {hint && <span className="muted"> – {hint}</span>}
            </span>
          </button>
        </li>
      ))}
    </ul>
  );
}
