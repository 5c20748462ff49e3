"""Documents that people send in: sound, kept under their hash, never changed."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path, PurePath

from django.conf import settings

from halfsky.places.actions import refuse

MAX_BYTES = 20 * 1024 * 1024
# What a document may be, and how a file of its kind begins.
KINDS: dict[str, tuple[bytes, ...]] = {
    ".pdf": (b"%PDF-",),
    ".docx": (b"PK\x03\x04",),
    ".odt": (b"PK\x03\x04",),
    ".ofd": (b"PK\x03\x04",),
    ".doc": (b"\xd0\xcf\x11\xe0",),
    ".wps": (b"\xd0\xcf\x11\xe0", b"PK\x03\x04"),
}
# What bears something out may be a table or a picture as well.
EVIDENCE: dict[str, tuple[bytes, ...]] = {
    **KINDS,
    ".xlsx": (b"PK\x03\x04",),
    ".et": (b"\xd0\xcf\x11\xe0", b"PK\x03\x04"),
    ".jpg": (b"\xff\xd8\xff",),
    ".jpeg": (b"\xff\xd8\xff",),
    ".png": (b"\x89PNG\r\n\x1a\n",),
}


def short_name(name: str) -> str:
    """The name of a file as it was sent, without the way to it."""
    return PurePath(name.replace("\\", "/")).name[-200:]


def sound(name: str, content: bytes, kinds: Mapping[str, tuple[bytes, ...]] = KINDS) -> None:
    """Raise ``Faulty`` for what is too large, not of a kind that is taken, or not what its name says."""
    if len(content) > MAX_BYTES:
        limit = MAX_BYTES // 1024 // 1024
        raise refuse("file-large", f"文件超过 {limit} MB，请压缩后再传。", f"The file is larger than {limit} MB.")
    starts = kinds.get(PurePath(name).suffix.lower())
    if starts is not None and content.startswith(starts):
        return
    if kinds is KINDS:
        raise refuse(
            "file-kind",
            "请上传 PDF、Word、ODT、OFD 或 WPS 文件；该文件不是，或其内容与扩展名不符。",
            "Send a PDF, Word, ODT, OFD or WPS file; this is none, or not what its name says.",
        )
    raise refuse(
        "file-kind",
        "请上传文档（PDF、Word、ODT、OFD、WPS）、表格（Excel）或图片（JPG、PNG）；该文件不是，或其内容与扩展名不符。",
        "Send a document (PDF, Word, ODT, OFD, WPS), a table (Excel) or a picture (JPG, PNG); this is none, or not what its name says.",
    )


def keep(content: bytes) -> str:
    """Write a document under its hash, whole or not at all, and on the disk before anything speaks of it; its SHA-256."""
    digest = hashlib.sha256(content).hexdigest()
    path = path_of(digest)
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as part:
            part.write(content)
            part.flush()
            os.fsync(part.fileno())
        Path(part.name).replace(path)
    return digest


def path_of(digest: str) -> Path:
    """Where a document of a hash is kept."""
    return Path(settings.HOME) / "filings" / digest[:2] / digest
