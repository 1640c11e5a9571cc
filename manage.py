"""Django's own commands; `openiop manage …` does the same and knows the data folder."""

import sys

from openiop.config.cli import main

if __name__ == "__main__":
    sys.exit(main(["manage", *sys.argv[1:]]))
