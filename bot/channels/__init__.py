"""One file per way to reach a telephone; each fills the port in outreach.channels."""
