"""`python -m docpact` is the command line."""

import sys

from docpact.cli import main

if __name__ == "__main__":
    sys.exit(main())
