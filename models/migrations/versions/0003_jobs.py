"""The job queue's tables, in a schema of their own, so that they can be rebuilt without touching the books."""

from __future__ import annotations

from alembic import op
from procrastinate.schema import SchemaManager

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    connection = op.get_bind()
    connection.exec_driver_sql("CREATE SCHEMA jobs")
    connection.exec_driver_sql("SET LOCAL search_path = jobs")
    connection.exec_driver_sql(SchemaManager.get_schema().replace("%", "%%"))
    connection.exec_driver_sql("SET LOCAL search_path = public")


def downgrade() -> None:
    op.get_bind().exec_driver_sql("DROP SCHEMA jobs CASCADE")
