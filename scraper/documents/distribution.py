"""Undo the encryption of a distribution document (배포용 문서): its key lies in it.

Such documents may be read by everybody but not edited; what a reader of Hancom's does
without a password is done here. Source: Hancom's published description of the format
("배포용 문서"), revision 1.2.
"""

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from scraper.documents.records import DISTRIBUTE_DOC_DATA
from scraper.errors import DocumentError

#: The record at the start of each stream: four bytes of seed, then noise with the key.
_HEAD_BYTES = 4
_KEY_RECORD_BYTES = 256
_KEY_BYTES = 16
_BLOCK_BYTES = 16


def decrypt(stream: bytes) -> bytes:
    """Return what a stream below ``ViewText`` holds, still compressed if it was.

    Raises:
        DocumentError: ``broken``.
    """
    head = int.from_bytes(stream[:_HEAD_BYTES], "little")
    start = _HEAD_BYTES + _KEY_RECORD_BYTES
    is_key = head & 0x3FF == DISTRIBUTE_DOC_DATA and head >> 20 == _KEY_RECORD_BYTES
    if not is_key or len(stream) < start:
        raise DocumentError("broken", "the distribution document has no key")
    text = stream[start:]
    # Bytes behind the last whole block are no part of the text.
    text = text[: len(text) // _BLOCK_BYTES * _BLOCK_BYTES]
    key = _key(stream[_HEAD_BYTES:start])
    # The format's own choice; nothing is kept secret by it.
    decryptor = Cipher(algorithms.AES(key), modes.ECB()).decryptor()  # noqa: S305
    return decryptor.update(text) + decryptor.finalize()


def mask(seed: int, size: int) -> bytes:
    """Return the noise laid over the key: the C library's ``rand`` in short runs."""
    found = bytearray()
    while len(found) < size:
        seed, byte = _random(seed)
        seed, run = _random(seed)
        found += bytes([byte & 0xFF]) * ((run & 0xF) + 1)
    return bytes(found[:size])


def _key(record: bytes) -> bytes:
    seed = int.from_bytes(record[:4], "little")
    noise = mask(seed, len(record))
    clear = bytes(a ^ b for a, b in zip(record, noise, strict=True))
    start = 4 + (seed & 0xF)
    return clear[start : start + _KEY_BYTES]


def _random(seed: int) -> tuple[int, int]:
    """Return the next state of the generator and the number it gives."""
    seed = (seed * 214_013 + 2_531_011) & 0xFFFFFFFF
    return seed, seed >> 16 & 0x7FFF
