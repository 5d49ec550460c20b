"""Settings of the pager."""

from typing import Annotated

from msgspec import Meta, Struct

from hark.plugin import Http, Secret


class Config(Struct, frozen=True, kw_only=True):
    address: Annotated[str, Meta(title="Address", description="Of your pager's gateway, as https://…")]
    token: Annotated[Secret, Meta(title="Token", description="From the gateway's settings.")]


def check(config: Config, http: Http) -> str:
    return f"the gateway answered {http.get(config.address).succeeded().status}"
