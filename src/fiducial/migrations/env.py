"""Alembic's entry; the program itself migrates by `fiducial.ops.migrate`."""
