"""Who may come in: keys of programs, people with a password or by the bank's own sign-in."""

from autoqa.access.access import Access

__all__ = ["Access"]
