"""What is kept: one module for each kind of rows."""

from autoqa.store.audit import Audit, AuditFilter
from autoqa.store.calls import STORE, Store, Stored, hearing_key
from autoqa.store.database import Database, store_url
<<<<<<< HEAD
from autoqa.store.jobs import JobLost, Jobs, KeyReused
from autoqa.store.recordings import RECORDINGS, Recordings

__all__ = [
    "RECORDINGS",
    "STORE",
    "Audit",
    "AuditFilter",
    "Database",
    "JobLost",
    "Jobs",
    "KeyReused",
    "Recordings",
=======
from autoqa.store.overview import Filter, Overview, Page, Sort, Standing

__all__ = [
    "STORE",
    "Database",
    "Filter",
    "Overview",
    "Page",
    "Sort",
    "Standing",
>>>>>>> d29c6b3 (Keep where each call stands, so that thousands are listed without loading them)
    "Store",
    "Stored",
    "hearing_key",
    "store_url",
]
