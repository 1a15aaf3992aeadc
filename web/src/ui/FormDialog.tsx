/** A dialog that asks something and does it: fields, a way back, and one button that says what happens. */
import type { FormEvent, ReactNode } from "react";
import { Dialog } from "./Dialog";

interface Props {
  title: string;
  /** What the button says. */
  doing: string;
  tone?: "primary" | "danger";
  /** Everything that is needed was said. */
  ready?: boolean;
  busy: boolean;
  onSubmit: () => void;
  onClose: () => void;
  children: ReactNode;
  className?: string;
}

export function FormDialog(props: Props) {
  const {
    title,
    doing,
    tone = "primary",
    ready = true,
    busy,
    onSubmit,
    onClose,
    children,
    className,
  } = props;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (ready && !busy) onSubmit();
  };
  return (
    <Dialog title={title} onClose={onClose} {...(className ? { className } : {})}>
      <form className="stack form" onSubmit={submit}>
        {children}
        <div className="actions">
          <button type="button" className="button" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" className={`button ${tone}`} disabled={busy || !ready}>
            {doing}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

interface TextFieldProps {
  label: string;
  value: string;
  onChange: (value: string) => void;
  placeholder?: string;
  /** A name, path or id: set in the font of code and never spelt for the person. */
  code?: boolean;
  list?: string;
}

/** A line of text in such a dialog. */
export function TextField({ label, value, onChange, placeholder, code = false, list }: TextFieldProps) {
  return (
    <label className="field">
      <span className="label">{label}</span>
      <input
        className={`input${code ? " mono" : ""}`}
        value={value}
        onChange={(event) => onChange(event.target.value)}
        placeholder={placeholder}
        spellCheck={!code}
        list={list}
      />
    </label>
  );
}
