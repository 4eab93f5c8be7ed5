"""python -m lorgnette."""

import sys

from lorgnette.cli import main

if __name__ == "__main__":
    sys.exit(main())
