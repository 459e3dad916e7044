"""what only dialog meetings have: drafts, terms, links to share, and numbers without names."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = '0014'
down_revision = '0013'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table('gathering',
    sa.Column('slot_id', sa.Integer(), nullable=False),
    sa.Column('made_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('made_by_id', sa.Integer(), nullable=True),
    sa.Column('reachable_id', sa.Integer(), nullable=True),
    sa.Column('asked_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
    sa.Column('published_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
    sa.Column('published_by_id', sa.Integer(), nullable=True),
    sa.Column('waiting_list', sa.Boolean(), nullable=False),
    sa.Column('plus_one', sa.Boolean(), nullable=False),
    sa.Column('minimum', sa.Integer(), nullable=False),
    sa.Column('decide_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
    sa.Column('decision', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('languages', sa.JSON(), nullable=False),
    sa.Column('adults', sa.Integer(), nullable=False),
    sa.Column('alone_instead', sa.Boolean(), nullable=False),
    sa.Column('how_to_find', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('place_after_signup', sa.Boolean(), nullable=False),
    sa.Column('drop_ins', sa.Integer(), nullable=False),
    sa.Column('came', sa.Integer(), nullable=True),
    sa.Column('good', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('missing', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('wanted', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('closed_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
    sa.CheckConstraint("decision IN ('open', 'asked', 'runs')", name='decision_is_known'),
    sa.ForeignKeyConstraint(['made_by_id'], ['staff.id'], ),
    sa.ForeignKeyConstraint(['published_by_id'], ['staff.id'], ),
    sa.ForeignKeyConstraint(['reachable_id'], ['staff.id'], ),
    sa.ForeignKeyConstraint(['slot_id'], ['slot.id'], ),
    sa.PrimaryKeyConstraint('slot_id')
    )
    op.create_index(op.f('ix_gathering_decide_at'), 'gathering', ['decide_at'])
    op.create_table('needcount',
    sa.Column('slot_id', sa.Integer(), nullable=False),
    sa.Column('need', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('many', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['slot_id'], ['slot.id'], ),
    sa.PrimaryKeyConstraint('slot_id', 'need')
    )
    op.create_table('pulsecount',
    sa.Column('slot_id', sa.Integer(), nullable=False),
    sa.Column('question', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('answer', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('many', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['slot_id'], ['slot.id'], ),
    sa.PrimaryKeyConstraint('slot_id', 'question', 'answer')
    )
    op.create_table('sharelink',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('code', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('slot_id', sa.Integer(), nullable=False),
    sa.Column('place', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('made_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('views', sa.Integer(), nullable=False),
    sa.CheckConstraint(
        "place IN ('instagram', 'facebook', 'whatsapp', 'snapchat', 'tiktok', 'telegram', 'sms', 'school', "
        "'youth_centre', 'word_of_mouth', 'poster', 'other')", name='place_is_known'),
    sa.ForeignKeyConstraint(['slot_id'], ['slot.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('code'),
    sa.UniqueConstraint('slot_id', 'place')
    )
    op.create_index(op.f('ix_sharelink_slot_id'), 'sharelink', ['slot_id'])


def downgrade() -> None:
    """Take back."""
    op.drop_index(op.f('ix_sharelink_slot_id'), table_name='sharelink')
    for table in ('sharelink', 'pulsecount', 'needcount'):
        op.drop_table(table)
    op.drop_index(op.f('ix_gathering_decide_at'), table_name='gathering')
    op.drop_table('gathering')
