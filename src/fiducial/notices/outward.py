"""Notifications outside the program (spec 09.6): WeCom group robots and e-mail.

What is to be sent is entered with the notification itself; it is sent by an errand, beside the lane, at least once, and what
fails is tried again after 30 s × 2^(n-1), at most 1 h. The tenth failure makes it DEAD, which administrators are told.
"""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from hashlib import sha256
from typing import Any
from urllib.parse import unquote, urlsplit

import orjson
from sqlalchemy import or_, select, update

from fiducial.kit.acting import Caller, action, query
from fiducial.kit.outbox import ATTEMPTS, FIRST_WAIT_MS, LONGEST_WAIT_MS
from fiducial.kit.store import Store
from fiducial.kit.text import _, use_language
from fiducial.kit.tx import Tx
from fiducial.notices.queries import link_of, words_of
from fiducial.notices.settings import webhooks
from fiducial.notices.tables import choices, deliveries
from fiducial.notices.types import BY_TYPE, HIGH
from fiducial.people.reach import places
from fiducial.people.tables import users

WECOM, EMAIL = "WECOM", "EMAIL"
PENDING, RETRY, SENT, DEAD, DROPPED, SINK = "PENDING", "RETRY", "SENT", "DEAD", "DROPPED", "SINK"
OPEN = (PENDING, RETRY)
PLANT_LANGUAGE = "zh-CN"  # of a group, which has no language of its own
LEASE_MS, TIMEOUT_S = 60_000, 10.0
SENT_AT_ONCE = 25
LONGEST_MARKDOWN = 4000  # bytes; WeCom takes 4096
LONGEST_ANSWER = 65_536
ME = Caller(internal="notifications")


@dataclass(frozen=True, slots=True)
class Channels:
    """What the environment says of the way outside. A demo sends nothing: what it would send is shown (spec 12)."""

    address: str
    smtp_url: str | None = None
    smtp_from: str | None = None
    sink: bool = False


def channels_of(environment: Any) -> Channels:
    """Give the channels of an environment."""
    return Channels(
        environment.app_url, environment.smtp_url, environment.smtp_from, sink=environment.app_mode == "demo"
    )


# ---- what is to be sent, in the transaction of the notification -----------------------------------------------------


def enter(
    tx: Tx, told: tuple[str, int], recipients: Collection[int], lines: Sequence[int], data: Mapping[str, Any]
) -> None:  # fmt: skip
    """Enter what is to be sent of one event: a mail to each who wants one, and one message to each robot that hears of the lines.

    `told`: the type of the notification and the event. A robot speaks to a group, so it speaks when any recipient wants WeCom.
    An event told twice doubles nothing.
    """
    wanted = select(choices.c.user_id, choices.c.wecom, choices.c.email).where(
        choices.c.type == told[0], or_(choices.c.wecom, choices.c.email)
    )
    wanting = [row for row in tx.all(wanted) if row.user_id in recipients]
    for row in wanting:
        if row.email:
            _enter(tx, told, data, channel=EMAIL, target=str(row.user_id), recipient_id=row.user_id)
    if any(row.wecom for row in wanting):
        codes = set(places().line_codes(tx, lines).values())
        for robot in webhooks.of(tx):
            if robot["lineCode"] is None or robot["lineCode"] in codes:
                _enter(tx, told, data, channel=WECOM, target=digest_of(robot["url"]), line_code=robot["lineCode"])


def _enter(tx: Tx, told: tuple[str, int], data: Mapping[str, Any], **values: Any) -> None:
    tx.insert_once(
        deliveries, id=tx.new_id(), type=told[0], event_id=told[1], data=dict(data), state=PENDING, attempts=0, next_at=tx.now,
        created_at=tx.now, **values,
    )  # fmt: skip


def digest_of(url: str) -> str:
    """Give what names a robot where its address, which is its secret, must not stand."""
    return sha256(url.encode()).hexdigest()[:16]


# ---- the errand -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Due:
    """One message that waits: where to (None when there is no such address any more), in whose language, and what of."""

    id: int
    attempts: int
    channel: str
    address: str | None
    language: str
    type: str
    data: Mapping[str, Any]


class NotSent(Exception):
    """The other side did not take it; the message says why, without any secret."""


