/** Every address of the application. Pages are loaded when they are first visited; filters live in the search part. */
import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
} from "@tanstack/react-router";
import { CommandMenu } from "./shell/CommandMenu";
import { SignedIn } from "./shell/me";
import { Shell } from "./shell/Shell";
import { Empty, Failure } from "./ui/parts";
import { Toasts } from "./ui/toasts";

/** Search parameters are plain texts: what is missing is absent, what is unknown is dropped. */
function texts<const K extends string>(...names: K[]) {
  return (search: Record<string, unknown>): { [key in K]?: string } => {
    const found: { [key in K]?: string } = {};
    for (const name of names) {
      const value = search[name];
      if (typeof value === "string" && value !== "") found[name] = value;
    }
    return found;
  };
}

const root = createRootRoute({
  component: () => (
    <>
      <SignedIn>
        <Outlet />
        <CommandMenu />
      </SignedIn>
      <Toasts />
    </>
  ),
});

const shell = createRoute({ getParentRoute: () => root, id: "shell", component: Shell });

const page = <const P extends string, S extends Record<string, string | undefined>>(
  path: P,
  component: ReturnType<typeof lazyRouteComponent>,
  validateSearch: (search: Record<string, unknown>) => S,
) => createRoute({ getParentRoute: () => shell, path, component, validateSearch });

const routeTree = root.addChildren([
  createRoute({
    getParentRoute: () => root,
    path: "/p/$project/label",
    component: lazyRouteComponent(() => import("./pages/label/WorkbenchPage"), "WorkbenchPage"),
  }),
  createRoute({
    getParentRoute: () => root,
    path: "/p/$project/review",
    component: lazyRouteComponent(() => import("./pages/review/ReviewPage"), "ReviewPage"),
    validateSearch: texts("status", "task", "show"),
  }),
  shell.addChildren([
    page(
      "/",
      lazyRouteComponent(() => import("./pages/home/HomePage"), "HomePage"),
      texts(),
    ),
    page(
      "/projects",
      lazyRouteComponent(() => import("./pages/project/ProjectsPage"), "ProjectsPage"),
      texts(),
    ),
    page(
      "/projects/new",
      lazyRouteComponent(() => import("./pages/wizard/WizardPage"), "WizardPage"),
      texts("step", "view"),
    ),
    page(
      "/p/$project",
      lazyRouteComponent(() => import("./pages/project/ProjectPage"), "ProjectPage"),
      texts("tab", "status", "task", "worker", "view", "filter", "sort", "columns", "show"),
    ),
    page(
      "/data",
      lazyRouteComponent(() => import("./pages/data/ReposPage"), "ReposPage"),
      texts("kind"),
    ),
    page(
      "/data/$repo",
      lazyRouteComponent(() => import("./pages/data/RepoPage"), "RepoPage"),
      texts("ref", "path", "file", "view", "lines", "start"),
    ),
    page(
      "/data/$repo/commit/$id",
      lazyRouteComponent(() => import("./pages/data/CommitPage"), "CommitPage"),
      texts(),
    ),
    page(
      "/data/$repo/compare",
      lazyRouteComponent(() => import("./pages/data/ComparePage"), "ComparePage"),
      texts("from", "to", "path", "kind", "file", "key", "as"),
    ),
    page(
      "/data/$repo/merge",
      lazyRouteComponent(() => import("./pages/data/merge/MergePage"), "MergePage"),
      texts("from", "into", "path", "kind", "file", "key", "as"),
    ),
    page(
      "/pipelines",
      lazyRouteComponent(() => import("./pages/pipelines/PipelinesPage"), "PipelinesPage"),
      texts("node"),
    ),
    page(
      "/pipelines/$name",
      lazyRouteComponent(() => import("./pages/pipelines/PipelinePage"), "PipelinePage"),
      texts("job", "datum"),
    ),
    page(
      "/lineage/$commit",
      lazyRouteComponent(() => import("./pages/lineage/LineagePage"), "LineagePage"),
      texts("node"),
    ),
    page(
      "/people",
      lazyRouteComponent(() => import("./pages/people/PeoplePage"), "PeoplePage"),
      texts(),
    ),
  ]),
]);

export const router = createRouter({
  routeTree,
  parseSearch: (search) => Object.fromEntries(new URLSearchParams(search)),
  stringifySearch: (search) => {
    const pairs = Object.entries(search).filter(([, value]) => value !== undefined && value !== "");
    const text = new URLSearchParams(pairs.map(([key, value]) => [key, String(value)])).toString();
    // Paths stay readable in the address bar.
    return text ? `?${text.replaceAll("%2F", "/")}` : "";
  },
  defaultPreload: "intent",
  defaultPreloadDelay: 40,
  defaultNotFoundComponent: () => (
    <Empty icon="search" title="There is nothing at this address.">
      <a className="link" href="/">
        Go home
      </a>
    </Empty>
  ),
  defaultErrorComponent: ({ error, reset }) => (
    <Failure error={error instanceof Error ? error : new Error(String(error))} retry={reset} />
  ),
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
