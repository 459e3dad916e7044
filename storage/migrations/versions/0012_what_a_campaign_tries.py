"""versions of a campaign's text, control groups, and what the lot said of each recipient."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = '0012'
down_revision = '0011'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table('campaigntrial',
    sa.Column('campaign_id', sa.Integer(), nullable=False),
    sa.Column('split', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('question', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('rule', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('control', sa.Boolean(), nullable=False),
    sa.Column('winner', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('winner_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
    sa.Column('learned', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.CheckConstraint("rule IN ('booked', 'answered')", name='rule_is_known'),
    sa.CheckConstraint("split IN ('even', 'pilot')", name='split_is_known'),
    sa.ForeignKeyConstraint(['campaign_id'], ['campaign.id'], ),
    sa.PrimaryKeyConstraint('campaign_id')
    )
    op.create_table('campaignversion',
    sa.Column('campaign_id', sa.Integer(), nullable=False),
    sa.Column('letter', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('text_sv', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('text_en', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.ForeignKeyConstraint(['campaign_id'], ['campaign.id'], ),
    sa.PrimaryKeyConstraint('campaign_id', 'letter')
    )
    op.create_table('recipientdraw',
    sa.Column('recipient_id', sa.Integer(), nullable=False),
    sa.Column('version', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('by_lot', sa.Boolean(), nullable=False),
    sa.Column('followed_from', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
    sa.ForeignKeyConstraint(['recipient_id'], ['recipient.id'], ),
    sa.PrimaryKeyConstraint('recipient_id')
    )


def downgrade() -> None:
    """Take back."""
    op.drop_table('recipientdraw')
    op.drop_table('campaignversion')
    op.drop_table('campaigntrial')
