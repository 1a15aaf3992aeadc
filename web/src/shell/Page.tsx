/** The frame of a page beside the rail: breadcrumb, actions, and the content that scrolls. */
import { Link } from "@tanstack/react-router";
import { Fragment, type ReactNode, useEffect, useRef } from "react";
import { Icon } from "../ui/Icon";
import { Key } from "../ui/parts";
import { openPalette } from "./palette";
import { UserMenu } from "./UserMenu";

export interface Crumb {
  readonly text: string;
  readonly to?: string;
  readonly mono?: boolean;
}

interface Props {
  crumbs: readonly Crumb[];
  actions?: ReactNode;
  /** `wide` lets tables breathe; `flush` gives the whole area away, for graphs. */
  width?: "normal" | "wide" | "flush";
  children: ReactNode;
}

export function Page({ crumbs, actions, width = "normal", children }: Props) {
  const main = useRef<HTMLElement>(null);
  const title = crumbs.map((crumb) => crumb.text).join(" · ");
  useEffect(() => {
    document.title = `${title} · Recension`;
  }, [title]);
  return (
    <div className="page">
      <header className="topbar">
        <nav aria-label="Breadcrumb" className="grow">
          <ol className="crumbs">
            {crumbs.map((crumb, i) => (
              <Fragment key={`${crumb.to ?? ""}${crumb.text}`}>
                <li>
                  {i > 0 && (
                    <span className="sep" aria-hidden="true">
                      ›
                    </span>
                  )}
                  {crumb.to ? (
                    <Link to={crumb.to} className={crumb.mono ? "mono" : undefined}>
                      {crumb.text}
                    </Link>
                  ) : (
                    <span className={`clip${crumb.mono ? " mono" : ""}`} aria-current="page">
                      {crumb.text}
                    </span>
                  )}
                </li>
              </Fragment>
            ))}
          </ol>
        </nav>
        {actions}
        <button
          type="button"
          className="button search-button"
          onClick={openPalette}
          aria-label="Search and commands"
        >
          <Icon name="search" />
          <span className="text">Search</span>
          <Key>Ctrl K</Key>
        </button>
        <UserMenu />
      </header>
      <main
        ref={main}
        id="content"
        tabIndex={-1}
        className={`content${width === "flush" ? " flush" : ""}`}
        aria-label={crumbs.at(-1)?.text}
      >
        <div className={`inner${width === "wide" ? " wide" : ""}`}>{children}</div>
      </main>
    </div>
  );
}
