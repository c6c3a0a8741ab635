"""Stage 3: photos of the people in upcoming airings.

`gather` is the job. For each person, `ask` asks the sources which pictures they offer, `choice` orders the offers by
preference, and `download` fetches the best of them; `pictures` fetches and checks a single one.
"""
