/** What a project reads and where it writes. */
import { Link } from "@tanstack/react-router";
import type { Project } from "../../api/types";
import { shortId } from "../../ui/format";
import { Ago } from "../../ui/parts";

export function Flow({ project }: { project: Project }) {
  return (
    <section className="panel" aria-labelledby="flow">
      <div className="panel-head">
        <h2 id="flow">Input and output</h2>
      </div>
      <table className="table">
        <thead>
          <tr>
            <th scope="col">Direction</th>
            <th scope="col">Branch</th>
            <th scope="col">Stands at</th>
          </tr>
        </thead>
        <tbody>
          {project.inputs.map((input) => (
            <tr key={`in ${input.repo} ${input.branch}`}>
              <td>reads</td>
              <td>
                <BranchLink repo={input.repo} branch={input.branch} />
                {input.error && <div className="tone-error small">{input.error}</div>}
              </td>
              <td>
                <CommitLink repo={input.repo} id={input.commit} />
              </td>
            </tr>
          ))}
          {project.outputs.map((output) => (
            <tr key={`out ${output.repo} ${output.branch}`}>
              <td>{output.target === "live" ? "writes, as answers come" : "writes, when released"}</td>
              <td>
                <BranchLink repo={output.repo} branch={output.branch} />
              </td>
              <td>
                <CommitLink repo={output.repo} id={output.commit} />{" "}
                {output.at && (
                  <span className="muted small">
                    <Ago at={output.at} />
                  </span>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function BranchLink({ repo, branch }: { repo: string; branch: string }) {
  return (
    <Link className="cell" to="/data/$repo" params={{ repo }} search={{ ref: branch }}>
      {repo}@{branch}
    </Link>
  );
}

function CommitLink({ repo, id }: { repo: string; id: string | null }) {
  if (!id) return <span className="muted">nothing yet</span>;
  return (
    <Link className="link mono" to="/data/$repo/commit/$id" params={{ repo, id }}>
      {shortId(id)}
    </Link>
  );
}
