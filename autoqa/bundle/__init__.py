"""The evidence of one scored call in one file, for a dispute, and whether it stands.

``file`` is what such a file holds, written as a page and read back as data; ``making`` takes it
from a store, ``verifying`` makes the score again and compares.
"""
