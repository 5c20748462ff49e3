"""Files of issued documents, kept under their SHA-256 and never changed, as filings are."""

from __future__ import annotations

import hashlib
import io
import os
import tempfile
import zipfile
from collections.abc import Mapping
from pathlib import Path

from django.conf import settings

from halfsky.reports.wordtemplates import fixed


def path_of(digest: str) -> Path:
    """Where a file is kept."""
    return Path(settings.HOME) / "documents" / digest[:2] / digest


def keep(content: bytes) -> str:
    """Keep a file, whole or not at all, on the disk before anything speaks of it; its SHA-256."""
    digest = hashlib.sha256(content).hexdigest()
    path = path_of(digest)
    if not path.exists():
        put(path, content)
    return digest


def put(path: Path, content: bytes) -> None:
    """The file appears whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def packed(files: Mapping[str, bytes]) -> bytes:
    """Several files in one archive; the same files give the same bytes."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(files):
            archive.writestr(name, files[name])
    return fixed(made.getvalue())


def unpacked(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}
