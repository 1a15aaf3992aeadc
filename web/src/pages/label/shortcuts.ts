/** Single-key shortcuts can be switched off (WCAG 2.1.4): for speech input, or a cat on the keyboard. */
import { useState } from "react";

const KEY = "recension.shortcuts";

function stored(): boolean {
  try {
    return localStorage.getItem(KEY) !== "off";
  } catch {
    return true;
  }
}

export function useShortcuts(): [boolean, (on: boolean) => void] {
  const [on, setOn] = useState(stored);
  const set = (next: boolean) => {
    setOn(next);
    try {
      localStorage.setItem(KEY, next ? "on" : "off");
    } catch {
      // Storage is off: the choice holds for this visit.
    }
  };
  return [on, set];
}
