"""What is kept: one module for each kind of rows."""

from autoqa.store.calls import STORE, Store, Stored, hearing_key
from autoqa.store.database import Database, store_url

__all__ = ["STORE", "Database", "Store", "Stored", "hearing_key", "store_url"]
