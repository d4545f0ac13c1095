"""The part of the demo platform that is written in Python: bookkeeping.

A FastAPI behind the middlewares, its jobs, its webhooks and its indexes, in one process.
"""
