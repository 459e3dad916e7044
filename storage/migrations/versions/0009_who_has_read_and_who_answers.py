"""who has read a talk, what a waiting talk is about, and who answers for somebody who is away."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = '0009'
down_revision = '0008'
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
    op.create_table('talkread',
    sa.Column('staff_id', sa.Integer(), nullable=False),
    sa.Column('conversation_id', sa.Integer(), nullable=False),
    sa.Column('up_to', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversation.id'], ),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], ),
    sa.PrimaryKeyConstraint('staff_id', 'conversation_id')
    )
    subject = sa.Column('subject', sqlmodel.sql.sqltypes.AutoString(), nullable=False, server_default='')
    op.add_column('conversation', subject)
    _add_reference('dayoff', 'substitute_id', 'staff')


def downgrade() -> None:
    """Take back."""
    with op.batch_alter_table('dayoff') as batch_op:
        batch_op.drop_column('substitute_id')
    with op.batch_alter_table('conversation') as batch_op:
        batch_op.drop_column('subject')
    op.drop_table('talkread')
