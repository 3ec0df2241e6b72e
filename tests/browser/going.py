"""Going from page to page: one that hears of a change loads itself anew, now and then at the very moment at which it is left."""

from __future__ import annotations

from playwright.sync_api import Error, Page, Response

TRIES, PAUSE_MS = 5, 200
CROSSED = ("ERR_ABORTED", "interrupted by another navigation")


def opened(page: Page, address: str) -> Response:
    """Go to a page by way of an empty one, again when the page before has crossed the way; give its answer."""
    for attempt in range(1, TRIES + 1):
        try:
            page.goto("about:blank")
            if (answer := page.goto(address, wait_until="load")) is not None:
                return answer
        except Error as fault:
            if attempt == TRIES or not any(word in fault.message for word in CROSSED):
                raise
        page.wait_for_timeout(PAUSE_MS)
    raise AssertionError(f"{address} gave no answer")
