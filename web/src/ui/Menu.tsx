/** A button that opens a short list of things to do; arrows walk it, Escape and a click elsewhere close it. */
import { type KeyboardEvent, type ReactNode, useEffect, useId, useRef, useState } from "react";
import { Icon, type IconName } from "./Icon";

export interface MenuItem {
  readonly text: string;
  readonly icon: IconName;
  readonly run: () => void;
  readonly danger?: boolean;
}

interface Props {
  /** What the button is called, and the list. */
  label: string;
  items: readonly MenuItem[];
  /** What the button shows; three dots without. */
  children?: ReactNode;
  className?: string;
}

const GAP = 4;

export function Menu({ label, items, children, className = "button quiet icon-only" }: Props) {
  const [open, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const id = useId();
  return (
    <>
      <button
        ref={button}
        type="button"
        className={className}
        aria-haspopup="menu"
        aria-expanded={open}
        aria-controls={open ? id : undefined}
        aria-label={label}
        title={children ? undefined : label}
        onClick={() => setOpen(!open)}
      >
        {children ?? <Icon name="more" />}
      </button>
      {open && (
        <Items
          id={id}
          label={label}
          items={items}
          beside={button}
          onClose={(back) => {
            setOpen(false);
            if (back) button.current?.focus();
          }}
        />
      )}
    </>
  );
}

interface ItemsProps {
  id: string;
  label: string;
  items: readonly MenuItem[];
  beside: { readonly current: HTMLElement | null };
  /** `back`: the button is to have the focus again. */
  onClose: (back: boolean) => void;
}

function Items({ id, label, items, beside, onClose }: ItemsProps) {
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const [box, at] = [list.current, beside.current?.getBoundingClientRect()];
    if (!box || !at) return;
    box.showPopover();
    const below = at.bottom + GAP + box.offsetHeight <= window.innerHeight;
    box.style.top = `${below ? at.bottom + GAP : Math.max(GAP, at.top - GAP - box.offsetHeight)}px`;
    box.style.left = `${Math.max(GAP, Math.min(at.right, window.innerWidth - GAP) - box.offsetWidth)}px`;
    box.querySelector("button")?.focus();
  }, [beside]);
  useEffect(() => {
    const away = (event: Event) => {
      const [to, box, opener] = [event.target, list.current, beside.current];
      if (to instanceof Node && !box?.contains(to) && !opener?.contains(to)) onClose(false);
    };
    const scrolled = () => onClose(false);
    document.addEventListener("pointerdown", away);
    window.addEventListener("scroll", scrolled, true);
    return () => {
      document.removeEventListener("pointerdown", away);
      window.removeEventListener("scroll", scrolled, true);
    };
  }, [onClose, beside]);
  const onKeyDown = (event: KeyboardEvent) => {
    const buttons = [...(list.current?.querySelectorAll("button") ?? [])];
    const at = buttons.indexOf(document.activeElement as HTMLButtonElement);
    const to: Record<string, number> = {
      ArrowDown: (at + 1) % buttons.length,
      ArrowUp: (at - 1 + buttons.length) % buttons.length,
      Home: 0,
      End: buttons.length - 1,
    };
    const next = to[event.key];
    if (next !== undefined) buttons[next]?.focus();
    else if (event.key === "Escape" || event.key === "Tab") onClose(true);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div
      ref={list}
      id={id}
      className="popup-menu"
      popover="manual"
      role="menu"
      tabIndex={-1}
      aria-label={label}
      onKeyDown={onKeyDown}
    >
      {items.map((item) => (
        <button
          key={item.text}
          type="button"
          role="menuitem"
          tabIndex={-1}
          className={`button quiet${item.danger ? " danger" : ""}`}
          onClick={() => {
            onClose(true);
            item.run();
          }}
        >
          <Icon name={item.icon} />
          {item.text}
        </button>
      ))}
    </div>
  );
}
