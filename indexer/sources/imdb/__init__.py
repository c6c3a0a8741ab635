"""IMDb, as two sources: its web pages, and the datasets that it publishes every day.

Pages: `source` fetches them; `search` and `pages` parse search results and casts, from the HTML or from the JSON in it
(`next_data`). Datasets: `datasets` downloads them, `tables` and `rows` read them, and `casts` and `careers` offer them
as sources for the people of a whole run. `records` and `roles` serve both.
"""
