"""Stage 3: photos of the people in upcoming airings."""
