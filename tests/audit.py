"""Say what `pip-audit` found about the pinned packages (``make audit``).

Usage: python tests/audit.py FOUND.json

Where the registry has no list of known vulnerabilities, or there is no net, packages cannot be looked up: that is said,
and is no fault of theirs.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any


def told(found: dict[str, Any]) -> tuple[list[str], int]:
    """Return lines to print, and how many vulnerabilities are known, from pip-audit's JSON."""
    packages = found["dependencies"]
    unknown = [one["name"] for one in packages if "skip_reason" in one]
    known = [(one, fault) for one in packages for fault in one.get("vulns", ())]
    lines = [
        f"{one['name']} {one['version']}: {fault['id']}, mended in {', '.join(fault['fix_versions']) or 'no version yet'}"
        for one, fault in known
    ]
    looked_up = len(packages) - len(unknown)
    lines.append(
        f"{looked_up} of {len(packages)} pinned packages looked up, {len(known)} known vulnerabilities"
    )
    if not looked_up:
        lines.append("no package could be looked up: this registry has no list of vulnerabilities")
    return lines, len(known)


def main() -> int:
    """Print what was found; 1 where a pinned package has a known vulnerability."""
    path = Path(sys.argv[1])
    if not path.is_file():
        print("nothing was looked up: pip-audit could not reach a list of vulnerabilities")
        return 0
    lines, known = told(json.loads(path.read_text(encoding="utf-8")))
    print("\n".join(lines))
    return int(known > 0)


if __name__ == "__main__":
    sys.exit(main())
