"""HTML doors: a query, a template. Pages only read (decision 0003); what is written goes through the JSON API.

A page's query gets the parts of its path and a `View`, gives the template's context, and runs with the rendering on the
reader's thread and snapshot, so that a long page delays no scan.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, Request
from jinja2 import Environment
from starlette.datastructures import URL
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, RedirectResponse, Response

from fiducial.kit import text
from fiducial.kit.acting import OPEN, Mark, mark_of
from fiducial.kit.http.door import File, caller_of, refusal_answer
from fiducial.kit.http.shapes import path_text
from fiducial.kit.listing import Listing
from fiducial.kit.listing import Page as ListPage
from fiducial.kit.pdf.parts import must_have_font
from fiducial.kit.refusals import Refused
from fiducial.kit.tx import Tx
from fiducial.web import lists
from fiducial.web.shell import LANGUAGE_COOKIE, MenuItem, Page, Person, menu_for

PageQuery = Callable[..., Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class View:
    """What a page was asked for besides its path."""

    path: str
    query: Mapping[str, str]

    @property
    def address(self) -> lists.Address:
        """Give the address as list macros take it."""
        return lists.Address(self.path, self.query)

    def page_of(self, listing: Listing, **preset: str) -> ListPage:
        """Give the page of a list asked for; what the list does not know is left out, for a link may carry more."""
        known = {
            name: value
            for name, value in self.query.items()
            if name in (*listing.filters, "sort", "page", "pageSize") and value
        }
        try:
            return listing.parse(list({**preset, **known}.items()))
        except Refused:
            return listing.parse(list(preset.items()))

    def list_of(self, data: Mapping[str, Any], *, default_sort: str = "") -> lists.Listing:
        """Give the data of a list query as list macros take it."""
        return lists.Listing.of(data, self.address, capped=bool(data.get("totalIsCapped")), default_sort=default_sort)


@dataclass(frozen=True, slots=True)
class Frame:
    """What every page has around it; made once in `app.py`."""

    environment: Environment
    menu: Sequence[MenuItem]
    demo: bool
    person: Callable[[Tx], Person | None]
    unread: Callable[[Tx], int] = lambda _tx: 0
    brand: Callable[[Tx], tuple[str, str]] = lambda _tx: ("fiducial", "")
    """What the program is called here, and the address of the plant's logo."""
    notice: Callable[[frozenset[str]], str] = lambda _held: ""
    """What stands above every page, by the permissions of its reader."""
    search_url: str = ""
    search_needs: frozenset[str] = frozenset()

    def page(self, tx: Tx, path: str) -> Page:
        """Give what the layout needs to know of this request."""
        held = frozenset(() if tx.actor.confined else tx.actor.permissions)
        brand, logo = self.brand(tx)
        return Page(
            brand=brand, logo=logo, path=path, person=self.person(tx), menu=menu_for(held, self.menu, path), permissions=held, demo=self.demo,
            unread=self.unread(tx), notice=self.notice(held),
            search_url=self.search_url if held & self.search_needs else "",
        )  # fmt: skip


