"""The web app and the other pages: `pages` renders them, `assets` serves their files, `languages` has their texts."""

from pathlib import Path

WEB = Path(__file__).parent
