"""The platform's side of Operations, in Python. See docs/python.md."""