class Pages:
    """The pages of one room."""

    def __init__(self, room: str) -> None:
        self.room, self.router = room, APIRouter(include_in_schema=False)
        self.opened: list[tuple[str, Mark]] = []
        self.papers: set[str] = set()  # of these, the addresses that answer with a document

    def page(self, path: str, query: PageQuery, template: str, *, slow: bool = False) -> None:
        """Open a page: `query(tx, *path parts, view)` gives the context of `template`. One that reads many rows is `slow`: it queues apart."""
        mark = mark_of(query)
        self.opened.append((path, mark))

        async def endpoint(request: Request) -> Response:
            language = _language_of(request)
            caller = replace(caller_of(request), language=language)
            frame: Frame = request.app.state.frame
            view = View(request.url.path, dict(request.query_params))

            def render(tx: Tx, *parts: str) -> str:
                with text.use_language(language):
                    page = frame.page(tx, view.path)
                    try:
                        context = query(tx, *parts, view)
                        return frame.environment.get_template(template).render(page=page, view=view, **context)
                    except Refused as refused:
                        return _refusal_page(frame, page, refused, language, view.path)

            render.__mark__ = mark  # type: ignore[attr-defined]
            try:
                parts = [path_text(value) for value in request.path_params.values()]
                html = await request.app.state.store.read(caller, render, *parts, slow=slow)
            except Refused as refused:
                return await explain(request, refused)
            except Exception:  # noqa: BLE001 - entered in the log by the reader; a person is shown a page, not a stack
                return await explain(request, Refused("INTERNAL_ERROR", requestId=caller.request_id))
            return _respond(html)

        endpoint.__path__ = path  # type: ignore[attr-defined]  # under which it is counted (kit/http/seen)
        self.router.add_route(path, endpoint, methods=["GET"], include_in_schema=False)

    def paper(self, path: str, query: Callable[..., Any], draw: Callable[[Any, str], File]) -> None:
        """Open an address that answers with a document: what `query(tx, *path parts, view)` gives is drawn by `draw(data, zone)`.

        Drawing takes its time and is done on a thread of its own; a browser shows the document, it does not save it.
        """
        self.opened.append((path, mark_of(query)))
        self.papers.add(path)

        async def endpoint(request: Request) -> Response:
            caller = replace(caller_of(request), language=_language_of(request))
            store, view = request.app.state.store, View(request.url.path, dict(request.query_params))
            try:
                must_have_font()
                parts = [path_text(value) for value in request.path_params.values()]
                data = await store.read(caller, query, *parts, view)
                document = await asyncio.to_thread(draw, data, store.zone)
            except Refused as refused:
                return await explain(request, refused)
            shown = {
                "Content-Disposition": f"inline; filename*=UTF-8''{quote(document.name, safe='')}",
                "Cache-Control": "no-store",
            }
            return Response(document.content, media_type=document.media_type, headers=shown)

        self.router.add_route(path, endpoint, methods=["GET"], include_in_schema=False)


class _Page(str):
    """A rendered page that is a refusal."""

    status: int = 200


def _refusal_page(frame: Frame, page: Page, refused: Refused, language: str, path: str) -> _Page:
    html = frame.environment.get_template("web/refusal.html").render(
        page=page, code=refused.code, message=refused.sentence(language), status=refused.status, path=path
    )
    rendered = _Page(html)
    rendered.status = refused.status
    return rendered


def _respond(html: Any) -> Response:
    return HTMLResponse(
        html, status_code=html.status if isinstance(html, _Page) else 200, headers={"Cache-Control": "no-store"}
    )


def _address_of(request: Request) -> str:
    """Give the address a person sees: of a part of a page, the page's."""
    shown = request.headers.get("hx-current-url")
    url = URL(shown) if shown and request.headers.get("hx-request") else request.url
    try:
        return url.path + (f"?{url.query}" if url.query else "")
    except ValueError:  # what was sent is no address at all
        return "/"


def _language_of(request: Request) -> str:
    return text.negotiate(request.headers.get("accept-language"), request.cookies.get(LANGUAGE_COOKIE))


async def explain(request: Request, refused: Refused) -> Response:
    """Send whoever is not signed in to the sign-in page and back; show anybody else why and where to go."""
    if refused.code == "UNAUTHORIZED":
        here = _address_of(request)
        target = f"/sign-in?next={quote(here)}" if here != "/" else "/sign-in"
        if request.headers.get("hx-request"):
            return Response(status_code=200, headers={"HX-Redirect": target})
        return RedirectResponse(target, status_code=303)
    if refused.code == "PASSWORD_CHANGE_REQUIRED":
        return RedirectResponse("/profile", status_code=303)
    frame: Frame = request.app.state.frame
    language = _language_of(request)

    def render(tx: Tx) -> str:
        with text.use_language(language):
            return _refusal_page(frame, frame.page(tx, request.url.path), refused, language, request.url.path)

    # Open, for a person may meet a wrong address before signing in; the frame shows a menu only to who has one.
    render.__mark__ = Mark("explain", (OPEN,), confined_may=True)  # type: ignore[attr-defined]
    return _respond(await request.app.state.store.read(caller_of(request), render))


async def not_here(request: Request, fault: Exception) -> Response:
    """Say that nothing is at an address: to a program in the API's words, to a person as a page."""
    status = fault.status_code if isinstance(fault, HTTPException) else 500
    refused = Refused({404: "NOT_FOUND", 405: "METHOD_NOT_ALLOWED"}.get(status, "VALIDATION_ERROR"))
    if request.url.path.startswith(("/api/", "/static/")) or request.method != "GET":
        return refusal_answer(refused, caller_of(request).language)
    return await explain(request, refused)
