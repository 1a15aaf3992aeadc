"""Guidelines as HTML that cannot do anything: Markdown in, plain elements out.

Raw HTML is shown as text. Links may lead to http, https and mail; images may come from this server only, because a
picture elsewhere tells that elsewhere who reads, when.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

_LINKS: Final = ("https://", "http://", "mailto:", "#", "/")


@lru_cache(maxsize=64)
def render_guideline(markdown: str) -> str:
    """The guideline as HTML; safe to insert into a page whatever the text holds."""
    tokens = _parser().parse(markdown)
    for token in tokens:
        for child in token.children or ():
            _tame(child)
    return str(_parser().renderer.render(tokens, _parser().options, {}))


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt  # noqa: PLC0415 - most starts never show a guideline

    return MarkdownIt("commonmark", {"html": False}).enable("table")


def _tame(token: Token) -> None:
    if token.type == "link_open":
        target = str(token.attrs.get("href", ""))
        token.attrs = {"href": target if _leads_somewhere_known(target) else "#", "rel": "noopener noreferrer"}
        token.attrs["target"] = "_blank"
    elif token.type == "image":
        source = str(token.attrs.get("src", ""))
        if not source.startswith("/") or source.startswith("//"):
            token.attrs = {"src": "", "alt": ""}


def _leads_somewhere_known(target: str) -> bool:
    return target.lower().startswith(_LINKS) and not target.startswith("//")
