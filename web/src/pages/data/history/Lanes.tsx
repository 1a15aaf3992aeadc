/** The lines of a history as one drawing behind its rows. */
import { type LaneRow, widthOf } from "./lanes";

export const ROW = 44;
const STEP = 16;
const MOST_WIDE = 176;
const COLOURS = 8;

const stepFor = (columns: number): number => Math.min(STEP, MOST_WIDE / columns);
export const lanesWidth = (rows: readonly LaneRow[]): number =>
  Math.round(widthOf(rows) * stepFor(widthOf(rows)) + STEP);

export function Lanes({ rows, marked }: { rows: readonly LaneRow[]; marked: string | null }) {
  const step = stepFor(widthOf(rows));
  const x = (column: number) => STEP / 2 + column * step + step / 2;
  const y = (row: number) => row * ROW + ROW / 2;
  const paths = new Map<number, string>();
  for (const [i, row] of rows.entries()) {
    for (const { from, to, track } of row.strands) {
      const [x0, x1, y0, y1] = [x(from), x(to), y(i), y(i + 1)];
      const bend = x0 === x1 ? `V${y1}` : `C${x0} ${y0 + ROW * 0.6} ${x1} ${y1 - ROW * 0.6} ${x1} ${y1}`;
      const colour = track % COLOURS;
      paths.set(colour, `${paths.get(colour) ?? ""}M${x0} ${y0}${bend}`);
    }
  }
  return (
    <svg className="lanes" width={lanesWidth(rows)} height={rows.length * ROW} aria-hidden="true">
      {[...paths].map(([colour, d]) => (
        <path key={colour} className={`lane c${colour}`} d={d} />
      ))}
      {rows.map((row, i) => (
        <circle
          key={row.id}
          className={`spot c${row.track % COLOURS}${row.id === marked ? " marked" : ""}`}
          cx={x(row.lane)}
          cy={y(i)}
          r={row.id === marked ? 5.5 : 4}
        />
      ))}
    </svg>
  );
}
