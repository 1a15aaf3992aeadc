/** Who is out of a project, and why. */
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { read } from "../../api/resources";
import { count } from "../../ui/format";
import { Loaded, StateBadge } from "../../ui/parts";

const FEW = 6;

/** Who is out, and why: the first thing to look at when quality or cost surprise. */
export function Excluded({ name }: { name: string }) {
  const workers = useQuery(read.workers(name));
  return (
    <section className="panel" aria-labelledby="excluded">
      <div className="panel-head">
        <h2 id="excluded" className="grow">
          Banned and failed
        </h2>
        <Link className="link" to="/p/$project" params={{ project: name }} search={{ tab: "workers" }}>
          All workers
        </Link>
      </div>
      <Loaded query={workers} lines={3}>
        {(rows) => {
          const out = rows.filter((row) => row.state === "banned" || row.state === "failed");
          out.sort((a, b) => a.state.localeCompare(b.state) || b.since.localeCompare(a.since));
          if (out.length === 0)
            return <p className="panel-body muted">Nobody: every worker holds the rules.</p>;
          return (
            <table className="table">
              <tbody>
                {out.slice(0, FEW).map((row) => (
                  <tr key={row.name}>
                    <td className="nowrap">
                      <Link
                        className="cell"
                        to="/p/$project"
                        params={{ project: name }}
                        search={{ tab: "workers", worker: row.name }}
                      >
                        {row.name}
                      </Link>
                    </td>
                    <td>
                      <StateBadge state={row.state} />
                    </td>
                    <td className="muted">{row.reason}</td>
                  </tr>
                ))}
                {out.length > FEW && (
                  <tr>
                    <td colSpan={3} className="muted">
                      and {count(out.length - FEW)} more
                    </td>
                  </tr>
                )}
              </tbody>
            </table>
          );
        }}
      </Loaded>
    </section>
  );
}
