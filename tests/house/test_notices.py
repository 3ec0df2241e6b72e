"""Every notification that people can choose is made by something (spec 09.6)."""

from __future__ import annotations

import ast

from tests.house.code import called, calls, every_module, name_of, sources

from fiducial.kit.moves import lifecycles
from fiducial.notices.types import NOTICES

every_module()

# What announces these is not built yet; a line goes when it comes.
NOT_SENT_YET = {
    "CERT_EXPIRING",  # built-in HTTPS (spec 13.3)
}  # fmt: skip


def announced() -> set[str]:
    """The types of events that the program announces: by `emit`, by a move, or wired to another event in a wiring."""
    found = {lifecycle.event_of(move) for lifecycle in lifecycles for move in lifecycle}
    for path in sources():
        if "notices" in path.parts:
            continue
        for call in calls(path):
            if called(call).endswith(("emit", "Move")):
                words = [
                    node
                    for argument in (*call.args, *(word.value for word in call.keywords))
                    for node in ast.walk(argument)
                ]
                found |= {
                    node.value for node in words if isinstance(node, ast.Constant) and isinstance(node.value, str)
                }
    return found


def text_of_wirings() -> set[str]:
    """Every text of the modules that name events by a variable: what a wiring or a table of events says."""
    return {
        node.value
        for path in sources()
        if not name_of(path).startswith(("notices/", "people/action_words"))
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.isupper()
    }


def test_every_type_of_notification_is_sent_by_something() -> None:
    """Seen to fail with the emit of DISK_LOW taken out of ops/ground.py."""
    types = {notice.type for notice in NOTICES}
    silent = types - announced() - text_of_wirings()
    assert silent <= NOT_SENT_YET, silent - NOT_SENT_YET


def test_what_is_sent_by_now_is_not_said_to_be_missing() -> None:
    assert NOT_SENT_YET & announced() == set()
