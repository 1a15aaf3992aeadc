/** Users, their roles, and one-time links. */
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { change, read } from "../../api/resources";
import type { Role, User } from "../../api/types";
import { useMe } from "../../shell/me";
import { Page } from "../../shell/Page";
import { useAction } from "../../ui/action";
import { Dialog } from "../../ui/Dialog";
import { Icon } from "../../ui/Icon";
import { Ago, Badge, Empty, Loaded, SimulatedBadge } from "../../ui/parts";
import { Invite, OneTimeLink, Roles } from "./Invite";

export function PeoplePage() {
  const users = useQuery(read.users());
  const [inviting, setInviting] = useState(false);
  const [removing, setRemoving] = useState<User | null>(null);
  const [editing, setEditing] = useState<User | null>(null);
  const me = useMe();
  const link = useAction(async (name: string) => ({ name, ...(await change.userLink(name)) }));
  const remove = useAction(change.userDelete, { touches: ["users"], after: () => setRemoving(null) });
  return (
    <Page crumbs={[{ text: "People" }]}>
      <div className="page-title">
        <div className="grow">
          <h1>People</h1>
          <p className="muted">
            Everybody signs in with a link that works once. Make a new one whenever it is needed.
          </p>
        </div>
        <button type="button" className="button primary" onClick={() => setInviting(true)}>
          <Icon name="plus" />
          Invite
        </button>
      </div>
      <div className="panel table-scroll">
        <Loaded query={users}>
          {(rows) =>
            rows.length === 0 ? (
              <Empty icon="people" title="Nobody is here" />
            ) : (
              <table className="table">
                <thead>
                  <tr>
                    <th scope="col">Name</th>
                    <th scope="col">Roles</th>
                    <th scope="col">Since</th>
                    <th scope="col">
                      <span className="visually-hidden">Actions</span>
                    </th>
                  </tr>
                </thead>
                <tbody>
                  {rows.map((user) => (
                    <tr key={user.name}>
                      <td>
                        <span className="row">
                          <span className="avatar" aria-hidden="true">
                            {user.name.slice(0, 2)}
                          </span>
                          {user.name}
                          {user.name === me.user.name && <Badge>you</Badge>}
                          {user.robot && !user.simulated && <Badge icon="robot">robot</Badge>}
                          {user.simulated && <SimulatedBadge />}
                        </span>
                      </td>
                      <td>{user.roles.join(", ") || <span className="muted">none</span>}</td>
                      <td>
                        <Ago at={user.at} />
                      </td>
                      <td>
                        <span className="row" style={{ justifyContent: "flex-end" }}>
                          {!user.robot && !user.simulated && (
                            <button type="button" className="button" onClick={() => link.mutate(user.name)}>
                              <Icon name="link" />
                              New link
                            </button>
                          )}
                          <button
                            type="button"
                            className="button"
                            aria-label={`Roles of ${user.name}`}
                            onClick={() => setEditing(user)}
                          >
                            Roles
                          </button>
                          {user.name !== me.user.name && (
                            <button
                              type="button"
                              className="button quiet icon-only"
                              aria-label={`Remove ${user.name}`}
                              onClick={() => setRemoving(user)}
                            >
                              <Icon name="trash" />
                            </button>
                          )}
                        </span>
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
            )
          }
        </Loaded>
      </div>
      {inviting && <Invite onClose={() => setInviting(false)} />}
      {link.data && (
        <Dialog title="One-time link" onClose={() => link.reset()}>
          <OneTimeLink name={link.data.name} link={link.data.link} />
        </Dialog>
      )}
      {editing && <EditRoles user={editing} onClose={() => setEditing(null)} />}
      {removing && (
        <Dialog title={`Remove ${removing.name}?`} onClose={() => setRemoving(null)}>
          <p className="muted">They are signed out everywhere. What they answered stays in the history.</p>
          <div className="actions">
            <button type="button" className="button" onClick={() => setRemoving(null)}>
              Cancel
            </button>
            <button
              type="button"
              className="button danger"
              disabled={remove.isPending}
              onClick={() => remove.mutate(removing.name)}
            >
              Remove
            </button>
          </div>
        </Dialog>
      )}
    </Page>
  );
}

function EditRoles({ user, onClose }: { user: User; onClose: () => void }) {
  const [roles, setRoles] = useState<Role[]>(user.roles);
  const save = useAction(() => change.userRoles(user.name, roles), {
    touches: ["users", "me"],
    said: `${user.name}: ${roles.join(", ")}`,
    after: onClose,
  });
  return (
    <Dialog title={`Roles of ${user.name}`} onClose={onClose}>
      <form
        className="stack"
        style={{ gap: 16 }}
        onSubmit={(event) => {
          event.preventDefault();
          save.mutate(undefined);
        }}
      >
        <Roles roles={roles} onChange={setRoles} />
        <p className="muted small">It holds from their next click on.</p>
        <div className="actions">
          <button type="button" className="button" onClick={onClose}>
            Cancel
          </button>
          <button
            type="submit"
            className="button primary"
            disabled={save.isPending || roles.length === 0 || String(roles) === String(user.roles)}
          >
            Save
          </button>
        </div>
      </form>
    </Dialog>
  );
}
