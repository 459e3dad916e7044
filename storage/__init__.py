"""Keeps: tables and every query on them; the only place that knows SQL and that commits."""
