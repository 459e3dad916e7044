"""Pages that are open to all: a dialog meeting, who we are, what we keep. No account, no cookies, no scripts."""
