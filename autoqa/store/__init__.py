"""What is kept: one module for each kind of rows."""

from autoqa.store.alerts import Alerts
from autoqa.store.audit import Audit, AuditFilter
from autoqa.store.calls import STORE, Kept, Store, Stored, hearing_key
from autoqa.store.cases import Case, Cases
from autoqa.store.database import Database, StoreGone
from autoqa.store.deliveries import Deliveries
from autoqa.store.drafts import Draft, Drafts, Edit
from autoqa.store.engine import shown, store_url
from autoqa.store.issues import Issues
from autoqa.store.jobs import JobLost, Jobs, KeyReused
from autoqa.store.keys import Keys
from autoqa.store.overview import Filter, Overview, Page, Sort, Standing, Trouble
from autoqa.store.people import People
from autoqa.store.proposals import Proposal, Proposals, ProposalState
from autoqa.store.readings import Readings
from autoqa.store.recordings import RECORDINGS, Recordings
from autoqa.store.reviews import Appeal, Reviews
from autoqa.store.samples import Samples
from autoqa.store.sessions import Sessions
from autoqa.store.standing import Before
from autoqa.store.tries import Tries
from autoqa.store.unsent import Unsent
from autoqa.store.workers import Done, Workers

__all__ = [
    "RECORDINGS",
    "STORE",
    "Alerts",
    "Appeal",
    "Audit",
    "AuditFilter",
    "Before",
    "Case",
    "Cases",
    "Database",
    "Deliveries",
    "Done",
    "Draft",
    "Drafts",
    "Edit",
    "Filter",
    "Issues",
    "JobLost",
    "Jobs",
    "Kept",
    "KeyReused",
    "Keys",
    "Overview",
    "Page",
    "People",
    "Proposal",
    "ProposalState",
    "Proposals",
    "Readings",
    "Recordings",
    "Reviews",
    "Samples",
    "Sessions",
    "Sort",
    "Standing",
    "Store",
    "StoreGone",
    "Stored",
    "Tries",
    "Trouble",
    "Unsent",
    "Workers",
    "hearing_key",
    "shown",
    "store_url",
]
