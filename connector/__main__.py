"""`python -m connector` is `mmd`."""

import sys

from connector.cli import main

if __name__ == "__main__":
    sys.exit(main())
