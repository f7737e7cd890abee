"""Rules as an Excel workbook and back: a sheet a dimension, for staff who know Excel.

::

    yaml_text     values as YAML                    manuscript   a YAML file, edited in place
    tables        a folder's rules as rows          sheets       rows as an .xlsx file and back
    merging       changed rows as edits of files    exchange     export and import, faults by cell

Only what was changed in the workbook is changed in the files: comments, order and layout stay.
"""
