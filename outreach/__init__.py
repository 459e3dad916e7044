"""Decides: the rules of the work. Knows no web, no provider and no clock; every rule takes `now`."""
