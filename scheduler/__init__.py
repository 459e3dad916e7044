"""Keeps time: what happens by itself (sending, reminders, campaign starts, reconciling)."""
