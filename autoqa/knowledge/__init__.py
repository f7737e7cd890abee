"""What the bank's own knowledge says: entries, the amounts in them, and which one a question is of.

``entry`` is what staff wrote, ``quantities`` finds amounts, rates, times and dates in speech,
``search`` finds the entries that a customer asks about. ``scoring.answering`` compares.
"""
