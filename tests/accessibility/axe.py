"""axe-core, as it comes from npm, asked of the page that a browser shows."""

from typing import Any

from playwright.sync_api import Page

from tests.clients.conftest import MODULES

SCRIPT = MODULES / "axe-core" / "axe.min.js"
AA = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# Rules of WCAG 2.2 are off in axe unless one asks for them by name.
EVERY_RULE = {"runOnly": AA, "rules": {"target-size": {"enabled": True}}}
COLOURS = {"runOnly": {"type": "rule", "values": ["color-contrast"]}}
ASK = "options => axe.run(document, {...options, resultTypes: ['violations']}).then(found => found.violations)"


def faults(page: Page, options: dict[str, Any]) -> list[str]:
    """What axe finds wrong: the rule, where, and what it says."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(SCRIPT.read_text("utf-8"))  # not a script tag: the page's own policy refuses those
    return [_said(rule["id"], node) for rule in page.evaluate(ASK, options) for node in rule["nodes"]]


def _said(rule: str, node: dict[str, Any]) -> str:
    why = "; ".join(check["message"] for kind in ("any", "all", "none") for check in node[kind])
    return f"{rule}: {node['html'][:160]} at {node['target']}: {why[:300]}"
