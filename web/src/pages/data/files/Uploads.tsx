/** An upload on its way: bytes are sent at once, and become one commit when the person says so. */
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { ApiError } from "../../../api/http";
import { change } from "../../../api/resources";
import { bytes, plural } from "../../../ui/format";
import { Icon } from "../../../ui/Icon";
import { Bar } from "../../../ui/parts";
import { say } from "../../../ui/toasts";
import { TOUCHED } from "../touched";
import { senderTo } from "./sender";
import { type Outgoing, type Progress, sendAll } from "./uploading";

interface Props {
  repo: string;
  branch: string;
  folder: string;
  files: readonly Outgoing[];
  onClose: () => void;
}

type Phase = "sending" | "ready" | "committing" | "failed";

export function Uploads({ repo, branch, folder, files, onClose }: Props) {
  const client = useQueryClient();
  const total = files.reduce((sum, file) => sum + file.bytes.size, 0);
  const [progress, setProgress] = useState<Progress>({ files: 0, bytes: 0, waiting: null });
  const [phase, setPhase] = useState<Phase>("sending");
  const [fault, setFault] = useState<Error | null>(null);
  const [message, setMessage] = useState("");
  const [round, setRound] = useState(0);
  const receipts = useRef(new Map<string, string>());
  const said = files.length === 1 ? (files[0]?.path.split("/").at(-1) ?? "") : plural(files.length, "file");

  // biome-ignore lint/correctness/useExhaustiveDependencies: `round` sends again what is missing
  useEffect(() => {
    const control = new AbortController();
    const guard = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener("beforeunload", guard);
    setPhase("sending");
    setFault(null);
    sendAll(files, receipts.current, senderTo(repo), setProgress, control.signal).then(
      () => setPhase("ready"),
      (error: unknown) => {
        if (control.signal.aborted) return;
        setFault(error instanceof Error ? error : new Error(String(error)));
        setPhase("failed");
      },
    );
    return () => {
      control.abort();
      window.removeEventListener("beforeunload", guard);
    };
  }, [repo, files, round]);

  const commit = async () => {
    setPhase("committing");
    const puts = files.map(({ path }) => ({
      op: "put" as const,
      path,
      receipt: receipts.current.get(path) ?? "",
    }));
    try {
      await change.commit(repo, branch, message.trim() || `Upload ${said}`, puts);
    } catch (error) {
      if (error instanceof ApiError && error.where === "receipt") {
        // The server has started anew and no longer knows what it was sent.
        receipts.current.clear();
        setRound((n) => n + 1);
        return;
      }
      setFault(error instanceof Error ? error : new Error(String(error)));
      setPhase("failed");
      return;
    }
    say({ tone: "ok", text: `Committed ${said} to ${branch}` });
    void client.invalidateQueries({ predicate: (query) => TOUCHED.includes(String(query.queryKey[0])) });
    onClose();
  };

  return (
    <section className="panel uploads" aria-label="Upload">
      <div className="row">
        <Icon name="upload" />
        <h2 className="grow clip">
          {said} into {repo}@{branch}:{folder}
        </h2>
        <span className="muted small num nowrap">
          {bytes(progress.bytes)} of {bytes(total)}
        </span>
      </div>
      <Bar value={progress.bytes} total={Math.max(total, 1)} label="Bytes sent" />
      <p className="muted small" role="status">
        {progress.waiting !== null
          ? `The server does not answer. Trying again in ${progress.waiting} s; nothing that arrived is sent twice.`
          : phase === "sending"
            ? progress.bytes === total && total > 0
              ? "All bytes are there; the server puts the last file together."
              : `${progress.files} of ${plural(files.length, "file")} sent`
            : phase === "failed"
              ? `Stopped after ${progress.files} of ${plural(files.length, "file")}. Nothing that arrived is sent again.`
              : `All sent. They become one commit on ${branch}; files of the same name are replaced.`}
      </p>
      {fault && (
        <p className="notice error" role="alert">
          <Icon name="warn" />
          <span>
            {fault.message} {fault instanceof ApiError && fault.hint}
          </span>
        </p>
      )}
      <form
        className="row"
        onSubmit={(event) => {
          event.preventDefault();
          void commit();
        }}
      >
        <label className="grow">
          <span className="visually-hidden">Message</span>
          <input
            className="input"
            style={{ width: "100%" }}
            value={message}
            placeholder={`Upload ${said}`}
            onChange={(event) => setMessage(event.target.value)}
          />
        </label>
        {phase === "failed" ? (
          <button type="button" className="button" onClick={() => setRound(round + 1)}>
            Go on
          </button>
        ) : (
          <button type="submit" className="button primary" disabled={phase !== "ready"}>
            {phase === "committing" ? "Committing…" : "Commit"}
          </button>
        )}
        <button type="button" className="button" onClick={onClose} disabled={phase === "committing"}>
          Cancel
        </button>
      </form>
    </section>
  );
}
