"""autoqa: quality assurance that hears every call to a bank."""

__version__ = "0.1.0"
