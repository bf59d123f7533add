"""``python -m bposim`` is the command ``bposim``."""

from bposim.cli import main

if __name__ == "__main__":
    main()
