"""Jobs and stages by other libraries, as their users write them.

They run in an environment of their own, ``.bench/peers``, with the releases pinned in
``requirements.lock``; nothing here imports anything of ours.
"""
