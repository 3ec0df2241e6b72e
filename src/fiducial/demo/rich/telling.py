"""Telling the stories of `rich`, each unless its order is there already."""

from __future__ import annotations

from functools import partial
from random import Random

from sqlalchemy import select

from fiducial.demo.making import Maker
from fiducial.demo.rich import insertion, records, stories
from fiducial.demo.rich.acts import Acts
from fiducial.demo.rich.hours import DAY, HOUR
from fiducial.demo.rich.hours import Story as Told
from fiducial.demo.rich.hours import tell as tell_together
from fiducial.forms.tables import TABLES
from fiducial.orders.tables import work_orders


def tell(maker: Maker, as_of: int, seed: int) -> None:
    """Tell what is missing, all together in the order of time."""
    acts = Acts(maker.inside)
    telling: list[tuple[int, Told]] = []
    for wo_no, begins, story in (*stories.STORIES, *insertion.STORIES):
        there = select(work_orders.c.id).where(work_orders.c.wo_no == wo_no)
        maker.ensure("story", wo_no, there, partial(telling.append, (begins, story(acts))), table=work_orders)
    any_record = select(TABLES["cold_storage"].c.id).limit(1)
    for number, paper in enumerate(records.STORIES):
        begins = -records.DAYS * DAY + 8 * HOUR + number * HOUR // 4
        told = paper(acts, Random(f"{seed}:{number}"))  # noqa: S311 - a story, no secret
        maker.ensure("month of paper", paper.__name__, any_record, partial(telling.append, (begins, told)))
    if telling:
        tell_together(maker.inside.store, as_of, telling)
