"""indexes by which a day's contacts and a ladder's worklists are counted."""

from alembic import op

revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_index('ladder_list', 'ladderplace', ['state', 'kind', 'due_at', 'person_id'])
    op.create_index('attempts_of_a_day', 'attempt', ['at', 'kind', 'person_id'])
    op.create_index('message_claimed', 'message', ['claimed_at', 'person_id'])
    op.drop_index('conversation_by_state', table_name='conversation')
    op.create_index('conversation_by_state', 'conversation', ['state', 'state_at', 'person_id'])


def downgrade() -> None:
    """Take back."""
    op.drop_index('conversation_by_state', table_name='conversation')
    op.create_index('conversation_by_state', 'conversation', ['state', 'state_at'])
    op.drop_index('message_claimed', table_name='message')
    op.drop_index('attempts_of_a_day', table_name='attempt')
    op.drop_index('ladder_list', table_name='ladderplace')
