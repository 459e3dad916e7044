"""Talks: to youths by text, to staff by web page, to other systems by JSON; starts everything."""
