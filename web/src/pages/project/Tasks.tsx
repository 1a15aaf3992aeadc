/** Every item of a project with what came of it: filtered, sorted, and kept as views; a row opens its task. */
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { type Asked, readTable, type TableColumn, type TableView } from "../../api/table";
import type { Project } from "../../api/types";
import { mayLead } from "../../shell/access";
import { useMe } from "../../shell/me";
import { count, plural } from "../../ui/format";
import { Icon } from "../../ui/Icon";
import { Empty, Failure, Loaded } from "../../ui/parts";
import { taskText } from "./answers";
import { TaskDetails } from "./TaskDetails";
import { ActionBar, Ongoing } from "./table/ActionBar";
import { Bulk } from "./table/Bulk";
import { ColumnsMenu } from "./table/ColumnsMenu";
import { FilterBar } from "./table/FilterBar";
import { Grid } from "./table/Grid";
import { askedBy, searchOf, usualColumns } from "./table/question";
import { NONE, type Selection } from "./table/selection";
import { bulkField } from "./table/suggestion";
import { Views } from "./table/Views";
import "./table/table.css";

const route = getRouteApi("/shell/p/$project");

export function Tasks({ project }: { project: Project }) {
  const views = useQuery(readTable.views(project.name));
  return (
    <section className="stack" aria-label="Tasks">
      <Loaded query={views} lines={8}>
        {(data) => <Table project={project} views={data.views} columns={data.columns} />}
      </Loaded>
    </section>
  );
}

interface Props {
  project: Project;
  views: readonly TableView[];
  columns: readonly TableColumn[];
}

function Table({ project, views, columns }: Props) {
  const { status, view = "", filter, sort, columns: chosen, task, show } = route.useSearch();
  const navigate = useNavigate();
  const search = {
    ...(status ? { status } : {}),
    ...(filter !== undefined ? { filter } : {}),
    ...(sort !== undefined ? { sort } : {}),
    ...(chosen !== undefined ? { columns: chosen } : {}),
  };
  const asked = askedBy(
    search,
    views.find((each) => each.name === view),
  );
  const changed = filter !== undefined || sort !== undefined || chosen !== undefined;
  const go = (next: Record<string, string>, replace = true) =>
    navigate({
      to: "/p/$project",
      params: { project: project.name },
      search: { tab: "tasks", ...next },
      replace,
    });
  const named: Record<string, string> = { ...(view ? { view } : {}), ...(show ? { show } : {}) };
  const opened: Record<string, string> = task ? { task } : {};
  const ask = (part: Partial<Asked>) =>
    go({ ...named, ...opened, ...searchOf({ ...asked, ...part }) }, false);
  const open = (id: string) => go({ ...named, ...search, ...(id === task ? {} : { task: id }) });
  const head = useQuery({
    ...readTable.head(project.name, asked.filter),
    placeholderData: (previous) => previous,
  });
  const usual = usualColumns(project.schema, new Set(columns.map((each) => each.name)));
  const wanted = asked.columns.length > 0 ? asked.columns : usual;
  // Another question has other rows: nothing of them is picked.
  const question = JSON.stringify(asked.filter);
  const [picked, setPicked] = useState<{ of: string; selection: Selection }>({
    of: question,
    selection: NONE,
  });
  const selection = picked.of === question ? picked.selection : NONE;
  const select = (next: Selection) => setPicked({ of: question, selection: next });
  const judged = mayLead(useMe()) ? bulkField(project.schema) : null;
  const bulk = show === "bulk" ? judged : null;
  const shown = wanted.flatMap((name) => columns.filter((each) => each.name === name));
  return (
    <>
      <Views
        project={project.name}
        views={views}
        current={view || (status ? `status ${status}` : "")}
        changed={changed}
        asked={asked}
        onView={(name) => go(name ? { view: name } : {})}
      />
      <div className="row wrap">
        <FilterBar
          project={project.name}
          columns={columns}
          filter={asked.filter}
          onChange={(next) => ask({ filter: next })}
        />
        <span className="grow" />
        {head.data && (
          <span className="muted small" role="status">
            {head.data.matched === head.data.total
              ? plural(head.data.total, "item")
              : `${count(head.data.matched)} of ${plural(head.data.total, "item")}`}
          </span>
        )}
        {judged && (
          <button
            type="button"
            className="button quiet"
            aria-pressed={bulk !== null}
            onClick={() => go({ ...(view ? { view } : {}), ...search, ...(bulk ? {} : { show: "bulk" }) })}
          >
            <Icon name="check" />
            Bulk
          </button>
        )}
        <ColumnsMenu columns={columns} shown={wanted} onChange={(next) => ask({ columns: next })} />
      </div>
      {!bulk && head.data && (
        <ActionBar
          project={project}
          filter={asked.filter}
          matched={head.data.matched}
          version={head.data.version}
          selection={selection}
          onSelect={select}
        />
      )}
      <Ongoing project={project.name} />
      {head.error ? (
        <Failure error={head.error} retry={() => head.refetch()} />
      ) : (
        <div className={`table-and-task${task ? " has-task" : ""}`}>
          <div className="stack">
            <Loaded query={head} lines={8}>
              {(data) =>
                data.commit === null || data.version === null || data.matched === 0 ? (
                  <div className="panel">
                    <Nothing total={data.total} />
                  </div>
                ) : bulk ? (
                  <Bulk
                    key={JSON.stringify([asked.filter, asked.sort])}
                    project={project}
                    field={bulk}
                    commit={data.commit}
                    matched={data.matched}
                    asked={asked}
                  />
                ) : (
                  <Grid
                    // Another question is another list, seen from its beginning.
                    key={JSON.stringify([asked.filter, asked.sort])}
                    project={project}
                    version={data.version}
                    matched={data.matched}
                    asked={{ ...asked, columns: [] }}
                    columns={shown}
                    open={task}
                    onOpen={open}
                    onSort={(next) => ask({ sort: next })}
                    selection={selection}
                    onSelect={select}
                  />
                )
              }
            </Loaded>
          </div>
          {task && <Opened project={project} task={task} onClose={() => open(task)} />}
        </div>
      )}
    </>
  );
}

function Nothing({ total }: { total: number }) {
  if (total > 0)
    return (
      <Empty icon="search" title="No item passes the filter">
        <p>Take a condition away to see more.</p>
      </Empty>
    );
  return (
    <Empty icon="tag" title="No tasks yet">
      <p>Tasks appear by themselves when items are committed to the input.</p>
    </Empty>
  );
}

function Opened({ project, task, onClose }: { project: Project; task: string; onClose: () => void }) {
  const history = useQuery(readTable.task(project.name, task));
  return (
    <aside className="panel task-panel" aria-label="The opened task">
      <div className="panel-head row">
        <h2 className="grow clip">{history.data ? taskText(history.data.task, project.schema) : "Task"}</h2>
        <button
          type="button"
          className="button quiet icon-only"
          aria-label="Close the task"
          onClick={onClose}
        >
          <Icon name="close" />
        </button>
      </div>
      <div className="panel-body">
        <Loaded query={history} lines={4}>
          {(data) => <TaskDetails project={project} row={data.task} />}
        </Loaded>
      </div>
    </aside>
  );
}
