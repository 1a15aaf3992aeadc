/** Adding a person: a name, a role, and the link that signs them in once. */
import { type FormEvent, useState } from "react";
import { change } from "../../api/resources";
import type { Role } from "../../api/types";
import { mayManagePeople } from "../../shell/access";
import { useMe } from "../../shell/me";
import { useAction } from "../../ui/action";
import { Dialog } from "../../ui/Dialog";
import { CopyButton } from "../../ui/parts";

const ROLES: readonly { role: Role; text: string }[] = [
  { role: "annotator", text: "labels" },
  { role: "lead", text: "runs labelling projects" },
  { role: "engineer", text: "data and pipelines" },
  { role: "admin", text: "everything, people too" },
];

export function Roles({ roles, onChange }: { roles: readonly Role[]; onChange: (roles: Role[]) => void }) {
  return (
    <fieldset className="roles">
      <legend>May</legend>
      {ROLES.map(({ role, text }) => (
        <label key={role} className="row">
          <input
            type="checkbox"
            checked={roles.includes(role)}
            onChange={(event) =>
              onChange(event.target.checked ? [...roles, role] : roles.filter((each) => each !== role))
            }
          />
          <span>{role}</span>
          <span className="muted small">{text}</span>
        </label>
      ))}
    </fieldset>
  );
}

/** A link that works from where this page was opened, whatever the server calls itself. */
export const absolute = (link: string): string => new URL(link, window.location.origin).toString();

export function OneTimeLink({ name, link }: { name: string; link: string }) {
  return (
    <div className="stack">
      <p>
        Give this link to <strong>{name}</strong>. It signs them in once, within a day.
      </p>
      <div className="row">
        <input
          className="input mono grow"
          readOnly
          value={absolute(link)}
          aria-label="One-time link"
          onFocus={(e) => e.target.select()}
        />
        <CopyButton text={absolute(link)} label="Copy link" />
      </div>
    </div>
  );
}

export function Invite({ onClose }: { onClose: () => void }) {
  const me = useMe();
  const [name, setName] = useState("");
  const [roles, setRoles] = useState<Role[]>(["annotator"]);
  const create = useAction(() => change.userCreate(name.trim(), roles), { touches: ["users"] });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    create.mutate(undefined);
  };
  if (!mayManagePeople(me)) {
    return (
      <Dialog title="Invite people" onClose={onClose}>
        <p>Only administrators add people. Ask one for a link; whoever holds it can label here at once.</p>
      </Dialog>
    );
  }
  return (
    <Dialog title="Invite a person" onClose={onClose}>
      {create.data ? (
        <>
          <OneTimeLink name={create.data.user.name} link={create.data.link} />
          <div className="actions">
            <button type="button" className="button primary" onClick={onClose}>
              Done
            </button>
          </div>
        </>
      ) : (
        <form className="stack" style={{ gap: 16 }} onSubmit={submit}>
          <label className="field">
            <span className="label">Name</span>
            <input
              className="input"
              value={name}
              onChange={(event) => setName(event.target.value)}
              placeholder="lower-case letters, digits and -"
              autoComplete="off"
              spellCheck={false}
            />
          </label>
          <Roles roles={roles} onChange={setRoles} />
          <div className="actions">
            <button type="button" className="button" onClick={onClose}>
              Cancel
            </button>
            <button
              type="submit"
              className="button primary"
              disabled={create.isPending || name.trim() === "" || roles.length === 0}
            >
              Make link
            </button>
          </div>
        </form>
      )}
    </Dialog>
  );
}
