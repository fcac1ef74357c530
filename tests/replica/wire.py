"""Puts an answer on a connection, whole or in one of the ways it can go wrong."""

import gzip
import os
import socket
import struct
import threading
from collections.abc import Iterator
from dataclasses import replace
from http import HTTPStatus

from tests.replica.answers import Answer

_CHUNK = b"<p>" + b"\xea\xb0\x80" * 21_000 + b"</p>\n"
_OVERSIZE = 80 << 20


def send(
    answer: Answer, connection: socket.socket, closing: threading.Event, packed: bool
) -> bool:
    """Send ``answer``; ``packed`` if the client takes gzip. True: keep the connection.

    Headers and body of a whole answer go out in one write.
    """
    match answer.manner:
        case "reset":
            linger = struct.pack("ii", 1, 0)
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            # Closed here: the server's own way of closing says a polite FIN first.
            os.close(connection.detach())
            return False
        case "whole" | "as is":
            if answer.manner == "whole":
                _pack(answer, packed)
            connection.sendall(_head(answer, len(answer.body)) + answer.body)
            return True
        case "cut" | "cut unsaid":
            length = len(answer.body) if answer.manner == "cut" else None
            sent = answer.body[: int(answer.amount) or len(answer.body) // 2]
            connection.sendall(_head(answer, length) + sent)
            return False
        case "stall":
            if closing.wait(answer.amount):
                return False
            return send(replace(answer, manner="whole"), connection, closing, packed)
        case "stall body":
            half = len(answer.body) // 2
            connection.sendall(_head(answer, len(answer.body)) + answer.body[:half])
            return not closing.wait(answer.amount) and _rest(answer, half, connection)
        case "drip":
            connection.sendall(_head(answer, len(answer.body)))
            return _drip(answer, connection, closing)
        case "oversize" | "endless":
            return _flood(answer, connection, closing)
        case _:
            raise ValueError(answer.manner)


def _pack(answer: Answer, packed: bool) -> None:
    if packed and answer.content_type.startswith("text/") and len(answer.body) > 200:
        answer.body = gzip.compress(answer.body, 1, mtime=0)
        answer.headers["Content-Encoding"] = "gzip"
        answer.headers["Vary"] = "Accept-Encoding"


def _head(answer: Answer, length: int | None) -> bytes:
    phrase = HTTPStatus(answer.status).phrase
    lines = [
        f"HTTP/1.1 {answer.status} {phrase}",
        f"Content-Type: {answer.content_type}",
    ]
    lines += [f"{name}: {value}" for name, value in answer.headers.items()]
    end = "Connection: close" if length is None else f"Content-Length: {length}"
    return "\r\n".join((*lines, end, "", "")).encode()


def _rest(answer: Answer, start: int, connection: socket.socket) -> bool:
    connection.sendall(answer.body[start:])
    return True


def _drip(answer: Answer, connection: socket.socket, closing: threading.Event) -> bool:
    for byte in answer.body:
        if closing.wait(answer.amount):
            return False
        connection.sendall(bytes([byte]))
    return True


def _flood(answer: Answer, connection: socket.socket, closing: threading.Event) -> bool:
    """Send a body that is larger than anybody wants; endless ones say no length."""
    endless = answer.manner == "endless"
    limit = int(answer.amount) or (1 << 40 if endless else _OVERSIZE)
    connection.sendall(_head(answer, None if endless else limit))
    for piece in _pieces(limit):
        if closing.is_set():
            return False
        connection.sendall(piece)
    return not endless


def _pieces(limit: int) -> Iterator[bytes]:
    while limit > 0:
        yield _CHUNK[:limit]
        limit -= len(_CHUNK)
