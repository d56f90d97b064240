"""Where the key process begins."""

import sys
from pathlib import Path

from manyhands.kit.ring.holding import hold

hold(Path(sys.argv[1]), parent=int(sys.argv[2]) if len(sys.argv) > 2 else None)
