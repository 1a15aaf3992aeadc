/** A picture before and after: beside each other, or one over the other under a divider that moves. */
import { useState } from "react";

interface Props {
  name: string;
  before: string | null;
  after: string | null;
  as: string | undefined;
  onAs: (as: string) => void;
}

export function Images({ name, before, after, as = "beside", onAs }: Props) {
  if (before === null || after === null)
    return (
      <div className="images difference">
        <Side url={before ?? after ?? ""} name={name} text={before === null ? "Added" : "Removed"} />
      </div>
    );
  return (
    <div className="difference">
      <fieldset className="kinds cut" aria-label="How to compare">
        {[
          ["beside", "Side by side"],
          ["swipe", "Swipe"],
        ].map(([way = "", text]) => (
          <button
            key={way}
            type="button"
            className="button"
            aria-pressed={as === way}
            onClick={() => onAs(way)}
          >
            {text}
          </button>
        ))}
      </fieldset>
      {as === "swipe" ? (
        <Swipe name={name} before={before} after={after} />
      ) : (
        <div className="images">
          <Side url={before} name={name} text="Before" />
          <Side url={after} name={name} text="After" />
        </div>
      )}
    </div>
  );
}

function Side({ url, name, text }: { url: string; name: string; text: string }) {
  const [size, setSize] = useState("");
  return (
    <figure>
      <img
        src={url}
        alt={`${name}, ${text.toLowerCase()}`}
        onLoad={({ currentTarget: { naturalWidth, naturalHeight } }) =>
          setSize(`${naturalWidth} × ${naturalHeight}`)
        }
      />
      <figcaption className="muted small">
        {text} {size && <span className="num">· {size}</span>}
      </figcaption>
    </figure>
  );
}

function Swipe({ name, before, after }: { name: string; before: string; after: string }) {
  const [at, setAt] = useState(50);
  return (
    <div className="swipe">
      <div className="stage">
        <img src={after} alt={`${name}, after`} />
        <img src={before} alt={`${name}, before`} style={{ clipPath: `inset(0 ${100 - at}% 0 0)` }} />
        <span className="divider" style={{ left: `${at}%` }} aria-hidden="true" />
        <input
          type="range"
          min={0}
          max={100}
          step={1}
          value={at}
          onChange={(event) => setAt(Number(event.target.value))}
          aria-label="How much of the picture is shown as it was before"
          aria-valuetext={`${at} % before`}
        />
      </div>
      <p className="row muted small">
        <span className="grow">Before</span>
        <span>After</span>
      </p>
    </div>
  );
}
