"""Stage 4: where the viewer may have seen the people of upcoming airings before, and with whom."""
