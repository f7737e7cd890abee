"""Known recordings: a folder of clips with a table that QA staff label.

::

    prompts/
      prompts.csv        编号, 标签, 猜测, 名称, 文字, 秒, 通话数, 文件: a row for each recording
      clips/P001.wav     the recording itself, to listen to and to find it by

``autoqa prompts discover`` fills the folder; a bank that has the originals can put
their files there and name them in the table. Nothing else is kept: fingerprints are made from the
clips when the library is loaded (a second for ten minutes of recordings), so they are never stale.

::

    library = load_library(folder, settings)
    played = library.find(audio, channels)        # by sound, left of the hinge
    call = with_prompts(call, library)            # labels and texts as they are now, right of it
"""

from autoqa.prompts.library import Library, beside, known_prompts, listing, load_library
from autoqa.prompts.played import live_speech, with_prompts
from autoqa.prompts.table import AGENT, LABELS, MUSIC, TABLE, Entry, read_table, write_table

__all__ = [
    "AGENT",
    "LABELS",
    "MUSIC",
    "TABLE",
    "Entry",
    "Library",
    "beside",
    "known_prompts",
    "listing",
    "live_speech",
    "load_library",
    "read_table",
    "with_prompts",
    "write_table",
]
