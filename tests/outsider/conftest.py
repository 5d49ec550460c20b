"""Makes the outsider's package importable for its own test, as an installation would."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
