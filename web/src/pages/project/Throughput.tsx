/** How work went over time, from the answer log. */
import { useQuery } from "@tanstack/react-query";
import { read } from "../../api/resources";
import { count, plural, span } from "../../ui/format";
import { Ago, Loaded } from "../../ui/parts";
import { histogram } from "./answers";

const SLICES = 40;

export function Throughput({ name }: { name: string }) {
  const log = useQuery(read.answers(name));
  return (
    <section className="panel" aria-labelledby="throughput">
      <div className="panel-head">
        <h2 id="throughput" className="grow">
          Throughput
        </h2>
      </div>
      <Loaded query={log} lines={3}>
        {({ answers, more }) => {
          const times = answers.filter((row) => row.verb === "answer").map((row) => Date.parse(row.at));
          if (times.length < 2)
            return <p className="panel-body muted">The first answers will draw this picture.</p>;
          const [from, to] = [Math.min(...times), Math.max(...times)];
          const bars = histogram(times, SLICES);
          const most = Math.max(...bars);
          const hours = Math.max((to - from) / 3_600_000, 1 / 3600);
          const rate = times.length / hours;
          return (
            <div className="panel-body stack">
              <svg
                className="bars"
                viewBox={`0 0 ${SLICES} 20`}
                preserveAspectRatio="none"
                role="img"
                aria-label={`${plural(times.length, "answer")} over ${span((to - from) / 1000)}`}
              >
                {bars.map((n, i) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: a slice of time is its position
                  <rect key={i} x={i + 0.12} width={0.76} y={20 - (n / most) * 20} height={(n / most) * 20} />
                ))}
              </svg>
              <div className="row muted small">
                <span className="grow">
                  <Ago at={new Date(from).toISOString()} />
                </span>
                <span>
                  {hours >= 1
                    ? `${count(Math.round(rate))} answers an hour`
                    : `${count(Math.round(rate / 60))} answers a minute`}
                  {answers.every((row) => row.simulated) && ", simulated"}
                  {more && ", of the first 5,000"}
                </span>
                <span className="grow" style={{ textAlign: "right" }}>
                  <Ago at={new Date(to).toISOString()} />
                </span>
              </div>
            </div>
          );
        }}
      </Loaded>
    </section>
  );
}
