"""times by pattern: when staff have time, days off, and calendar feeds."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = '0007'
down_revision = '0006'
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
    op.create_table('timepattern',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('code', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('staff_id', sa.Integer(), nullable=False),
    sa.Column('office_id', sa.Integer(), nullable=False),
    sa.Column('rhythm', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('weekday', sa.Integer(), nullable=False),
    sa.Column('nth', sa.Integer(), nullable=False),
    sa.Column('begins', sa.Time(), nullable=False),
    sa.Column('ends', sa.Time(), nullable=False),
    sa.Column('minutes', sa.Integer(), nullable=False),
    sa.Column('pause', sa.Integer(), nullable=False),
    sa.Column('most_a_day', sa.Integer(), nullable=False),
    sa.Column('how', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('place', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('title', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('first_after_hours', sa.Integer(), nullable=False),
    sa.Column('latest_days', sa.Integer(), nullable=False),
    sa.Column('valid_from', sa.Date(), nullable=False),
    sa.Column('valid_to', sa.Date(), nullable=True),
    sa.Column('made_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('ended_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
    sa.CheckConstraint("how IN ('place', 'phone', 'video')", name='how_is_known'),
    sa.CheckConstraint("rhythm IN ('weekly', 'second_week', 'monthly', 'once')", name='rhythm_is_known'),
    sa.ForeignKeyConstraint(['office_id'], ['office.id'], ),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('code')
    )
    op.create_index(op.f('ix_timepattern_office_id'), 'timepattern', ['office_id'])
    op.create_index(op.f('ix_timepattern_staff_id'), 'timepattern', ['staff_id'])

    op.create_table('dayoff',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('code', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('staff_id', sa.Integer(), nullable=False),
    sa.Column('first', sa.Date(), nullable=False),
    sa.Column('last', sa.Date(), nullable=False),
    sa.Column('why', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('made_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('made_by_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['made_by_id'], ['staff.id'], ),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('code')
    )
    op.create_index(op.f('ix_dayoff_last'), 'dayoff', ['last'])
    op.create_index(op.f('ix_dayoff_staff_id'), 'dayoff', ['staff_id'])

    op.create_table('calendarfeed',
    sa.Column('staff_id', sa.Integer(), nullable=False),
    sa.Column('mark', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('made_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], ),
    sa.PrimaryKeyConstraint('staff_id'),
    sa.UniqueConstraint('mark')
    )

    op.add_column('slot', sa.Column('closes_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True))
    _add_reference('slot', 'pattern_id', 'timepattern')
    op.create_index('slot_once_a_pattern', 'slot', ['pattern_id', 'starts_at'], unique=True)


def downgrade() -> None:
    """Take back."""
    op.drop_index('slot_once_a_pattern', table_name='slot')
    with op.batch_alter_table('slot') as batch_op:
        batch_op.drop_column('pattern_id')
        batch_op.drop_column('closes_at')
    op.drop_table('calendarfeed')
    op.drop_table('dayoff')
    op.drop_table('timepattern')
