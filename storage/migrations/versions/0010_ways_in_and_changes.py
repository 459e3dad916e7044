"""ways in for staff, and what settings were before they were changed."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = '0010'
down_revision = '0009'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table('settingchange',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('key', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('before', sa.JSON(), nullable=True),
    sa.Column('after', sa.JSON(), nullable=True),
    sa.Column('at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['by_id'], ['staff.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index(op.f('ix_settingchange_key'), 'settingchange', ['key'])
    op.create_table('signintries',
    sa.Column('mark', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('tries', sa.Integer(), nullable=False),
    sa.Column('last_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('locked_until', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
    sa.PrimaryKeyConstraint('mark')
    )
    op.add_column('staff', sa.Column('invitation_mark', sqlmodel.sql.sqltypes.AutoString(), nullable=False,
                                     server_default=''))
    op.add_column('staff', sa.Column('invited_until', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True))
    # Counted by address in a table of their own, so that an address nobody has is locked like any other.
    op.drop_column('staff', 'failed_tries')
    op.drop_column('staff', 'locked_until')
    op.add_column('staffsession', sa.Column('browser', sqlmodel.sql.sqltypes.AutoString(), nullable=False,
                                            server_default=''))


def downgrade() -> None:
    """Take back."""
    op.drop_column('staffsession', 'browser')
    op.add_column('staff', sa.Column('locked_until', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True))
    op.add_column('staff', sa.Column('failed_tries', sa.Integer(), nullable=False, server_default='0'))
    op.drop_column('staff', 'invited_until')
    op.drop_column('staff', 'invitation_mark')
    op.drop_table('signintries')
    op.drop_index(op.f('ix_settingchange_key'), table_name='settingchange')
    op.drop_table('settingchange')
