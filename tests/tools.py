"""Installs what the tests need beyond Python, where that may be done (Debian, as root), and says what is missing elsewhere.

The tests that need a missing tool are skipped with its name; with CI=true a missing tool is an error.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

CLIENTS = Path(__file__).parent / "clients"
DEBIAN = {"chromium": "chromium", "npm": "npm", "node": "nodejs", "dovecot": "dovecot-imapd"}


def main() -> int:
    missing = [tool for tool in DEBIAN if shutil.which(tool) is None]
    if missing and shutil.which("apt-get") and os.geteuid() == 0:
        subprocess.run(["apt-get", "update", "-qq"], check=False)
        packages = [DEBIAN[tool] for tool in missing]
        subprocess.run(["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages], check=False)
        missing = [tool for tool in DEBIAN if shutil.which(tool) is None]
    if "npm" not in missing and (CLIENTS / "package.json").exists():
        _install_clients()
    for tool in missing:
        print(f"missing: {tool} (the tests that need it will be skipped)", file=sys.stderr)
    return 1 if missing and os.environ.get("CI") == "true" else 0


def _install_clients() -> None:
    wanted = (CLIENTS / "package.json").read_bytes()
    done = CLIENTS / "node_modules" / ".installed"
    if done.exists() and done.read_bytes() == wanted:
        return
    subprocess.run(
        ["npm", "install", "--no-audit", "--no-fund", "--no-package-lock", "--ignore-scripts", "--silent"],
        cwd=CLIENTS,
        check=True,
    )
    done.write_bytes(wanted)


if __name__ == "__main__":
    sys.exit(main())
