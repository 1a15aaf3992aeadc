/** Lines removed and added, with their numbers on either side. */
import { plural } from "../../../ui/format";
import { ScrollRegion } from "../../../ui/ScrollRegion";
import type { TextDiff, TextLine } from "../diff/text";

const MOST_LINES = 3_000;
const SIGNS = { same: " ", added: "+", removed: "−", gap: "⋯" } as const;

export function TextView({ diff }: { diff: TextDiff }) {
  const shown = diff.lines.slice(0, MOST_LINES);
  return (
    <>
      <ScrollRegion className="line-diff" label={`${diff.added} lines added, ${diff.removed} removed`}>
        <table>
          <tbody>
            {shown.map((line) => (
              <Line key={`${line.kind} ${line.before} ${line.after}`} line={line} />
            ))}
          </tbody>
        </table>
      </ScrollRegion>
      {shown.length < diff.lines.length && (
        <p className="cut small muted">{plural(diff.lines.length - shown.length, "more line")} not shown.</p>
      )}
    </>
  );
}

function Line({ line }: { line: TextLine }) {
  if (line.kind === "gap")
    return (
      <tr className="gap">
        <td colSpan={2} className="no" aria-hidden="true">
          ⋯
        </td>
        <td className="text">{plural(line.before ?? 0, "equal line")}</td>
      </tr>
    );
  const [start, end] = line.mark ?? [0, 0];
  return (
    <tr className={line.kind}>
      <td className="no">{line.before}</td>
      <td className="no">{line.after}</td>
      <td className="text">
        <span className="sign">{SIGNS[line.kind]}</span>
        {line.text.slice(0, start)}
        {end > start && <mark>{line.text.slice(start, end)}</mark>}
        {line.text.slice(end)}
      </td>
    </tr>
  );
}
