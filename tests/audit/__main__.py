"""`make audit`: the bill of materials, and whether anything in it, or in what tests it, has a known vulnerability.

Exit codes: 0 nothing is known, or the source was not reached, which is said; 1 something is known, or not everything
was looked up; with `--need`, also where the source was not reached.
"""

import argparse
import sys

from tests.audit.known import Finding, ask
from tests.audit.lock import DEV_LOCK, LOCK, ROOT, read_lock
from tests.audit.sbom import sbom

SBOM = ROOT / "build" / "sbom.json"


def main() -> None:
    """Write the one, say the other."""
    parser = argparse.ArgumentParser("make audit", description=__doc__)
    parser.add_argument("--need", action="store_true", help="fail where known vulnerabilities cannot be looked up")
    need = parser.parse_args().need
    lock = LOCK.read_text("utf-8")
    SBOM.parent.mkdir(exist_ok=True)
    SBOM.write_text(sbom(lock), "utf-8")
    print(f"The bill of materials of {len(read_lock(lock))} packages is in {SBOM.relative_to(ROOT)}.")
    sys.exit(_say(ask(DEV_LOCK), need=need))


def _say(found: Finding, *, need: bool) -> int:
    """Say what was found; the exit code."""
    if not found.reached:
        print("Known vulnerabilities were NOT looked up: their source is not reached from here.")
        print("This says nothing about the packages. Run it again where the network lets it through.")
        return int(need)
    print(f"{found.looked_up} packages were looked up; {len(found.known) or 'no'} known vulnerabilities.")
    for line in found.known:
        print(f"  {line}")
    if found.passed_over:
        print(f"Not looked up: {', '.join(found.passed_over)}.")
    return int(bool(found.known or found.passed_over))


if __name__ == "__main__":
    main()
