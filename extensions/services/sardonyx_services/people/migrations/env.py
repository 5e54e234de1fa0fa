"""How Alembic works here: on the connection that it is given, in the transaction that is open there, so all or nothing."""

from alembic import context

from sardonyx_services.people.models import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    # SQLite can change little of a table: a new one is made, and takes over the rows.
    render_as_batch=True,
)
context.run_migrations()