def send_due(store: Store, channels: Channels) -> dict[str, int]:
    """Send what is due, some at a time; give `{sent, failed}`. Two nodes at once send each message from one of them."""
    counts = {"sent": 0, "failed": 0}
    for due in store.read_now(ME, due_now, SENT_AT_ONCE):
        if not store.write_now(ME, take, due.id, due.attempts):
            continue
        state, error = _try(due, channels)
        store.write_now(ME, note, due.id, state, error)
        counts["sent" if state in (SENT, SINK) else "failed"] += 1
    return counts


def _try(due: Due, channels: Channels) -> tuple[str, str | None]:
    """Send one message; give its new state and what went wrong."""
    if due.address is None:
        return DROPPED, None
    if channels.sink:
        return SINK, None
    send: Callable[[Due, str, Channels], None] = send_wecom if due.channel == WECOM else send_mail
    try:
        send(due, due.address, channels)
    except NotSent as fault:
        return RETRY, str(fault)
    except Exception as fault:  # noqa: BLE001 - whatever the other side does, it is told on the page and tried again
        return RETRY, type(fault).__name__
    return SENT, None


def send_wecom(due: Due, address: str, channels: Channels) -> None:
    """Post one message to a group robot. Raises `NotSent`."""
    import httpx

    title, text, link = _said(due, channels)
    with use_language(due.language):
        urgent, opening = _("Urgent"), _("See it in the program")
    mark = f"【{urgent}】" if _is_urgent(due) else ""
    content = f"**{mark}{_plain(title)}**\n> {_plain(text)}\n"
    content = content.encode()[: LONGEST_MARKDOWN - 300].decode(errors="ignore")
    if link:
        content += f"\n[{opening}]({link})"
    body = {"msgtype": "markdown", "markdown": {"content": content}}
    try:
        # The address is a secret: it is in no message of ours, and a redirect is not followed to another.
        with (
            httpx.Client(timeout=TIMEOUT_S, follow_redirects=False) as client,
            client.stream("POST", address, json=body) as response,
        ):
            raw = b""
            for piece in response.iter_bytes():
                raw += piece
                if len(raw) > LONGEST_ANSWER:
                    break
    except httpx.HTTPError as fault:
        raise NotSent(type(fault).__name__) from None
    if response.status_code != 200:
        raise NotSent(f"HTTP {response.status_code}")
    try:
        said = orjson.loads(raw)
        code = said["errcode"]
    except (orjson.JSONDecodeError, KeyError, TypeError):
        raise NotSent("the answer is not that of a group robot") from None
    if code != 0:
        raise NotSent(f"{code} {str(said.get('errmsg', ''))[:200]}")


def send_mail(due: Due, address: str, channels: Channels) -> None:
    """Send one mail by the plant's server. Raises `NotSent`."""
    if not channels.smtp_url:
        raise NotSent("SMTP_URL is not set")
    title, text, link = _said(due, channels)
    with use_language(due.language):
        urgent = f"[{_('Urgent')}] " if _is_urgent(due) else ""
    parts = urlsplit(channels.smtp_url)
    user = unquote(parts.username or "")
    mail = EmailMessage()
    mail["Subject"] = " ".join(f"{urgent}{title}".split())
    mail["From"] = channels.smtp_from or (user if "@" in user else f"fiducial@{parts.hostname}")
    mail["To"] = address
    mail.set_content("\n\n".join(filter(None, [text, link])) + "\n")
    try:
        with _server(parts) as server:
            if user:
                server.login(user, unquote(parts.password or ""))
            server.send_message(mail)
    except smtplib.SMTPResponseException as fault:
        raise NotSent(f"{fault.smtp_code} {_decoded(fault.smtp_error)[:200]}") from None
    except smtplib.SMTPRecipientsRefused as fault:
        code, said = next(iter(fault.recipients.values()))
        raise NotSent(f"{code} {_decoded(said)[:200]}") from None
    except (smtplib.SMTPException, OSError, ValueError) as fault:
        raise NotSent(type(fault).__name__) from None


def _server(parts: Any) -> smtplib.SMTP:
    """Give a connection: `smtps://` from its first byte, `smtp://` with STARTTLS when the server offers it."""
    host, secure = parts.hostname or "localhost", ssl.create_default_context()
    if parts.scheme == "smtps":
        return smtplib.SMTP_SSL(host, parts.port or 465, timeout=TIMEOUT_S, context=secure)
    server = smtplib.SMTP(host, parts.port or 25, timeout=TIMEOUT_S)
    try:
        server.ehlo()
        if server.has_extn("starttls"):
            server.starttls(context=secure)
            server.ehlo()
    except BaseException:
        server.close()
        raise
    return server


