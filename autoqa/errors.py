"""Every error that a user can meet, drawn once::

    AutoqaError                 exit 2 unless said otherwise
    ├── UsageError              a wrong option, folder or setting
    ├── RecordingError          one recording cannot be used; the batch goes on (exit 1)
    │   ├── UnreadableRecording   not audio, damaged, unknown codec, empty
    │   └── RecordingTooLarge     over a limit of the settings
    ├── MetadataError           calls.csv, calls.xlsx or NAME.meta.json is wrong
    ├── ModelMissing            no weights for the model; says the three ways out
    ├── RuleError               a rule file has faults; carries all of them
    ├── NothingThere            what is asked for is not in the store
    ├── ReviewRefused           this cannot be said of this finding, or not by him
    ├── StoreError              the store cannot be opened or is of another version
    └── SignInRefused           nobody comes in by this
        └── SignInLocked          nor by anything for a while

Each holds one sentence that says what, where and what to do, as a ``Message``, so that it is shown
in the reader's language. A traceback never reaches a user.
"""

from __future__ import annotations

from autoqa.types import Message, Value


class AutoqaError(Exception):
    """``AutoqaError("{file} is empty", file=path)``; the template is a key of the catalogue."""

    def __init__(self, template: str, **params: Value) -> None:
        self.message = Message(template, params)
        super().__init__(template.format(**params))

    @property
    def messages(self) -> tuple[Message, ...]:
        """All that is to be said, a sentence each."""
        return (self.message,)


class UsageError(AutoqaError):
    """A wrong option, folder or setting."""


class RecordingError(AutoqaError):
    """One recording cannot be used; the others can."""


class UnreadableRecording(RecordingError):
    """Not audio, damaged beyond use, of an unknown codec, or empty."""


class RecordingTooLarge(RecordingError):
    """Over a limit of the settings (bytes, seconds, channels)."""


class MetadataError(AutoqaError):
    """A metadata file is wrong."""


class ModelMissing(AutoqaError):
    """No weights for the model that was asked for."""


class NothingThere(AutoqaError):
    """What is asked for is not in the store."""


class ReviewRefused(AutoqaError):
    """This cannot be said of this finding, or not by this person, or not now."""


class StoreError(AutoqaError):
    """The store cannot be opened, or belongs to another version."""


class SignInRefused(AutoqaError):
    """Nobody comes in by this; says no more than whoever tries may know."""


class SignInLocked(SignInRefused):
    """Too many wrong tries; ``wait_s``: until the next."""

    def __init__(self, template: str, *, wait_s: int, **params: Value) -> None:
        super().__init__(template, **params)
        self.wait_s = wait_s
