"""Starting, asking and stopping a real server."""

import httpx

from hark.testing.server import Server


def test_a_server_is_alive_and_ready(server: Server) -> None:
    assert httpx.get(f"{server.url}/health").json() == {"status": "alive"}
    assert httpx.get(f"{server.url}/ready").json()["lag"]["events"] == 0


def test_a_source_is_added_while_the_server_runs(server: Server) -> None:
    key = server.add_source("shop")

    assert key in server.run("source", "list")
