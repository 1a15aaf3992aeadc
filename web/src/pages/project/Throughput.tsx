/** How work went over time: every answer, counted by the server. */
import { useQuery } from "@tanstack/react-query";
import { read } from "../../api/resources";
import { count, plural, span } from "../../ui/format";
import { Ago, Loaded } from "../../ui/parts";

const SLICES = 40;

export function Throughput({ name }: { name: string }) {
  const speed = useQuery(read.throughput(name, SLICES));
  return (
    <section className="panel" aria-labelledby="throughput">
      <div className="panel-head">
        <h2 id="throughput" className="grow">
          Throughput
        </h2>
      </div>
      <Loaded query={speed} lines={3}>
        {({ answers, start, end, slices, simulated }) => {
          if (answers < 2 || start === null || end === null)
            return <p className="panel-body muted">The first answers will draw this picture.</p>;
          const seconds = (Date.parse(end) - Date.parse(start)) / 1000;
          const most = Math.max(...slices);
          const hours = Math.max(seconds / 3600, 1 / 3600);
          const rate = answers / hours;
          return (
            <div className="panel-body stack">
              <svg
                className="bars"
                viewBox={`0 0 ${SLICES} 20`}
                preserveAspectRatio="none"
                role="img"
                aria-label={`${plural(answers, "answer")} over ${span(seconds)}`}
              >
                {slices.map((n, i) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: a slice of time is its position
                  <rect key={i} x={i + 0.12} width={0.76} y={20 - (n / most) * 20} height={(n / most) * 20} />
                ))}
              </svg>
              <div className="row muted small">
                <span className="grow">
                  <Ago at={start} />
                </span>
                <span>
                  {hours >= 1
                    ? `${count(Math.round(rate))} answers an hour`
                    : `${count(Math.round(rate / 60))} answers a minute`}
                  {simulated && ", simulated"}
                </span>
                <span className="grow" style={{ textAlign: "right" }}>
                  <Ago at={end} />
                </span>
              </div>
            </div>
          );
        }}
      </Loaded>
    </section>
  );
}
