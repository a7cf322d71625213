"""``python -m app.cli``: how ``lamina up`` starts its children, whatever is on the path."""

from app.cli import main

main(prog_name="lamina")
