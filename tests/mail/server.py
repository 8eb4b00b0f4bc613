"""A small SMTP server for tests: takes mail on a loopback port and keeps it."""

import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field


@dataclass
class Inbox:
    """What arrived, whole, with the address of the server."""

    url: str = ""
    mails: list[str] = field(default_factory=list)


class Server(socketserver.ThreadingTCPServer):
    """How the server behaves, and what it keeps."""

    inbox: Inbox
    refuses: str
    refusal: str
    thinks: Callable[[], object]
    goodbye: str


class Talk(socketserver.StreamRequestHandler):
    """What is said over one connection."""

    server: Server

    def handle(self) -> None:
        with suppress(ConnectionResetError):  # whoever spoke was killed
            while line := self.rfile.readline().decode().strip():
                if not self.answers(line.split(" ")[0].upper(), line):
                    return

    def setup(self) -> None:
        super().setup()
        self.say("220 ready")

    def answers(self, verb: str, line: str) -> bool:
        """Answer one line; False when that was the last."""
        if verb == "QUIT":
            self.say(self.server.goodbye)
        elif verb == "DATA":
            self.say("354 go on")
            self.server.inbox.mails.append(self.read_mail())
            self.server.thinks()
            self.say("250 kept")
        else:
            refuses = self.server.refuses
            refused = verb == "RCPT" and refuses and refuses in line
            self.say(self.server.refusal if refused else "250 good")
        return verb != "QUIT"

    def say(self, words: str) -> None:
        self.wfile.write(words.encode() + b"\r\n")

    def read_mail(self) -> str:
        lines = []
        while (line := self.rfile.readline().decode()) != ".\r\n":
            if not line:
                raise ConnectionResetError  # half a mail is none
            lines.append(line)
        return "".join(lines)


def no_thought() -> None:
    """Answer at once."""


@contextmanager
def mail_server(
    *,
    refuses: str = "",
    refusal: str = "550 no",
    thinks: Callable[[], object] = no_thought,
    goodbye: str = "221 bye",
) -> Iterator[Inbox]:
    """Serve until the block ends.

    A recipient whose line holds `refuses` is answered with `refusal`. The server `thinks` before it
    says that it keeps a mail, until that returns, and answers QUIT with `goodbye`.
    """
    inbox = Inbox()
    with Server(("127.0.0.1", 0), Talk) as server:
        server.inbox, server.refuses, server.refusal = inbox, refuses, refusal
        server.thinks, server.goodbye = thinks, goodbye
        inbox.url = f"smtp://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield inbox
        finally:
            server.shutdown()
            thread.join()
