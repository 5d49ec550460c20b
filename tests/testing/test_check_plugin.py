"""The suite finds what is wrong with a plug-in, and a stranger's plug-in is found, checked and used once installed."""

import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

import hark
from hark.testing.check_plugin import plugin_at, run

OUTSIDER = Path(__file__).parents[1] / "outsider" / "hark_pager"


@pytest.fixture
def spoilt(tmp_path: Path, request: pytest.FixtureRequest) -> Callable[[str, str, str], list[str]]:
    """`spoilt(file, old, new)`: the checks that fail when one thing in the good plug-in is changed."""

    def spoil(file: str, old: str, new: str) -> list[str]:
        name = f"hark_{request.node.name.split('[')[1][:-1].replace('-', '_')}_pager"
        folder = tmp_path / name
        shutil.copytree(OUTSIDER, folder)
        for path in folder.rglob("*.py"):
            path.write_text(path.read_text("utf-8").replace("hark_pager", name), "utf-8")
        path = folder / file
        text = path.read_text("utf-8")
        assert old in text
        path.write_text(text.replace(old, new), "utf-8")
        return [result.check for result in run(plugin_at(str(folder))) if result.problem]

    return spoil


SPOILT = {
    "manifest": ("plugin.toml", "0.3.1", "new", "the manifest tells what it is"),
    "strange": ("plugin.toml", "level", "color = 'red'\nlevel", "the manifest tells what it is"),
    "docstring": ("receive.py", '"""What a pager reports becomes an event."""', "", "every file says what lives there"),
    "insider": ("write.py", "import msgspec\n", "import msgspec\nimport hark.store\n", "only the contract is imported"),
    "network": ("receive.py", "import msgspec\n", "import msgspec\nimport socket\n", "receiving is pure"),
    "clock": ("receive.py", "at=raw.received_at,", "at=__import__('datetime').datetime.now(),", "receiving is pure"),
    "signature": ("receive.py", "def admit(request: Request)", "def admit(request: Request, config: int = 1)",
                  "promised functions are there"),
    "asks": ("write.py", "http: Http)", "http: Http, database: int)", "promised functions are there"),
    "repeat": ("write.py", "REPEATABLE = False", "OFTEN = False", "promised functions are there"),
    "route": ("receive.py", "/pager/{key}", "pager/{key}", "routes are paths"),
    "untitled": ("config.py", 'title="Address", ', "", "settings explain themselves"),
    "naked": ("config.py", "Secret, Meta(", "str, Meta(", "settings explain themselves"),
    "wrong": ("fixtures/answered.json", '"coming"}}]', '"going"}}]', "recorded requests give what they should"),
    "denied": ("receive.py", "status=outcome.status", "status=200", "every outcome has an answer"),
    "crash": ("receive.py", "except (ValueError, RecursionError)", "except KeyError", "hostile requests break nothing"),
    "words": ("write.py", "(context,) = contexts", "raise ValueError", "writing fails only in words we know"),
}  # fmt: skip


@pytest.mark.parametrize("case", SPOILT)
def test_what_is_wrong_is_found(case: str, spoilt: Callable[[str, str, str], list[str]]) -> None:
    file, old, new, check = SPOILT[case]

    assert check in spoilt(file, old, new)


def test_a_strangers_plugin_is_found_by_its_entry_point_and_keeps_its_promises(tmp_path: Path) -> None:
    wheel = _wheel(tmp_path)
    site = tmp_path / "site"
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-index", "--no-deps", "--target", str(site)]
    subprocess.run([*pip, str(wheel)], check=True)
    environment = {"PYTHONPATH": f"{site}:{Path(hark.__file__).parents[1]}", "PATH": "/usr/bin:/bin"}

    def ask(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, *words], env=environment, cwd=tmp_path, capture_output=True, text=True, check=False
        )

    found = ask("-c", "from hark.registry import find; r = find(); print(r['pager'].package, 'pager' in r.kinds())")
    assert found.stdout.split() == ["hark_pager", "True"], found.stderr
    checked = ask("-m", "hark", "check-plugin", "hark_pager")
    assert checked.returncode == 0, checked.stdout
    assert "keeps its promises" in checked.stdout


def _wheel(folder: Path) -> Path:
    """What building the outsider's package gives: its files and the entry point."""
    wheel = folder / "hark_pager-0.3.1-py3-none-any.whl"
    about = "hark_pager-0.3.1.dist-info"
    with zipfile.ZipFile(wheel, "w") as archive:
        for path in sorted(OUTSIDER.rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                archive.write(path, f"hark_pager/{path.relative_to(OUTSIDER)}")
        archive.writestr(f"{about}/METADATA", "Metadata-Version: 2.1\nName: hark-pager\nVersion: 0.3.1\n")
        archive.writestr(f"{about}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(f"{about}/entry_points.txt", "[hark.plugins]\npager = hark_pager\n")
        archive.writestr(f"{about}/RECORD", "")
    return wheel
