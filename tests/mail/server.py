"""A small SMTP server for tests: takes mail on a loopback port and keeps it."""

import socketserver
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass
class Inbox:
    """What arrived, whole, with the address of the server."""

    url: str = ""
    mails: list[str] = field(default_factory=list)


@contextmanager
def mail_server(
    *, refuses: str = "", thinks: float = 0, goodbye: str = "221 bye"
) -> Iterator[Inbox]:
    """Serve until the block ends.

    A recipient whose line holds `refuses` is answered with 550. The server `thinks` so many
    seconds before it says that it keeps a mail, and answers QUIT with `goodbye`.
    """
    inbox = Inbox()

    class Talk(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.say("220 ready")
            while line := self.rfile.readline().decode().strip():
                verb = line.split(" ")[0].upper()
                if verb == "DATA":
                    self.say("354 go on")
                    inbox.mails.append(self.read_mail())
                    time.sleep(thinks)
                    self.say("250 kept")
                elif verb == "QUIT":
                    self.say(goodbye)
                    return
                else:
                    refused = verb == "RCPT" and refuses and refuses in line
                    self.say("550 no" if refused else "250 good")

        def say(self, words: str) -> None:
            self.wfile.write(words.encode() + b"\r\n")

        def read_mail(self) -> str:
            lines = []
            while (line := self.rfile.readline().decode()) != ".\r\n":
                lines.append(line)
            return "".join(lines)

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Talk) as server:
        inbox.url = f"smtp://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield inbox
        finally:
            server.shutdown()
            thread.join()
