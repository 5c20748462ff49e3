"""The digests with which events are sealed: SHA-256, or SM3 (GB/T 32905) where national algorithms 国密 are asked for.

Both are 256 bits long and are written as 64 hexadecimal digits.
"""

from __future__ import annotations

from cryptography.hazmat.primitives import hashes

SHA256, SM3 = "sha256", "sm3"
_ALGORITHMS: dict[str, type[hashes.HashAlgorithm]] = {SHA256: hashes.SHA256, SM3: hashes.SM3}


def digest(algorithm: str, content: bytes) -> str:
    """The digest in hexadecimal digits; raises ``ValueError`` for an algorithm that is none of ours."""
    if algorithm not in _ALGORITHMS:
        raise ValueError(f"no algorithm of seals: {algorithm!r}")
    made = hashes.Hash(_ALGORITHMS[algorithm]())
    made.update(content)
    return made.finalize().hex()
