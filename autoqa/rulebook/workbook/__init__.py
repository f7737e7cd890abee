"""Rules as an Excel workbook and back: a sheet a dimension, for staff who know Excel.

::

    yaml_text     values as YAML                    manuscript   a YAML file, edited in place
    tables        what rows are made of             rows         a folder's rules as rows
    sheets        rows as an .xlsx file and back    values       cells as values
    merging       changed rows as changes           sentences    the same of lines of a text
    growth        where new things go               changes      edits of files, gathered
    exchange      export and import, faults by cell

Only what was changed in the workbook is changed in the files: comments, order and layout stay.
"""
