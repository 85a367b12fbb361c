"""Known vulnerabilities of everything that the locks pin: ``make audit``.

Exit codes: 0 none found; 1 some found, or a package that could not be audited; 3 not measured, because no
advisory service answered for any package. Not measured is not a pass.
"""

import json
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
LOCKS = ("requirements/base.lock", "requirements/dev.lock")
FOUND, NOT_MEASURED = 1, 3


def main() -> int:
    """Audits both locks and prints one verdict each."""
    return max(verdict(lock, audited(lock)) for lock in LOCKS)


def audited(lock: str) -> list[dict[str, Any]]:
    """One entry per package of the lock; empty where the service did not answer at all."""
    command = [sys.executable, "-m", "pip_audit", "--disable-pip", "--require-hashes"]
    options = ["--requirement", lock, "--format", "json", "--progress-spinner", "off"]
    run = subprocess.run(
        [*command, *options], cwd=ROOT, capture_output=True, text=True, check=False
    )
    try:
        return json.loads(run.stdout)["dependencies"]
    except (ValueError, KeyError):
        print(run.stderr.strip(), file=sys.stderr)
        return []


def verdict(lock: str, packages: Iterable[dict[str, Any]]) -> int:
    """The exit code for one lock, said in words as well."""
    packages = list(packages)
    skipped = [p for p in packages if "skip_reason" in p]
    hit = [p for p in packages if p.get("vulns")]
    if len(skipped) == len(packages):
        print(f"{lock}: NOT MEASURED, no advisory service answers")
        return NOT_MEASURED
    for package in hit:
        names = ", ".join(v["id"] for v in package["vulns"])
        print(f"{lock}: {package['name']} {package['version']}: {names}")
    for package in skipped:
        print(f"{lock}: {package['name']} could not be audited: {package['skip_reason']}")
    print(f"{lock}: {len(packages)} packages, {len(hit)} with known vulnerabilities")
    return FOUND if hit or skipped else 0


if __name__ == "__main__":
    sys.exit(main())
