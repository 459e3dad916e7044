"""The staff pages, server-rendered, one file per screen; every form works without JavaScript."""
