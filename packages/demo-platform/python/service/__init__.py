"""The part of the demo platform that is written in Python: bookkeeping."""
