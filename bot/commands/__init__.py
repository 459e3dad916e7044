"""The command line, one file per kind of errand. Each command takes the parsed arguments and returns an exit code."""
