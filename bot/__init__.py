"""Talks: to youths by text, to staff by web page, to other systems by JSON; starts everything."""

import gc

# Nearly all objects are made at start and live on: searching them for garbage every 700 new ones, as Python does by
# itself, takes a sixth of start-up and a tenth of sending.
gc.set_threshold(20_000, 20, 50)
