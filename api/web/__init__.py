"""What a browser gets: templates, styles, modules, strings and icons."""

from pathlib import Path

WEB = Path(__file__).parent
