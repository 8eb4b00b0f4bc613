"""A device with passkeys, written in software: it makes keys and signs, and can be told to lie."""

import hashlib
import json
import struct
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from webauthn.helpers import encode_cbor

PRESENT, VERIFIED, NEW_KEY = 0x01, 0x04, 0x40


def text_of(plain: bytes) -> str:
    return urlsafe_b64encode(plain).rstrip(b"=").decode()


def bytes_of(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


@dataclass
class Device:
    """One key of one owner. `origin` and `host` are where its browser believes to be."""

    origin: str
    host: str
    knows_owner: bool = True
    count: int = 0
    counts: bool = True
    key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )
    id: bytes = b"software-passkey"

    def creates(self, options: str) -> str:
        """Answer navigator.credentials.create."""
        numbers = self.key.public_key().public_numbers()
        x, y = numbers.x.to_bytes(32, "big"), numbers.y.to_bytes(32, "big")
        public = encode_cbor({1: 2, 3: -7, -1: 1, -2: x, -3: y})
        named = bytes(16) + struct.pack(">H", len(self.id)) + self.id + public
        made = {"fmt": "none", "attStmt": {}, "authData": self._data(NEW_KEY) + named}
        seen = self._client("webauthn.create", json.loads(options)["challenge"])
        return self._answer(clientDataJSON=seen, attestationObject=encode_cbor(made))

    def signs(self, options: str) -> str:
        """Answer navigator.credentials.get."""
        self.count += self.counts
        seen = self._client("webauthn.get", json.loads(options)["challenge"])
        data = self._data()
        signature = self.key.sign(data + hashlib.sha256(seen).digest(), ec.ECDSA(SHA256()))
        return self._answer(clientDataJSON=seen, authenticatorData=data, signature=signature)

    def _data(self, more: int = 0) -> bytes:
        flags = PRESENT | more | (VERIFIED if self.knows_owner else 0)
        return hashlib.sha256(self.host.encode()).digest() + struct.pack(">BI", flags, self.count)

    def _client(self, kind: str, challenge: str) -> bytes:
        told = {"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False}
        return json.dumps(told).encode()

    def _answer(self, **parts: bytes) -> str:
        response: dict[str, Any] = {name: text_of(part) for name, part in parts.items()}
        named = text_of(self.id)
        return json.dumps({"id": named, "rawId": named, "type": "public-key", "response": response})
