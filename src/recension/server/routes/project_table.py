"""A project's table: pages of what was published last and what is newer, and questions kept under a name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import StreamingResponse

from recension.clock import iso
from recension.crowd.branches import home_branch
from recension.crowd.filters import OPS
from recension.crowd.registry import Project
from recension.crowd.table import table_kinds
from recension.crowd.table_rows import SortKey, Wanted
from recension.crowd.table_views import View, delete_view, save_view, tasks_of_items, views
from recension.server.access import Identity, Need
from recension.server.deps import At, needs
from recension.server.people import find_project
from recension.server.published_table import Table, table_now
from recension.server.routes.shapes import address_of
from recension.server.selection import select
from recension.server.site import Site
from recension.server.wire import tables as wire
from recension.server.wire.people import Done

router = APIRouter(prefix="/api/v1/projects/{project}", tags=["projects"])
Watcher = Annotated[Identity, Depends(needs(Need.SEE_PROJECTS))]
Lead = Annotated[Identity, Depends(needs(Need.LEAD_PROJECTS))]


@router.post("/table")
def table(project: str, body: wire.TableQuestion, _who: Watcher, at: At) -> wire.TablePage:
    """Items with their labels, filtered and sorted, from anywhere in the list."""
    found = find_project(at, project)
    kinds = table_kinds(found.schema)
    wanted = Wanted.read(body.filter, _keys(body.sort), kinds)
    branch = body.branch or home_branch(found.spec)
    table = _table(at, found, branch, body)
    if table is None:
        return wire.TablePage(
            commit=None, version=None, at=None, total=0, matched=0, offset=body.offset, next=None, rows=[], counts={}
        )
    commit, live = table.commit, table.live
    page = at.tables.page(
        commit,
        kinds,
        wanted,
        columns=body.columns,
        offset=body.offset,
        limit=body.limit,
        counts=body.counts,
        live=live,
    )
    ids = [row["item_id"] for row in page.rows]
    with at.db.read() as tx:
        tasks = tasks_of_items(tx, found.id, branch, ids)
    end = body.offset + len(page.rows)
    return wire.TablePage(
        commit=commit.id,
        version=None if live is None else live.version,
        at=iso(commit.at_us if live is None else live.at_us),
        total=page.total,
        matched=page.matched,
        offset=body.offset,
        next=end if end < page.matched and page.rows else None,
        rows=[
            wire.TableRow(item_id=each, task=tasks.get(each), values=dict(row))
            for each, row in zip(ids, page.rows, strict=True)
        ],
        counts={
            name: [wire.ValueCount(value=value, count=count) for value, count in found_values]
            for name, found_values in page.counts.items()
        },
    )


@router.post("/table/export", response_class=StreamingResponse)
def export_selection(project: str, body: wire.ExportQuestion, _who: Watcher, at: At) -> StreamingResponse:
    """Labels of the selected items as a zip archive in any label format."""
    from recension.server.exporting import export, pieces  # noqa: PLC0415  formats take numpy

    found = find_project(at, project)
    selected = select(at, found, body.selection)
    archive = export(at, found, selected.branch, selected.items, form=body.format, agreed=body.agreed)
    headers = {"content-disposition": f'attachment; filename="{found.name}-{body.format}.zip"'}
    return StreamingResponse(pieces(archive), media_type="application/zip", headers=headers)


@router.get("/views")
def saved(project: str, _who: Watcher, at: At) -> wire.TableViews:
    """The saved views, by name, and the columns there are."""
    found = find_project(at, project)
    return _views(at, found)


@router.put("/views/{name}")
def save(project: str, name: str, body: wire.NewView, who: Lead, at: At) -> wire.TableViews:
    """Save a view for everybody, in the place of one of its name."""
    found = find_project(at, project)
    view = View(name, body.filter, _keys(body.sort), tuple(body.columns))
    now_us, kinds = at.clock.now_us(), table_kinds(found.schema)
    at.db.write(lambda tx: save_view(tx, now_us, found.id, kinds, view, by=who.name))
    at.news.publish("project", project=project)
    return _views(at, found)


@router.delete("/views/{name}")
def delete(project: str, name: str, _who: Lead, at: At) -> Done:
    """Delete a view; the rows stay."""
    found = find_project(at, project)
    at.db.write(lambda tx: delete_view(tx, found.id, name))
    at.news.publish("project", project=project)
    return Done()


def _table(at: Site, project: Project, branch: str, asked: wire.TableQuestion) -> Table | None:
    if asked.commit is not None:
        return Table(at.store.resolve(address_of(project.spec.output.repo, asked.commit)), None)
    return table_now(at, project, branch, asked.version)


def _keys(sort: Sequence[wire.SortBy]) -> tuple[SortKey, ...]:
    return tuple(SortKey(each.field, each.direction) for each in sort)


def _views(at: Site, project: Project) -> wire.TableViews:
    with at.db.read() as tx:
        found = views(tx, project.id)
    return wire.TableViews(
        views=[
            wire.TableView(
                name=view.name,
                filter=None if view.filter is None else dict(view.filter),
                sort=[wire.SortedBy(field=key.field, direction=key.direction) for key in view.sort],
                columns=list(view.columns),
            )
            for view in found
        ],
        columns=[
            wire.TableColumn(name=name, kind=kind, ops=list(OPS[kind]))
            for name, kind in table_kinds(project.schema).items()
        ],
    )
