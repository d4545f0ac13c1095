"""What platform and portal agree on, decided as `operations-protocol` does in TypeScript.

Standard library only. The golden cases of both languages hold this package to it.
"""
