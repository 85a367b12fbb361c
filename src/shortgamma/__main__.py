"""``python -m shortgamma``."""

from shortgamma.cli import main

main()
