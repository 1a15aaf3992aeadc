/** What a person has set for themselves, kept in their account. */
import type { Settings } from "../generated/wire";
import { callJson, url } from "./http";

export const readSettings = () => callJson<Settings>(url(["me", "settings"]));

export const writeSettings = (keys: Readonly<Record<string, string>>) =>
  callJson<Settings>(url(["me", "settings"]), { method: "PUT", json: { keys } });
