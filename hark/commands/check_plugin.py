"""hark check-plugin: put a plug-in through the suite that every plug-in passes."""

import argparse

from hark.errors import Misconfigured


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("path", help="the plug-in's folder, or the name of its package")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    try:
        from hark.testing import check_plugin
    except ModuleNotFoundError as missing:
        raise Misconfigured(missing.name or "tests", "is not installed; run: pip install 'hark[test]'") from None
    plugin = check_plugin.plugin_at(arguments.path)
    print(f"{plugin.name} {plugin.manifest.version} ({plugin.manifest.level}): {plugin.manifest.about}")
    problems = 0
    for result in check_plugin.run(plugin):
        problems += result.problem is not None
        print(f"  {'✓' if result.problem is None else '✗'} {result.check}")
        if result.problem:
            print("      " + result.problem.replace("\n", "\n      "))
    print("keeps its promises" if not problems else f"{problems} to mend")
    return 1 if problems else 0
