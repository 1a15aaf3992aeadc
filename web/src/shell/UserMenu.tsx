/** Who I am, how the pages look, and the way out. */
import { useEffect, useId, useRef, useState } from "react";
import { change } from "../api/resources";
import { useAction } from "../ui/action";
import { Icon, type IconName } from "../ui/Icon";
import { useMe } from "./me";
import { setTheme, type Theme, useTheme } from "./theme";

const THEMES: readonly { value: Theme; text: string; icon: IconName }[] = [
  { value: "system", text: "As the system", icon: "system" },
  { value: "dark", text: "Dark", icon: "moon" },
  { value: "light", text: "Light", icon: "sun" },
];

export function UserMenu() {
  const me = useMe();
  const [open, setOpen] = useState(false);
  const root = useRef<HTMLDivElement>(null);
  const menu = useId();
  const chosen = useTheme();
  const logout = useAction(change.logout, { after: () => window.location.assign("/") });
  useEffect(() => {
    if (!open) return;
    const away = (event: Event) => {
      if (event.target instanceof Node && !root.current?.contains(event.target)) setOpen(false);
    };
    const dismiss = (event: KeyboardEvent) => {
      if (event.key !== "Escape") return;
      setOpen(false);
      root.current?.querySelector("button")?.focus();
    };
    document.addEventListener("pointerdown", away);
    document.addEventListener("focusin", away);
    document.addEventListener("keydown", dismiss);
    return () => {
      document.removeEventListener("pointerdown", away);
      document.removeEventListener("focusin", away);
      document.removeEventListener("keydown", dismiss);
    };
  }, [open]);
  return (
    <div className="user-menu" ref={root}>
      <button
        type="button"
        className="button quiet icon-only"
        aria-expanded={open}
        aria-controls={menu}
        aria-label={`Account of ${me.user.name}`}
        onClick={() => setOpen(!open)}
      >
        <span className="avatar" aria-hidden="true">
          {me.user.name.slice(0, 2)}
        </span>
      </button>
      {open && (
        <div className="menu" id={menu}>
          <div className="who">
            <div>{me.user.name}</div>
            <div className="muted small">{me.user.roles.join(", ") || "no role"}</div>
          </div>
          {THEMES.map(({ value, text, icon }) => (
            <button
              key={value}
              type="button"
              className="button quiet"
              aria-pressed={chosen === value}
              onClick={() => setTheme(value)}
            >
              <Icon name={icon} />
              <span className="grow" style={{ textAlign: "left" }}>
                {text}
              </span>
              {chosen === value && <Icon name="check" />}
            </button>
          ))}
          <button type="button" className="button quiet" onClick={() => logout.mutate()}>
            <Icon name="lock" />
            Sign out
          </button>
        </div>
      )}
    </div>
  );
}
