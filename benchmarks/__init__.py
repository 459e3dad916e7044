"""Measurements of the whole service on this machine, against a provider of our own on the loopback; no part of the
product imports them.
"""
