"""The platform's side of Operations, in Python: jobs that an operator sees in Backstage.

See docs/python.md. The core is of the standard library; a `Worker` needs the extra `redis`, and
checking signatures the extra `crypto`.
"""

from .jobs import (
    ClaimReplicas,
    Cron,
    Every,
    Job,
    JobContext,
    JobDeclarationError,
    Link,
    SlotWitness,
    WitnessedClaim,
    Worker,
    instrument,
    job,
    observe,
)
from .protocol.signing import RequestKey

__all__ = [
    "ClaimReplicas",
    "Cron",
    "Every",
    "Job",
    "JobContext",
    "JobDeclarationError",
    "Link",
    "RequestKey",
    "SlotWitness",
    "WitnessedClaim",
    "Worker",
    "instrument",
    "job",
    "observe",
]
