"""Sending one mail through the server that SMTP_URL names."""

import smtplib
import ssl
from contextlib import suppress
from email.message import EmailMessage
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit

from clinic.errors import NotTaken, Unavailable, Undeliverable

TIMEOUT_SECONDS = 20
TAKING_SECONDS = 300
"""How long a server may look at a whole mail before it says that it took it. Whoever hangs up
earlier sends mail twice that was taken (RFC 5321, 4.5.3.2.6 and 6.1)."""
FOR_GOOD = 500
"""From here on a server means that trying again is of no use (RFC 5321, 4.2.1)."""
REFUSED = "The mail server refused the mail for good (answer {code})."
STRANGE_LETTERS = "The mail server cannot send to an address with such letters."
DEFAULT_PORT = {"smtp": 25, "smtps": 465}


class _Waits(smtplib.SMTP):
    """A connection that waits longer once the server has the mail."""

    taking_seconds: float = TAKING_SECONDS

    def data(self, msg: Any) -> tuple[int, bytes]:
        """Give the mail to the server, and wait until it says whether it keeps it."""
        if self.sock is not None:
            self.sock.settimeout(self.taking_seconds)
        return super().data(msg)


class _WaitsEncrypted(_Waits, smtplib.SMTP_SSL):
    """The same, encrypted from the first byte."""


def send(
    url: str,
    mail: EmailMessage,
    *,
    timeout: float = TIMEOUT_SECONDS,
    taking_seconds: float = TAKING_SECONDS,
) -> None:
    """Send a mail, encrypted where the server offers it.

    Raises Undeliverable when the server refuses this one for good, NotTaken when it may take it
    later, and Unavailable when it takes none.
    """
    parts = urlsplit(url)
    try:
        server = _connection(parts, timeout)
        server.taking_seconds = taking_seconds
        try:
            server.ehlo_or_helo_if_needed()
            if parts.scheme == "smtp" and server.has_extn("starttls"):
                server.starttls(context=ssl.create_default_context())
            if parts.username:
                server.login(unquote(parts.username), unquote(parts.password or ""))
            _hand_over(server, mail)
        finally:
            _hang_up(server)
    except (OSError, smtplib.SMTPException) as error:
        raise Unavailable(_words(error)) from None


def _hand_over(server: smtplib.SMTP, mail: EmailMessage) -> None:
    """Give one mail to a server that takes mail. Raises Undeliverable and NotTaken."""
    try:
        server.send_message(mail)
    except smtplib.SMTPNotSupportedError:
        raise Undeliverable(STRANGE_LETTERS) from None
    except (smtplib.SMTPRecipientsRefused, smtplib.SMTPDataError) as error:
        code = _code(error)
        if FOR_GOOD <= code < FOR_GOOD + 100:
            raise Undeliverable(REFUSED.format(code=code)) from None
        raise NotTaken(_words(error)) from None


def _code(error: smtplib.SMTPRecipientsRefused | smtplib.SMTPDataError) -> int:
    """Give the number that the server answered with."""
    if isinstance(error, smtplib.SMTPDataError):
        return int(error.smtp_code)
    codes = [int(code) for code, _ in error.recipients.values()]
    return min(codes, default=0)


def _hang_up(server: smtplib.SMTP) -> None:
    """Say goodbye. What a server answers to that says nothing of the mail, which it has by then."""
    with suppress(OSError, smtplib.SMTPException):
        server.quit()
    server.close()


def _words(error: Exception) -> str:
    return f"The mail server did not take the mail ({type(error).__name__})."


def _connection(parts: SplitResult, timeout: float) -> _Waits:
    host, port = parts.hostname or "localhost", parts.port or DEFAULT_PORT[parts.scheme]
    if parts.scheme == "smtps":
        context = ssl.create_default_context()
        return _WaitsEncrypted(host, port, timeout=timeout, context=context)
    return _Waits(host, port, timeout=timeout)
