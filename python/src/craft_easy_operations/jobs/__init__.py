"""Jobs: declared, run, reported."""
