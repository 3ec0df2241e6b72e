"""Migrating what people have worked on (spec 13.5): a verified backup first, and the way back to it.

No verified backup, no migration. What a migration that failed has left behind is put back from it.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import structlog

from fiducial.kit.store import make_engine
from fiducial.ops.backups import making, places, verifying
from fiducial.ops.backups.checking import NotWhole
from fiducial.ops.backups.restoring import Restored, restore
from fiducial.ops.environment import Environment
from fiducial.ops.migrate import migrate, pending, revision_of

log = structlog.get_logger("fiducial.upgrade")


class NotUpgraded(Exception):
    """The database was not migrated and stands as it stood (exit code 5)."""


class NoWayBack(Exception):
    """There is no backup of before an upgrade to go back to (exit code 1)."""


def standing(url: str) -> str | None:
    """Give the revision a database stands at; None for one with nothing in it."""
    with make_engine(url).connect() as connection:
        return revision_of(connection)


def upgrade(environment: Environment) -> list[str]:
    """Apply what is pending and give it; of a database that people have worked on a verified backup is made before.

    The caller owns the database. Raises `NotUpgraded` when there is no verified backup or the migration fails, `NewerDatabase`.
    """
    url = environment.database_url
    if not pending(url):
        return []
    before = standing(url)
    if before is None:
        return migrate(url)
    backup = _verified(environment)
    log.info("backup_before_upgrade", name=backup.name)
    try:
        return migrate(url)
    except Exception as fault:
        if standing(url) != before:
            _put_back(environment, backup)
        raise NotUpgraded(f"the migration failed and the database stands at {before} as before: {fault}") from fault


def _verified(environment: Environment) -> places.Backup:
    try:
        backup = making.create(environment, tag=places.PRE_UPGRADE)
        verifying.verify(backup)
    except (NotWhole, OSError) as fault:
        raise NotUpgraded(f"nothing was migrated, for no verified backup could be made first: {fault}") from fault
    return backup


def _put_back(environment: Environment, backup: places.Backup) -> None:
    """Put back what stood before. On PostgreSQL a migration is one transaction, which has undone itself."""
    if environment.on_sqlite:
        restore(environment, backup.path)


@dataclass(frozen=True, slots=True)
class WayBack:
    """The newest backup of before an upgrade."""

    backup: places.Backup

    @property
    def seq(self) -> int:
        """Give the newest audit entry that is in it: what was entered since is lost by going back."""
        return int(self.backup.manifest["auditHead"]["seq"] or 0)

    @property
    def version(self) -> str:
        """Give the version of the program that worked on it."""
        return str(self.backup.manifest["version"])


def way_back(environment: Environment) -> WayBack:
    """Give what a roll-back goes back to. Raises `NoWayBack`."""
    made = [backup for backup in places.known(environment.backups) if backup.pre_upgrade and backup.verified]
    if not made:
        raise NoWayBack(f"there is no backup of before an upgrade in {environment.backups}")
    return WayBack(made[0])


def go_back(environment: Environment, way: WayBack, link: Path) -> tuple[Restored, Path | None]:
    """Put the database of before the upgrade back, and the link to the program that worked on it; None for a link that was not moved.

    The caller owns the database. Raises `NotWhole`, `OtherInstallation`.
    """
    done = restore(environment, way.backup.path)
    program = link.parent / "releases" / way.version
    if not link.is_symlink() or not program.is_dir():
        return done, None
    draft = link.with_name(f".{link.name}.new")
    draft.unlink(missing_ok=True)
    draft.symlink_to(program)
    draft.replace(link)
    return done, program
