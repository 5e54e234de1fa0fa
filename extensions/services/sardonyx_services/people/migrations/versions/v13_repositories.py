"""Several repositories for a class or an event."""

import json
import re

import sqlalchemy as sa
from alembic import op

from sardonyx_spawner.repository import folder_name

revision = "v13_repositories"
down_revision = "v12_team_servers"


def upgrade() -> None:
    """Make a list of the one repository that each had; where students have it already, it stays in the same folder."""
    for name in ("classes", "events"):
        op.add_column(name, sa.Column("repositories", sa.Text, nullable=False, server_default="[]"))
        table = sa.table(name, *(sa.column(each) for each in ("group", "repository", "branch", "repositories")))
        connection = op.get_bind()
        # Not row by row: the result of a query is not read on while its table changes.
        for group, url, branch in connection.execute(
            sa.select(table.c.group, table.c.repository, table.c.branch).where(table.c.repository != "")
        ).all():
            kept = json.dumps([_material(url, branch)])
            connection.execute(sa.update(table).where(table.c.group == group).values(repositories=kept))
        op.drop_column(name, "repository")
        op.drop_column(name, "branch")


def _material(url: str, branch: str) -> dict[str, str]:
    found = {"url": url}
    if branch:
        found["branch"] = branch
    if (folder := _folder_of_before(url)) != folder_name(url):
        found["folder"] = folder
    return found


def _folder_of_before(url: str) -> str:
    """Return where the material of a class was until then."""
    name = url.rstrip("/").rpartition("/")[2].removesuffix(".git")
    return re.sub(r"[^A-Za-z0-9._-]+", "-", name).strip("-.") or "material"
