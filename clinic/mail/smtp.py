"""Sending one mail through the server that SMTP_URL names."""

import smtplib
import ssl
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

from clinic.errors import Unavailable

TIMEOUT_SECONDS = 20
DEFAULT_PORT = {"smtp": 25, "smtps": 465}


def send(url: str, mail: EmailMessage) -> None:
    """Send a mail, encrypted where the server offers it. Raises Unavailable."""
    parts = urlsplit(url)
    host, port = parts.hostname or "localhost", parts.port or DEFAULT_PORT[parts.scheme]
    try:
        with _connection(parts.scheme, host, port) as server:
            server.ehlo_or_helo_if_needed()
            if parts.scheme == "smtp" and server.has_extn("starttls"):
                server.starttls(context=ssl.create_default_context())
            if parts.username:
                server.login(unquote(parts.username), unquote(parts.password or ""))
            server.send_message(mail)
    except (OSError, smtplib.SMTPException) as error:
        raise Unavailable(
            f"The mail server did not take the mail ({type(error).__name__})."
        ) from None


def _connection(scheme: str, host: str, port: int) -> smtplib.SMTP:
    if scheme == "smtps":
        context = ssl.create_default_context()
        return smtplib.SMTP_SSL(host, port, timeout=TIMEOUT_SECONDS, context=context)
    return smtplib.SMTP(host, port, timeout=TIMEOUT_SECONDS)
