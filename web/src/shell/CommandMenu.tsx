/** Ctrl+K: every project, repo, pipeline and page by a few letters. */
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type KeyboardEvent as Press, useEffect, useId, useMemo, useState } from "react";
import { read, repoName } from "../api/resources";
import { Dialog } from "../ui/Dialog";
import { Icon } from "../ui/Icon";
import { mayLead, mayManagePeople, mayReadData } from "./access";
import { useMe } from "./me";
import { closePalette, type Destination, openPalette, search, usePaletteOpen } from "./palette";
import { setTheme } from "./theme";

export function CommandMenu() {
  const open = usePaletteOpen();
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
        event.preventDefault();
        openPalette();
      }
    };
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  }, []);
  return open ? <Palette /> : null;
}

function useDestinations(): Destination[] {
  const me = useMe();
  const navigate = useNavigate();
  const engineer = mayReadData(me);
  const home = useQuery(read.home());
  const repos = useQuery({ ...read.repos(), enabled: engineer });
  const pipelines = useQuery({ ...read.pipelines(), enabled: engineer });
  return useMemo(() => {
    const go = (to: string) => () => void navigate({ to });
    const projects = home.data?.projects ?? [];
    return [
      { title: "Home", kind: "page", icon: "home", run: go("/") },
      ...projects.flatMap((p): Destination[] => [
        {
          title: `Label ${p.name}`,
          kind: "workbench",
          icon: "keyboard",
          keywords: p.title,
          run: go(`/p/${p.name}/label`),
        },
        { title: p.name, kind: "project", icon: "tag", keywords: p.title, run: go(`/p/${p.name}`) },
      ]),
      ...(repos.data ?? []).map((repo): Destination => {
        const name = repoName(repo);
        return {
          title: name,
          kind: "repo",
          icon: "data",
          keywords: repo.description,
          run: go(`/data/${encodeURIComponent(name)}`),
        };
      }),
      ...(pipelines.data ?? []).map((p): Destination => {
        return { title: p.name, kind: "pipeline", icon: "flow", run: go(`/pipelines/${p.name}`) };
      }),
      ...(engineer
        ? ([
            { title: "Data", kind: "page", icon: "data", keywords: "repositories", run: go("/data") },
            {
              title: "Pipelines",
              kind: "page",
              icon: "flow",
              keywords: "graph dag jobs",
              run: go("/pipelines"),
            },
            { title: "Projects", kind: "page", icon: "tag", run: go("/projects") },
          ] as Destination[])
        : []),
      ...(mayLead(me)
        ? [
            {
              title: "New project",
              kind: "command",
              icon: "plus",
              keywords: "create wizard template label",
              run: go("/projects/new"),
            } as Destination,
          ]
        : []),
      ...(mayManagePeople(me)
        ? [
            {
              title: "People",
              kind: "page",
              icon: "people",
              keywords: "users invite",
              run: go("/people"),
            } as Destination,
          ]
        : []),
      { title: "Dark theme", kind: "command", icon: "moon", run: () => setTheme("dark") },
      { title: "Light theme", kind: "command", icon: "sun", run: () => setTheme("light") },
      { title: "Theme as the system", kind: "command", icon: "system", run: () => setTheme("system") },
    ];
  }, [me, engineer, home.data, repos.data, pipelines.data, navigate]);
}

function Palette() {
  const destinations = useDestinations();
  const [query, setQuery] = useState("");
  const [at, setAt] = useState(0);
  const list = useId();
  const found = search(query, destinations);
  const chosen = Math.min(at, found.length - 1);

  const run = (item: Destination | undefined) => {
    closePalette();
    item?.run();
  };
  const press = (event: Press) => {
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (step !== 0) setAt((chosen + step + found.length) % Math.max(1, found.length));
    else if (event.key === "Enter") run(found[chosen]);
    else return;
    event.preventDefault();
  };
  useEffect(() => {
    document.getElementById(`${list}-${chosen}`)?.scrollIntoView({ block: "nearest" });
  }, [list, chosen]);

  return (
    <Dialog title="Search and commands" onClose={closePalette} className="palette" bare>
      <div className="query">
        <Icon name="search" />
        <input
          autoFocus
          role="combobox"
          aria-expanded="true"
          aria-controls={list}
          aria-activedescendant={found.length > 0 ? `${list}-${chosen}` : undefined}
          aria-label="Search projects, repos, pipelines and commands"
          placeholder="Where to?"
          value={query}
          onChange={(event) => {
            setQuery(event.target.value);
            setAt(0);
          }}
          onKeyDown={press}
        />
      </div>
      <div className="results" role="listbox" id={list} aria-label="Results">
        {found.map((item, i) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the input above has the keys of the list
          // biome-ignore lint/a11y/useFocusableInteractive: focus stays in the input, which names the active option
          <div
            key={`${item.kind} ${item.title}`}
            id={`${list}-${i}`}
            role="option"
            aria-selected={i === chosen}
            onClick={() => run(item)}
            onPointerMove={() => setAt(i)}
          >
            <Icon name={item.icon} />
            <span className="clip">{item.title}</span>
            <span className="kind">{item.kind}</span>
          </div>
        ))}
        {found.length === 0 && <div className="state">Nothing is called that.</div>}
      </div>
    </Dialog>
  );
}
