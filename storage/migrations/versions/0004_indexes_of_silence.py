"""indexes that silence is found by."""

import sqlalchemy as sa
from alembic import op

revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None

NUDGING = sa.text("kind = 'nudge'")


def upgrade() -> None:
    """Apply."""
    op.create_index('conversation_by_state', 'conversation', ['state', 'state_at'])
    op.drop_index('ix_conversation_state', table_name='conversation')
    op.create_index('message_nudge', 'message', ['conversation_id'], sqlite_where=NUDGING, postgresql_where=NUDGING)


def downgrade() -> None:
    """Take back."""
    op.drop_index('message_nudge', table_name='message')
    op.create_index('ix_conversation_state', 'conversation', ['state'])
    op.drop_index('conversation_by_state', table_name='conversation')