def _decoded(said: bytes | str) -> str:
    return said.decode(errors="replace") if isinstance(said, bytes) else said


def _said(due: Due, channels: Channels) -> tuple[str, str, str]:
    title, text = words_of(due.type, dict(due.data), due.language)
    link = link_of(dict(due.data))
    return title, text, f"{channels.address}{link}" if link else ""


def _is_urgent(due: Due) -> bool:
    return due.type in BY_TYPE and BY_TYPE[due.type].priority == HIGH


_FULL_WIDTH = str.maketrans({"<": "＜", ">": "＞", "[": "［", "]": "］", "`": "｀", "*": "＊"})


def _plain(text: str) -> str:
    """Give a text that no name of a thing can turn into a link or a mention of everybody."""
    return " ".join(text.split()).translate(_FULL_WIDTH)


# ---- what the errand reads and writes -------------------------------------------------------------------------------


@query("system:ops")
def any_due(tx: Tx) -> bool:
    """Tell whether a message is due: asked by reading, so that an idle plant writes nothing."""
    due = select(deliveries.c.id).where(deliveries.c.state.in_(OPEN), deliveries.c.next_at <= tx.now)
    return tx.first(due.limit(1)) is not None


@query("system:ops")
def due_now(tx: Tx, most: int) -> list[Due]:
    """Give the oldest messages that are due, with where they go."""
    robots = {digest_of(robot["url"]): robot["url"] for robot in webhooks.of(tx)}
    rows = tx.all(
        select(deliveries, users.c.email, users.c.locale, users.c.is_active).outerjoin(users)
        .where(deliveries.c.state.in_(OPEN), deliveries.c.next_at <= tx.now)
        .order_by(deliveries.c.next_at, deliveries.c.id).limit(most)
    )  # fmt: skip
    return [
        Due(
            row.id, row.attempts, row.channel,
            robots.get(row.target) if row.channel == WECOM else row.email if row.is_active else None,
            row.locale or PLANT_LANGUAGE, row.type, row.data,
        )
        for row in rows
    ]  # fmt: skip


@action(audit="NOTIFICATION_SEND", entity="OUTBOUND", internal_only=True)
def take(tx: Tx, key: int, attempts: int) -> bool:
    """Take a message for a minute, so that no other node sends it meanwhile; False when another was first."""
    tx.unrecorded()
    mine = deliveries.c.id == key, deliveries.c.attempts == attempts, deliveries.c.state.in_(OPEN)
    taken = {"state": RETRY, "attempts": attempts + 1, "next_at": tx.now + LEASE_MS}
    return tx.run(update(deliveries).where(*mine, deliveries.c.next_at <= tx.now).values(taken)) == 1


@action(audit="NOTIFICATION_SEND", entity="OUTBOUND", internal_only=True)
def note(tx: Tx, key: int, state: str, error: str | None) -> None:
    """Note what became of a message. The tenth failure makes it DEAD and is told, but not of what tells of dead messages itself."""
    tx.unrecorded()
    row = tx.one(select(deliveries).where(deliveries.c.id == key))
    values: dict[str, Any] = {"state": state, "error": error, "ended_at": None if state == RETRY else tx.now}
    if state == RETRY and row.attempts >= ATTEMPTS:
        values |= {"state": DEAD, "ended_at": tx.now}
        if row.type != "OUTBOUND_DEAD":
            tx.emit("OUTBOUND_DEAD", None, target=target_of(tx, [row])[0], what=f"{row.type}: {error}")
    elif state == RETRY:
        values["next_at"] = tx.now + min(FIRST_WAIT_MS << (row.attempts - 1), LONGEST_WAIT_MS)
    tx.run(update(deliveries).where(deliveries.c.id == key).values(values))


def target_of(tx: Tx, rows: Iterable[Any]) -> list[str]:
    """Give what people call the other side of each message: a person, or the group of a line or of the plant."""
    listed = list(rows)
    people = select(users.c.id, users.c.name).where(users.c.id.in_({row.recipient_id for row in listed} - {None}))
    names = {row.id: row.name for row in tx.all(people)}
    return [
        names.get(row.recipient_id, "–") if row.channel == EMAIL else f"WeCom {row.line_code or '*'}" for row in listed
    ]
