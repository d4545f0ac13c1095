"""Programs as a platform has them, each with the line of docs/python.md added.

Each takes Redis' address as its argument and prints `ready`. `operations-backend` shows what comes
of them in a portal (src/jobs/python.test.ts).
"""
