"""How tables came to be as they are: one module in ``versions`` for each change, in order.

To change a table, change it beside its rows (``autoqa/store``), write the next module here, and
name it ``HEAD`` in ``autoqa/store/schema.py``. SQLite changes columns only by copying the table:
``with op.batch_alter_table(…)`` does so. Data that was there stays.
"""
