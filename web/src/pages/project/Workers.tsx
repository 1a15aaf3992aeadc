/** Who works here and how well: the banned with the reason, control answers, pay. */
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useState } from "react";
import { change, read } from "../../api/resources";
import type { Project, WorkerRow } from "../../api/types";
import { mayLead } from "../../shell/access";
import { useMe } from "../../shell/me";
import { useAction } from "../../ui/action";
import { Dialog } from "../../ui/Dialog";
import { count, money, percent } from "../../ui/format";
import { Ago, Empty, Loaded, SimulatedBadge, StateBadge } from "../../ui/parts";

const route = getRouteApi("/shell/p/$project");

export function Workers({ project }: { project: Project }) {
  const workers = useQuery(read.workers(project.name));
  const { worker: marked } = route.useSearch();
  const me = useMe();
  const [banning, setBanning] = useState<WorkerRow | null>(null);
  const setState = useAction(
    ({ worker, state, reason }: { worker: string; state: string; reason: string }) =>
      change.workerState(project.name, worker, state, reason),
    { touches: ["project", "home"], after: () => setBanning(null) },
  );
  return (
    <section className="panel table-scroll" aria-label="Workers">
      <Loaded query={workers} lines={6}>
        {(rows) =>
          rows.length === 0 ? (
            <Empty icon="people" title="Nobody has begun yet">
              <p>Invite people, or try the set-up with a simulated crowd:</p>
              <code>recension simulate {project.name} --workers 8 --seed 1</code>
            </Empty>
          ) : (
            <table className="table">
              <thead>
                <tr>
                  <th scope="col">Worker</th>
                  <th scope="col">State</th>
                  <th scope="col">Why</th>
                  <th scope="col" className="num">
                    Answers
                  </th>
                  <th scope="col" className="num">
                    Control
                  </th>
                  <th scope="col" className="num">
                    Pages
                  </th>
                  <th scope="col" className="num">
                    Fast
                  </th>
                  <th scope="col" className="num">
                    Earned
                  </th>
                  {mayLead(me) && (
                    <th scope="col">
                      <span className="visually-hidden">Actions</span>
                    </th>
                  )}
                </tr>
              </thead>
              <tbody>
                {rows.map((row) => (
                  <tr key={row.name} className={marked === row.name ? "is-open" : undefined}>
                    <td>
                      <span className="row nowrap">
                        {row.name}
                        {row.simulated && <SimulatedBadge />}
                      </span>
                    </td>
                    <td>
                      <StateBadge state={row.state} />
                    </td>
                    <td className="muted" style={{ minWidth: 180 }}>
                      {row.reason || "–"}
                      {row.reason && (
                        <div className="small">
                          <Ago at={row.since} />
                        </div>
                      )}
                    </td>
                    <td className="num">{count(row.answers)}</td>
                    <td className="num nowrap">
                      {row.control_total > 0 ? percent(row.control_correct / row.control_total) : "–"}{" "}
                      <span className="muted small">
                        {row.control_correct}/{row.control_total}
                      </span>
                    </td>
                    <td className="num">{count(row.pages)}</td>
                    <td className="num">
                      {row.fast_pages > 0 ? <span className="tone-warn">{row.fast_pages}</span> : 0}
                    </td>
                    <td className="num">{money(row.earned)}</td>
                    {mayLead(me) && (
                      <td className="num">
                        {row.state === "banned" ? (
                          <button
                            type="button"
                            className="button"
                            onClick={() =>
                              setState.mutate({ worker: row.name, state: "working", reason: "readmitted" })
                            }
                          >
                            Readmit
                          </button>
                        ) : (
                          <button type="button" className="button quiet" onClick={() => setBanning(row)}>
                            Ban
                          </button>
                        )}
                      </td>
                    )}
                  </tr>
                ))}
              </tbody>
            </table>
          )
        }
      </Loaded>
      {banning && (
        <Ban
          worker={banning.name}
          busy={setState.isPending}
          onClose={() => setBanning(null)}
          onBan={(reason) => setState.mutate({ worker: banning.name, state: "banned", reason })}
        />
      )}
    </section>
  );
}

function Ban({
  worker,
  busy,
  onClose,
  onBan,
}: {
  worker: string;
  busy: boolean;
  onClose: () => void;
  onBan: (reason: string) => void;
}) {
  const [reason, setReason] = useState("");
  return (
    <Dialog title={`Ban ${worker}`} onClose={onClose}>
      <p className="muted">
        They get no more pages here. What happens to their answers and pay follows the project’s rules.
      </p>
      <label className="field">
        <span className="label">Reason, shown to them</span>
        <input className="input" value={reason} onChange={(event) => setReason(event.target.value)} />
      </label>
      <div className="actions">
        <button type="button" className="button" onClick={onClose}>
          Cancel
        </button>
        <button
          type="button"
          className="button danger"
          disabled={busy || reason.trim() === ""}
          onClick={() => onBan(reason.trim())}
        >
          Ban
        </button>
      </div>
    </Dialog>
  );
}
