"""Wikidata (`wikidata`: ids and names of people) and Wikimedia Commons (`commons`: pictures under a free licence).

Both answer in the forms of a MediaWiki (`mediawiki`).
"""
