"""The conversation: what a text means, what happens then, and the sentences."""
