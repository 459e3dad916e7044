"""the living register: the ladder, offers, partners, postcards, merges, permissions."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None

# What staff may note has grown: kinds of each table before and after.
KINDS = {
    'task': (
        ('ring', 'find_number', 'postcard', 'answer', 'crisis', 'shared_number', 'duplicate', 'my_data', 'other'),
        ('ring', 'find_number', 'postcard', 'answer', 'crisis', 'shared_number', 'duplicate', 'my_data', 'hand_over', 'other'),
    ),
    'attempt': (
        ('call', 'social', 'postcard', 'visit', 'met_outdoors', 'guardian_call', 'look_up', 'note', 'meeting'),
        ('call', 'social', 'postcard', 'visit', 'met_outdoors', 'guardian_call', 'look_up', 'note', 'meeting', 'letter', 'partner'),
    ),
    'outcome': (
        ('studies', 'work', 'work_experience', 'other_measure', 'has_support', 'abroad', 'declined', 'moved', 'deceased', 'met', 'enrolled'),
        ('studies', 'work', 'work_experience', 'other_measure', 'has_support', 'abroad', 'declined', 'moved', 'deceased', 'met', 'enrolled', 'support'),
    ),
}

IMPORT_STATES = "'working', 'done', 'halted', 'undoing', 'undone'"


def _take_kinds(version: int) -> None:
    for table, versions in KINDS.items():
        known = ', '.join(f"'{kind}'" for kind in versions[version])
        with op.batch_alter_table(table) as batch_op:
            batch_op.drop_constraint('kind_is_known', type_='check')
            batch_op.create_check_constraint('kind_is_known', sa.text(f'kind IN ({known})'))


def _take_stops(*channels: str) -> None:
    # A wish to be left alone may also be about letters.
    known = ', '.join(f"'{channel}'" for channel in channels)
    with op.batch_alter_table('stop') as batch_op:
        batch_op.drop_constraint('channel_is_known', type_='check')
        batch_op.create_check_constraint('channel_is_known', sa.text(f'channel IN ({known})'))


def _add_reference(table: str, column: str, to: str) -> None:
    # SQLite can add a column that refers to another table, but no constraint to a table that is there.
    if op.get_bind().dialect.name == 'sqlite':
        op.execute(f'ALTER TABLE {table} ADD COLUMN {column} INTEGER REFERENCES {to} (id)')
    else:
        op.add_column(table, sa.Column(column, sa.Integer(), sa.ForeignKey(f'{to}.id'), nullable=True))


def upgrade() -> None:
    """Apply."""
    op.create_table('cardbatch',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('code', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('office_id', sa.Integer(), nullable=False),
    sa.Column('kind', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('design', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('text', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('text_en', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('return_address', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('made_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('made_by_id', sa.Integer(), nullable=True),
    sa.Column('sent_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
    sa.Column('sent_by_id', sa.Integer(), nullable=True),
    sa.CheckConstraint("kind IN ('first', 'closing')", name='kind_is_known'),
    sa.ForeignKeyConstraint(['made_by_id'], ['staff.id'], ),
    sa.ForeignKeyConstraint(['office_id'], ['office.id'], ),
    sa.ForeignKeyConstraint(['sent_by_id'], ['staff.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('code')
    )
    with op.batch_alter_table('cardbatch', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_cardbatch_office_id'), ['office_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_cardbatch_sent_at'), ['sent_at'], unique=False)

    op.create_table('ladder',
    sa.Column('office_id', sa.Integer(), nullable=False),
    sa.Column('texts_itself', sa.Boolean(), nullable=False),
    sa.Column('answerer_id', sa.Integer(), nullable=True),
    sa.Column('announce_first', sa.Boolean(), nullable=False),
    sa.Column('text_before_call', sa.Boolean(), nullable=False),
    sa.Column('changed_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('changed_by_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['answerer_id'], ['staff.id'], ),
    sa.ForeignKeyConstraint(['changed_by_id'], ['staff.id'], ),
    sa.ForeignKeyConstraint(['office_id'], ['office.id'], ),
    sa.PrimaryKeyConstraint('office_id')
    )
    op.create_table('ladderstep',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('office_id', sa.Integer(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('kind', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('after_days', sa.Integer(), nullable=False),
    sa.Column('is_on', sa.Boolean(), nullable=False),
    sa.CheckConstraint("kind IN ('ring', 'sms', 'reminder', 'chat', 'postcard', 'other_way', 'guardian_call', 'home_visit', 'rest')", name='kind_is_known'),
    sa.ForeignKeyConstraint(['office_id'], ['office.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('office_id', 'position')
    )
    with op.batch_alter_table('ladderstep', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_ladderstep_office_id'), ['office_id'], unique=False)

    op.create_table('measure',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('code', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('office_id', sa.Integer(), nullable=False),
    sa.Column('name', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('aim', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('for_whom', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('place', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('times', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('how_to_book', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('ended_on', sa.Date(), nullable=True),
    sa.CheckConstraint("aim IN ('study', 'work', 'support')", name='aim_is_known'),
    sa.ForeignKeyConstraint(['office_id'], ['office.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('code')
    )
    with op.batch_alter_table('measure', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_measure_office_id'), ['office_id'], unique=False)

    op.create_table('otherhelp',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('code', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('office_id', sa.Integer(), nullable=False),
    sa.Column('on', sa.Date(), nullable=False),
    sa.Column('how_many', sa.Integer(), nullable=False),
    sa.Column('what', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('noted_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('noted_by_id', sa.Integer(), nullable=True),
    sa.Column('undone_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
    sa.ForeignKeyConstraint(['noted_by_id'], ['staff.id'], ),
    sa.ForeignKeyConstraint(['office_id'], ['office.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('code')
    )
    with op.batch_alter_table('otherhelp', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_otherhelp_office_id'), ['office_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_otherhelp_on'), ['on'], unique=False)

    op.create_table('partner',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('code', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('office_id', sa.Integer(), nullable=False),
    sa.Column('name', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('kind', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('contact', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('phone', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('email', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('ended_on', sa.Date(), nullable=True),
    sa.ForeignKeyConstraint(['office_id'], ['office.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('code')
    )
    with op.batch_alter_table('partner', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_partner_office_id'), ['office_id'], unique=False)

    op.create_table('acquaintance',
    sa.Column('staff_id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('since', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('ended_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
    sa.Column('ended_by_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['ended_by_id'], ['staff.id'], ),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], ),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], ),
    sa.PrimaryKeyConstraint('staff_id', 'person_id')
    )
    op.create_table('amendment',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=True),
    sa.Column('fact', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('before', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('after', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.ForeignKeyConstraint(['by_id'], ['staff.id'], ),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index(op.f('ix_amendment_person_id'), 'amendment', ['person_id'])
    op.create_table('audiencecount',
    sa.Column('audience_id', sa.Integer(), nullable=False),
    sa.Column('on', sa.Date(), nullable=False),
    sa.Column('people', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['audience_id'], ['savedaudience.id'], ),
    sa.PrimaryKeyConstraint('audience_id', 'on')
    )
    op.create_table('card',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('code', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('batch_id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('address_mark', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('opened_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
    sa.Column('returned_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
    sa.ForeignKeyConstraint(['batch_id'], ['cardbatch.id'], ),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('code')
    )
    with op.batch_alter_table('card', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_card_batch_id'), ['batch_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_card_person_id'), ['person_id'], unique=False)

    op.create_table('educationcontract',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('code', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('signed_on', sa.Date(), nullable=False),
    sa.Column('ends_on', sa.Date(), nullable=True),
    sa.Column('ended_why', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('noted_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('noted_by_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['noted_by_id'], ['staff.id'], ),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('code')
    )
    with op.batch_alter_table('educationcontract', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_educationcontract_person_id'), ['person_id'], unique=False)

    op.create_table('encouragement',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('begun_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('begun_by_id', sa.Integer(), nullable=True),
    sa.Column('sent', sa.Integer(), nullable=False),
    sa.Column('next_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
    sa.Column('ended_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
    sa.Column('ended_why', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.ForeignKeyConstraint(['begun_by_id'], ['staff.id'], ),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('person_id', 'begun_at')
    )
    with op.batch_alter_table('encouragement', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_encouragement_next_at'), ['next_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_encouragement_person_id'), ['person_id'], unique=False)

    op.create_table('enrolment',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('code', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('system', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('enrolled_on', sa.Date(), nullable=False),
    sa.Column('ended_on', sa.Date(), nullable=True),
    sa.Column('ended_why', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('noted_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('noted_by_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['noted_by_id'], ['staff.id'], ),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('code')
    )
    with op.batch_alter_table('enrolment', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_enrolment_enrolled_on'), ['enrolled_on'], unique=False)
        batch_op.create_index(batch_op.f('ix_enrolment_person_id'), ['person_id'], unique=False)

    op.create_table('ladderevent',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('kind', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('attempt', sa.Integer(), nullable=False),
    sa.Column('round', sa.Integer(), nullable=False),
    sa.Column('what', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('why', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('staff_id', sa.Integer(), nullable=True),
    sa.CheckConstraint("kind IN ('ring', 'sms', 'reminder', 'chat', 'postcard', 'other_way', 'guardian_call', 'home_visit', 'rest', 'find_number', 'closing_card')", name='kind_is_known'),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], ),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('ladderevent', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_ladderevent_person_id'), ['person_id'], unique=False)

    op.create_table('ladderplace',
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('kind', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('attempt', sa.Integer(), nullable=False),
    sa.Column('round', sa.Integer(), nullable=False),
    sa.Column('state', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('began_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('entered_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('due_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('left_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
    sa.Column('left_why', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.CheckConstraint("kind IN ('ring', 'sms', 'reminder', 'chat', 'postcard', 'other_way', 'guardian_call', 'home_visit', 'rest', 'find_number', 'closing_card')", name='kind_is_known'),
    sa.CheckConstraint("state IN ('on', 'left', 'ended')", name='state_is_known'),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], ),
    sa.PrimaryKeyConstraint('person_id')
    )
    with op.batch_alter_table('ladderplace', schema=None) as batch_op:
        batch_op.create_index('ladder_places_due', ['state', 'due_at'], unique=False)

    op.create_table('merge',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('code', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('kept_id', sa.Integer(), nullable=False),
    sa.Column('merged_id', sa.Integer(), nullable=False),
    sa.Column('at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('by_id', sa.Integer(), nullable=True),
    sa.Column('before', sa.JSON(), nullable=False),
    sa.Column('moved', sa.JSON(), nullable=False),
    sa.Column('undone_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
    sa.Column('undone_by_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['by_id'], ['staff.id'], ),
    sa.ForeignKeyConstraint(['kept_id'], ['person.id'], ),
    sa.ForeignKeyConstraint(['merged_id'], ['person.id'], ),
    sa.ForeignKeyConstraint(['undone_by_id'], ['staff.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('code')
    )
    with op.batch_alter_table('merge', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_merge_kept_id'), ['kept_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_merge_merged_id'), ['merged_id'], unique=False)

    op.create_table('offer',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('code', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('measure_id', sa.Integer(), nullable=False),
    sa.Column('offered_on', sa.Date(), nullable=False),
    sa.Column('offered_by_id', sa.Integer(), nullable=True),
    sa.Column('answer', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('answered_on', sa.Date(), nullable=True),
    sa.Column('withdrawn_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
    sa.CheckConstraint("answer IN ('', 'accepted', 'declined')", name='answer_is_known'),
    sa.ForeignKeyConstraint(['measure_id'], ['measure.id'], ),
    sa.ForeignKeyConstraint(['offered_by_id'], ['staff.id'], ),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('code')
    )
    with op.batch_alter_table('offer', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_offer_measure_id'), ['measure_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_offer_offered_on'), ['offered_on'], unique=False)
        batch_op.create_index(batch_op.f('ix_offer_person_id'), ['person_id'], unique=False)

    op.create_table('referral',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('code', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('partner_id', sa.Integer(), nullable=False),
    sa.Column('to_us', sa.Boolean(), nullable=False),
    sa.Column('on', sa.Date(), nullable=False),
    sa.Column('ground', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('noted_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('noted_by_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['noted_by_id'], ['staff.id'], ),
    sa.ForeignKeyConstraint(['partner_id'], ['partner.id'], ),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('code')
    )
    with op.batch_alter_table('referral', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_referral_partner_id'), ['partner_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_referral_person_id'), ['person_id'], unique=False)

    op.create_table('sharingcard',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('code', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('text', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('told_to', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('until', sa.Date(), nullable=False),
    sa.Column('written_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.Column('written_by_id', sa.Integer(), nullable=True),
    sa.Column('permitted_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
    sa.Column('permitted_how', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('withdrawn_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
    sa.Column('told_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
    sa.Column('told_by_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], ),
    sa.ForeignKeyConstraint(['told_by_id'], ['staff.id'], ),
    sa.ForeignKeyConstraint(['written_by_id'], ['staff.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('code')
    )
    with op.batch_alter_table('sharingcard', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_sharingcard_person_id'), ['person_id'], unique=False)

    _take_kinds(1)
    _take_stops('sms', 'telegram', 'letter')
    op.add_column('attempt', sa.Column('source', sqlmodel.sql.sqltypes.AutoString(), nullable=False, server_default=''))
    _add_reference('attempt', 'number_id', 'number')
    op.add_column('personnumber', sa.Column('own_since', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True))
    op.add_column('importrun', sa.Column('undone_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True))
    _add_reference('importrun', 'undone_by_id', 'staff')
    with op.batch_alter_table('importrun') as batch_op:
        batch_op.add_column(sa.Column('state', sqlmodel.sql.sqltypes.AutoString(), nullable=False, server_default='done'))
        batch_op.create_check_constraint('state_is_known', sa.text(f'state IN ({IMPORT_STATES})'))
        batch_op.create_index('ix_importrun_state', ['state'])
    op.add_column('importrun', sa.Column('saved', sa.Integer(), nullable=False, server_default='0'))
    op.add_column('importrun', sa.Column('worker', sqlmodel.sql.sqltypes.AutoString(), nullable=False, server_default=''))
    op.add_column('importrun', sa.Column('worked_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True))
    op.add_column('importedperson', sa.Column('changes', sa.JSON(), nullable=False, server_default='{}'))
    op.add_column('importedperson', sa.Column('settled', sqlmodel.sql.sqltypes.AutoString(), nullable=False, server_default=''))
    op.add_column('person', sa.Column('paused_why', sqlmodel.sql.sqltypes.AutoString(), nullable=False, server_default=''))
    op.create_index('ix_person_paused_until', 'person', ['paused_until'])
    op.create_index(
        'people_listed', 'person', ['office_id', 'name_key', 'birth_date', 'district'],
        sqlite_where=sa.text('closed_at IS NULL AND merged_into_id IS NULL AND protected IS 0'),
        postgresql_where=sa.text('closed_at IS NULL AND merged_into_id IS NULL AND protected IS false'),
    )
    op.create_index('conversation_of_person', 'conversation', ['person_id', 'state'])
    _add_reference('savedaudience', 'created_by_id', 'staff')
    op.add_column('savedaudience', sa.Column('shared', sa.Boolean(), nullable=False, server_default=sa.true()))


def downgrade() -> None:
    """Take back."""
    op.drop_column('savedaudience', 'shared')
    op.drop_column('savedaudience', 'created_by_id')
    op.drop_index('conversation_of_person', table_name='conversation')
    op.drop_index('people_listed', table_name='person')
    op.drop_index('ix_person_paused_until', table_name='person')
    op.drop_column('person', 'paused_why')
    op.drop_column('importedperson', 'settled')
    op.drop_column('importedperson', 'changes')
    with op.batch_alter_table('importrun') as batch_op:
        batch_op.drop_index('ix_importrun_state')
        batch_op.drop_constraint('state_is_known', type_='check')
        for column in ('worked_at', 'worker', 'saved', 'state', 'undone_by_id', 'undone_at'):
            batch_op.drop_column(column)
    op.drop_column('attempt', 'number_id')
    op.drop_column('attempt', 'source')
    op.execute("DELETE FROM task WHERE kind = 'hand_over'")
    op.execute("DELETE FROM outcome WHERE kind = 'support'")
    op.execute("UPDATE attempt SET kind = 'note' WHERE kind IN ('letter', 'partner')")
    _take_kinds(0)
    op.execute("DELETE FROM stop WHERE channel = 'letter'")
    _take_stops('sms', 'telegram')
    op.drop_table('sharingcard')
    op.drop_table('referral')
    op.drop_table('offer')
    op.drop_table('merge')
    op.drop_table('ladderplace')
    op.drop_table('ladderevent')
    op.drop_table('enrolment')
    op.drop_table('encouragement')
    op.drop_table('educationcontract')
    op.drop_table('card')
    op.drop_table('audiencecount')
    op.drop_table('amendment')
    op.drop_table('acquaintance')
    op.drop_table('partner')
    op.drop_table('otherhelp')
    op.drop_table('measure')
    op.drop_table('ladderstep')
    op.drop_table('ladder')
    op.drop_table('cardbatch')
