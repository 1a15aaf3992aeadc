/** What a person's roles let them see. The server decides; this only spares them doors that are locked. */
import type { Me, Role } from "../api/types";

const has = (me: Me, ...roles: Role[]): boolean =>
  me.user.roles.includes("admin") || roles.some((role) => me.user.roles.includes(role));

export const mayLead = (me: Me): boolean => has(me, "lead");
export const mayReadData = (me: Me): boolean => has(me, "lead", "engineer");
export const mayRunPipelines = (me: Me): boolean => has(me, "engineer");
export const mayWriteData = mayRunPipelines;
export const mayManagePeople = (me: Me): boolean => has(me);
