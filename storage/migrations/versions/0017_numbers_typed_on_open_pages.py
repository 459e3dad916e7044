"""numbers that somebody typed on a page that is open to all, by keyed hash."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = '0017'
down_revision = '0016'
branch_labels = None
depends_on = None

INDEXED = ('asked_at', 'number_mark', 'slot_id')


def upgrade() -> None:
    """Apply."""
    op.create_table('pageask',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('asked_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('wish', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('number_mark', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('from_mark', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('slot_id', sa.Integer(), nullable=True),
    sa.Column('first_name', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('texted', sa.Boolean(), nullable=False),
    sa.CheckConstraint("wish IN ('come', 'stop')", name='wish_is_known'),
    sa.ForeignKeyConstraint(['slot_id'], ['slot.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    for column in INDEXED:
        op.create_index(op.f(f'ix_pageask_{column}'), 'pageask', [column])


def downgrade() -> None:
    """Take back."""
    op.drop_table('pageask')
