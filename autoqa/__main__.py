"""``python -m autoqa`` is the command line."""

from autoqa.cli import main

main()
