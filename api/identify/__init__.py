"""The path of a picture, step by step; `api.v1.identify` walks it.

1. `upload` receives the multipart form in memory.
2. `question` understands what is asked about: a `scene` (a `place`, a moment, perhaps a channel), or a prepared
   programme.
3. `analyse` finds and embeds the faces, in a bounded `pool` of threads.
4. `look` links the faces of a burst: a look is what was seen, without anything that shows a face.
5. `analyse` compares the look with the people who can be on screen, and decides.
6. `seal` encrypts the look, so that the caller can ask again without the picture.
7. `api.v1.views` writes the answer.

`contributions` stores the pictures of those who allow it.
"""
