"""Stage 4: where the viewer may have seen the people of upcoming airings before, and with whom.

`look_up` is the job; `last_seen` chooses the part and the co-star out of what sources answer. `latest_credits` gives
the same out of our own index, for people of whom no source knows a part.
"""
