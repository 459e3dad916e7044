"""second tries: which text a text says again."""

import sqlalchemy as sa
from alembic import op

revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None


def _add_reference(table: str, column: str, to: str) -> None:
    # SQLite can add a column that refers to another table, but no constraint to a table that is there.
    if op.get_bind().dialect.name == 'sqlite':
        op.execute(f'ALTER TABLE {table} ADD COLUMN {column} INTEGER REFERENCES {to} (id)')
    else:
        op.add_column(table, sa.Column(column, sa.Integer(), sa.ForeignKey(f'{to}.id'), nullable=True))


def upgrade() -> None:
    """Apply."""
    _add_reference('message', 'again_of_id', 'message')
    op.create_index('ix_message_again_of_id', 'message', ['again_of_id'], unique=True)


def downgrade() -> None:
    """Take back."""
    op.drop_index('ix_message_again_of_id', table_name='message')
    op.drop_column('message', 'again_of_id')
