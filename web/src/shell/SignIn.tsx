/** What a person without a session sees: how the one-time link works, and a place to paste one. */
import { type FormEvent, useState } from "react";
import { Mark } from "./Mark";

/** The one-time token of a pasted link, or the pasted token itself. */
export function tokenIn(pasted: string): string {
  const text = pasted.trim();
  const match = /[?&]token=([^&\s]+)/.exec(text);
  return match?.[1] ? decodeURIComponent(match[1]) : text;
}

export function SignIn() {
  const [pasted, setPasted] = useState("");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const token = tokenIn(pasted);
    if (token) window.location.assign(`/login?token=${encodeURIComponent(token)}`);
  };
  return (
    <main className="sign-in">
      <div className="panel">
        <Mark />
        <h1>Sign in to Recension</h1>
        <p className="muted">
          There are no passwords here. You sign in with a link that works once; afterwards this browser stays
          signed in.
        </p>
        <form className="stack" onSubmit={submit}>
          <label className="field">
            <span className="label">Your one-time link</span>
            <input
              className="input mono"
              value={pasted}
              onChange={(event) => setPasted(event.target.value)}
              placeholder="Paste the link here"
              autoComplete="off"
              spellCheck={false}
            />
          </label>
          <button type="submit" className="button primary" disabled={pasted.trim() === ""}>
            Sign in
          </button>
        </form>
        <dl className="stack small">
          <div>
            <dt>First start?</dt>
            <dd className="muted">
              The terminal in which <code>recension up</code> runs shows the administrator’s link.
            </dd>
          </div>
          <div>
            <dt>No link, or it was used already?</dt>
            <dd className="muted">Ask an administrator: on the page “People” they can make you a new one.</dd>
          </div>
        </dl>
      </div>
    </main>
  );
}
