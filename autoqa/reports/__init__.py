"""What people look at, and what other programs read: one report a module.

- ``result``: ``NAME.EXT.json``, everything about one call, with a JSON Schema;
- ``summary``: ``summary.csv``, one row a recording;
- ``night``: ``report.html``, the night at a glance;
- ``call_page``: ``calls/NAME.EXT.html``, one self-contained page a call.

Reports speak the language of ``autoqa.i18n`` at the time they are made. They decide nothing: what
they show was decided by ``scoring``. Audio comes in as clips of bytes, so no report can hear.
"""
