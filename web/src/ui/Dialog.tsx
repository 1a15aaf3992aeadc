/** A modal on the browser's own dialog: focus stays inside, Escape closes, the page behind is inert. */
import { type ReactNode, useEffect, useId, useRef } from "react";
import { Icon } from "./Icon";

interface Props {
  title: string;
  onClose: () => void;
  children: ReactNode;
  className?: string;
  /** For dialogs whose first line is an input: the title is then only spoken. */
  bare?: boolean;
}

export function Dialog({ title, onClose, children, className = "", bare = false }: Props) {
  const ref = useRef<HTMLDialogElement>(null);
  const heading = useId();
  useEffect(() => {
    const dialog = ref.current;
    if (dialog && !dialog.open) {
      dialog.showModal();
      // What a dialog is for comes before its button to close it.
      dialog.querySelector<HTMLElement>("[data-first]")?.focus();
    }
    return () => dialog?.close();
  }, []);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: a click on the backdrop; the keyboard has Escape
    <dialog
      ref={ref}
      className={`dialog ${className}`}
      aria-labelledby={heading}
      onClose={onClose}
      onClick={(event) => {
        if (event.target === ref.current) ref.current?.close();
      }}
    >
      {bare ? (
        <h2 id={heading} className="visually-hidden">
          {title}
        </h2>
      ) : (
        <header>
          <h2 id={heading} className="grow">
            {title}
          </h2>
          <button
            type="button"
            className="button quiet icon-only"
            aria-label="Close"
            onClick={() => ref.current?.close()}
          >
            <Icon name="close" />
          </button>
        </header>
      )}
      {bare ? children : <div className="dialog-body">{children}</div>}
    </dialog>
  );
}
