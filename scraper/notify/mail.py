"""Alarms by mail, over SMTP with TLS."""

import smtplib
import ssl
from collections.abc import Sequence
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from typing import Literal

from scraper.alarm import Notice
from scraper.notify import NotifyError
from scraper.notify.words import head, lines

#: Seconds for each step.
TIMEOUT = 15.0

Security = Literal["starttls", "tls", "none"]


@dataclass(frozen=True, slots=True)
class MailServer:
    """Who takes our mail."""

    host: str
    port: int
    #: ``none`` sends all in the open, the password too; for a server on this machine.
    security: Security = "starttls"
    user: str = ""
    password: str = field(default="", repr=False)


class Mail:
    """Sends a message for each notice."""

    name = "mail"

    def __init__(
        self,
        server: MailServer,
        sender: str,
        recipients: Sequence[str],
        *,
        trusted: ssl.SSLContext | None = None,
    ) -> None:
        """Send nothing yet; ``trusted`` is for tests."""
        self._server = server
        self._sender = sender
        self._recipients = list(recipients)
        self._trusted = trusted

    def tell(self, notice: Notice) -> None:
        """Send one.

        Raises:
            NotifyError: the server cannot be had, or does not take it for everybody.
        """
        message = self._message(notice)
        server = self._server
        trouble = ""
        try:
            with self._connect() as smtp:
                if server.user:
                    smtp.login(server.user, server.password)
                refused = smtp.send_message(message)
            if refused:
                trouble = f"{server.host} refuses {len(refused)} recipients"
        except (OSError, smtplib.SMTPException, ValueError) as error:
            # Its words may quote what was sent, so only its kind is told.
            code = getattr(error, "smtp_code", "")
            kind = f"{type(error).__name__} {code}".strip()
            trouble = f"{server.host} takes no mail ({kind})"
        if trouble:
            raise NotifyError(trouble)

    def _message(self, notice: Notice) -> EmailMessage:
        message = EmailMessage()
        message["Subject"] = f"[bodojaryo] {head(notice)}"
        message["From"] = self._sender
        message["To"] = ", ".join(self._recipients)
        message["Date"] = formatdate(localtime=True)
        message["Message-ID"] = make_msgid(domain="bodojaryo.invalid")
        message["Auto-Submitted"] = "auto-generated"
        message.set_content("\n".join(lines(notice)) + "\n")
        return message

    def _connect(self) -> smtplib.SMTP:
        server = self._server
        context = self._trusted or ssl.create_default_context()
        if server.security == "tls":
            return smtplib.SMTP_SSL(
                server.host, server.port, timeout=TIMEOUT, context=context
            )
        smtp = smtplib.SMTP(server.host, server.port, timeout=TIMEOUT)
        if server.security == "starttls":
            try:
                smtp.starttls(context=context)
            except BaseException:
                smtp.close()
                raise
        return smtp
