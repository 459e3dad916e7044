"""dialog meetings, alerts, corrections and follow-ups."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table('alert',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('conversation_id', sa.Integer(), nullable=False),
    sa.Column('raised_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('step', sa.Integer(), nullable=False),
    sa.Column('next_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
    sa.Column('seen_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
    sa.Column('seen_by_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversation.id'], ),
    sa.ForeignKeyConstraint(['seen_by_id'], ['staff.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('alert', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_alert_conversation_id'), ['conversation_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_alert_next_at'), ['next_at'], unique=False)

    op.create_table('signup',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('code', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('slot_id', sa.Integer(), nullable=False),
    sa.Column('conversation_id', sa.Integer(), nullable=True),
    sa.Column('person_id', sa.Integer(), nullable=True),
    sa.Column('campaign_id', sa.Integer(), nullable=True),
    sa.Column('first_name', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('companions', sa.Integer(), nullable=False),
    sa.Column('source', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('state', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('made_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('state_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('offered_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
    sa.Column('offer_until', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
    sa.CheckConstraint("state IN ('signed_up', 'waiting', 'offered', 'passed_on', 'cancelled', 'came', 'no_show', 'called_off')", name='state_is_known'),
    sa.ForeignKeyConstraint(['campaign_id'], ['campaign.id'], ),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversation.id'], ),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], ),
    sa.ForeignKeyConstraint(['slot_id'], ['slot.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('code')
    )
    with op.batch_alter_table('signup', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_signup_campaign_id'), ['campaign_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_signup_conversation_id'), ['conversation_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_signup_offer_until'), ['offer_until'], unique=False)
        batch_op.create_index(batch_op.f('ix_signup_person_id'), ['person_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_signup_slot_id'), ['slot_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_signup_state'), ['state'], unique=False)
        batch_op.create_index('one_standing_signup_per_talk', ['slot_id', 'conversation_id'], unique=True, sqlite_where=sa.text("state IN ('signed_up', 'waiting', 'offered')"), postgresql_where=sa.text("state IN ('signed_up', 'waiting', 'offered')"))

    op.create_table('correction',
    sa.Column('inbound_id', sa.Integer(), nullable=False),
    sa.Column('was', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('meant', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('staff_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['inbound_id'], ['inboundtext.id'], ),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], ),
    sa.PrimaryKeyConstraint('inbound_id')
    )
    op.create_table('followup',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('booking_id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('kind', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('due_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('done_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
    sa.Column('outcome', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('answered_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
    sa.Column('answer', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.CheckConstraint("kind IN ('FU-1', 'FU-3', 'FU-6')", name='kind_is_known'),
    sa.ForeignKeyConstraint(['booking_id'], ['booking.id'], ),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('booking_id', 'kind')
    )
    with op.batch_alter_table('followup', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_followup_booking_id'), ['booking_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_followup_done_at'), ['done_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_followup_due_at'), ['due_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_followup_person_id'), ['person_id'], unique=False)

    _add_reference('campaign', 'slot_id', 'slot')
    _add_reference('seat', 'signup_id', 'signup')
    op.create_index('ix_seat_signup_id', 'seat', ['signup_id'], unique=False)
    op.add_column('slot', sa.Column('topic', sqlmodel.sql.sqltypes.AutoString(), nullable=False, server_default=''))
    op.add_column('slot', sa.Column('short_code', sqlmodel.sql.sqltypes.AutoString(), nullable=True))
    op.create_index('ix_slot_short_code', 'slot', ['short_code'], unique=True)

    # Nothing refers to reminders, so this table may be made anew.
    with op.batch_alter_table('reminder', schema=None) as batch_op:
        batch_op.add_column(sa.Column('signup_id', sa.Integer(), nullable=True))
        batch_op.alter_column('booking_id', existing_type=sa.INTEGER(), nullable=True)
        batch_op.create_index('ix_reminder_signup_id', ['signup_id'], unique=False)
        batch_op.create_unique_constraint('one_reminder_a_signup', ['signup_id', 'kind'])
        batch_op.create_foreign_key('reminder_of_signup', 'signup', ['signup_id'], ['id'])


def _add_reference(table: str, column: str, to: str) -> None:
    # SQLite can only add a reference together with its column: made anew, the table would be dropped while others
    # refer to it.
    if op.get_bind().dialect.name == 'sqlite':
        op.execute(f'ALTER TABLE {table} ADD COLUMN {column} INTEGER REFERENCES {to} (id)')
    else:
        op.add_column(table, sa.Column(column, sa.Integer(), sa.ForeignKey(f'{to}.id'), nullable=True))


def downgrade() -> None:
    """Take back."""
    with op.batch_alter_table('reminder', schema=None) as batch_op:
        batch_op.drop_constraint('reminder_of_signup', type_='foreignkey')
        batch_op.drop_constraint('one_reminder_a_signup', type_='unique')
        batch_op.drop_index('ix_reminder_signup_id')
        batch_op.alter_column('booking_id', existing_type=sa.INTEGER(), nullable=False)
        batch_op.drop_column('signup_id')
    op.drop_index('ix_slot_short_code', table_name='slot')
    op.drop_index('ix_seat_signup_id', table_name='seat')
    for table, column in (('slot', 'short_code'), ('slot', 'topic'), ('seat', 'signup_id'), ('campaign', 'slot_id')):
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.drop_column(column)
    for table in ('followup', 'correction', 'signup', 'alert'):
        op.drop_table(table)
