"""drift.py LOCK: what is installed here in another version than LOCK has, in a frame that is hard to overlook."""

import sys
from importlib.metadata import distributions
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

NOT_OURS = {"ino-dose", "pip", "setuptools"}  # the project itself, and what venv brings
WIDTH = 78

locked = {}
for line in Path(sys.argv[1]).read_text("utf-8").splitlines():
    if "==" in line and not line.startswith("#"):
        pin = Requirement(line.removesuffix("\\"))
        if pin.marker is None or pin.marker.evaluate():
            locked[canonicalize_name(pin.name)] = str(pin.specifier).removeprefix("==")
installed = {canonicalize_name(found.name): found.version for found in distributions()}

print(f" newest, against {sys.argv[1]} ".center(WIDTH, "="))
drifted = 0
for name in sorted((locked.keys() | installed.keys()) - NOT_OURS):
    was, now = locked.get(name, "absent"), installed.get(name, "absent")
    if was != now:
        drifted += 1
        print(f"DRIFTED  {name:<32} was {was:<14} is {now}")
print(f"{drifted} drifted: CONTRIBUTING.md has how to renew the locks" if drifted else "nothing drifted")
print("=" * WIDTH)
