"""Settings of a mailbox, and a test that signs in to both of its servers without reading or sending anything."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from hark.plugin import Http, Secret

Encryption = Literal["tls", "starttls", "none"]
ADDRESS = r"^[^\s@<>,;]+@[^\s@<>,;]+$"

# How the form puts them together; what is not named here stands above.
GROUPS = {
    "Incoming mail": ("imap_host", "imap_port", "imap_encryption", "folders", "days", "largest", "authserv_id"),
    "Outgoing mail": ("smtp_host", "smtp_port", "smtp_encryption", "smtp_user", "smtp_password", "tagged"),
    "What is said": ("signature", "acknowledge"),
    "Signing (DKIM)": ("dkim_selector", "dkim_key"),
}


class Config(Struct, frozen=True, kw_only=True):
    address: Annotated[
        str,
        Meta(
            title="Address", description="Where customers write to: help@example.com", pattern=ADDRESS, max_length=254
        ),
    ]
    name: Annotated[
        str, Meta(title="Name of the sender", description="Shown beside the address: Tidewell customer care.")
    ] = ""
    aliases: Annotated[
        str,
        Meta(
            title="Further addresses of this mailbox",
            description="With commas. Who wrote to one is answered from it; what comes from one is not answered by itself.",
        ),
    ] = ""
    user: Annotated[str, Meta(title="User", description="Empty: the address.")] = ""
    password: Annotated[
        Secret, Meta(title="Password", description="For both servers. Empty where a token is used.")
    ] = ""
    oauth_token: Annotated[
        Secret, Meta(title="OAuth2 token", description="Signs in by XOAUTH2 instead of a password.")
    ] = ""
    imap_host: Annotated[str, Meta(title="Incoming server (IMAP)", description="Empty: this mailbox only sends.")] = ""
    imap_port: Annotated[int, Meta(title="Port", ge=1, le=65535)] = 993
    imap_encryption: Annotated[Encryption, Meta(title="Encryption")] = "tls"
    folders: Annotated[
        str, Meta(title="Folders", description="With commas between. Nothing in them is changed.", min_length=1)
    ] = "INBOX"
    days: Annotated[
        int,
        Meta(title="Days to look back", description="At the first look; older mails are not taken.", ge=0, le=3650),
    ] = 30
    largest: Annotated[
        int,
        Meta(
            title="Largest mail in bytes",
            description="A larger one is shown and left on the server.",
            ge=100_000,
            le=100_000_000,
        ),
    ] = 30_000_000
    smtp_host: Annotated[
        str, Meta(title="Outgoing server (SMTP)", description="Empty: this mailbox only receives.")
    ] = ""
    smtp_port: Annotated[int, Meta(title="Port", ge=1, le=65535)] = 587
    smtp_encryption: Annotated[Encryption, Meta(title="Encryption")] = "starttls"
    smtp_user: Annotated[str, Meta(title="User", description="Only where it is another one than for IMAP.")] = ""
    smtp_password: Annotated[Secret, Meta(title="Password", description="Only where it is another one.")] = ""
    signature: Annotated[
        str, Meta(title="Signature", description="Below every answer. {name} is who wrote it.", max_length=4000)
    ] = ""
    tagged: Annotated[
        bool,
        Meta(
            title="Addresses with a tag",
            description="Answers come back to help+…@example.com, also from programs that lose references.",
        ),
    ] = False
    authserv_id: Annotated[
        str,
        Meta(
            title="Name of your mail server",
            description="As it stands first in Authentication-Results; only its word on DKIM, SPF and DMARC counts.",
        ),
    ] = ""
    acknowledge: Annotated[
        str,
        Meta(
            title="Confirmation of receipt",
            description="Sent once for a new conversation, at most once a day to a sender, never to a machine. Empty: none.",
            max_length=4000,
        ),
    ] = ""
    dkim_selector: Annotated[str, Meta(title="DKIM selector", description="Empty: your mail server signs.")] = ""
    dkim_key: Annotated[
        Secret, Meta(title="DKIM private key", description="As PEM, RSA or Ed25519.", max_length=8000)
    ] = ""


def check(config: Config, http: Http) -> str:
    """Sign in to the servers that are named, and look into the folders."""
    from hark.plugins.email.mailbox import look
    from hark.plugins.email.send import greet

    found = []
    if config.imap_host:
        found.append(look(config, http))
    if config.smtp_host:
        found.append(greet(config, http))
    return "; ".join(found) or "no server is named yet: this mailbox neither receives nor sends"
