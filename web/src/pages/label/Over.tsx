/** Why there is nothing to label now, said plainly. */
import { Link } from "@tanstack/react-router";
import type { Session } from "../../label/session";
import { money, plural } from "../../ui/format";
import { Icon, type IconName } from "../../ui/Icon";

const TEXTS: Record<string, { icon: IconName; title: string; text: string }> = {
  done: {
    icon: "check",
    title: "All done",
    text: "There is nothing left for you in this project. New tasks appear here by themselves.",
  },
  wait: {
    icon: "clock",
    title: "Nothing at this moment",
    text: "Others hold the remaining tasks. This page looks again every few seconds; you may leave it open.",
  },
  banned: {
    icon: "lock",
    title: "You cannot label here any more",
    text: "Your access to this project was ended.",
  },
  failed: {
    icon: "lock",
    title: "Not passed",
    text: "Your first answers did not reach the pass mark of this project.",
  },
  closed: {
    icon: "pause",
    title: "The project is not open",
    text: "It is paused or closed. Ask whoever leads it.",
  },
};

export function Over({ reason, session }: { reason: string; session: Session }) {
  const { icon, title, text } = TEXTS[reason] ?? {
    icon: "clock" as const,
    title: "No more tasks",
    text: reason,
  };
  const { membership, answered, earned } = session;
  return (
    <div className="state over" role="status">
      <Icon name={icon} />
      <h2>{title}</h2>
      <p>{text}</p>
      {membership.reason && (reason === "banned" || reason === "failed") && (
        <p className="reason">{membership.reason}</p>
      )}
      <p className="muted">
        You gave {plural(answered, "answer")}
        {earned && <> and earned {money(earned)}</>}.
      </p>
      <Link to="/" className="button primary">
        Go home
      </Link>
    </div>
  );
}
