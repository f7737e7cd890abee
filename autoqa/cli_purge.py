"""``autoqa purge``: what is older than it is to be kept goes."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer

from autoqa.console import DataOption, LangOption, StoreOption, account, stderr, stored
from autoqa.errors import UsageError
from autoqa.i18n import _

AgeOption = Annotated[
    str | None, typer.Option(metavar="AGE", help="Such as 90d, 12w or 5y.", show_default=False)
]


def purge(
    audio_older: AgeOption = None,
    transcripts_older: AgeOption = None,
    scores_older: AgeOption = None,
    data: DataOption = None,
    store: StoreOption = None,
    lang: LangOption = None,
) -> None:
    """Remove recordings, transcripts or whole calls that are older; lines of the audit log stay.

    Without an age those of AUTOQA_KEEP_AUDIO_DAYS, AUTOQA_KEEP_TRANSCRIPT_DAYS and
    AUTOQA_KEEP_SCORE_DAYS count, by which a service does the same every day.
    """
    with stored(lang, data_dir=data, store=store) as settings:
        from autoqa.retention import Kind, Retention, age, ages_of
        from autoqa.store import Store, store_url

        asked = {
            Kind.AUDIO: audio_older,
            Kind.WORDS: transcripts_older,
            Kind.SCORES: scores_older,
        }
        ages = {kind: age(text) for kind, text in asked.items() if text} or ages_of(settings)
        if not ages:
            raise UsageError("nothing has an age; give one, such as --audio-older 90d")
        with Store(store_url(settings.store)) as kept:
            retention = Retention(kept, settings.data_dir)
            done = retention.purge(ages, datetime.now(UTC), account())
        told = _("removed: {audio} recordings, {transcripts} transcripts, {scores} whole calls")
        counts = {kind.value: f"{done.get(kind, 0):,}" for kind in Kind}
        stderr.print(told.format(**counts), markup=False)
