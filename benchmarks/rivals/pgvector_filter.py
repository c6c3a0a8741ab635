"""pgvector with a filter on people: an embedded server of the project, filled with the vectors."""

import io
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from db.engine import open_database
from db.server import remove_server

Floats = NDArray[np.float32]

QUERY = """
SELECT person, (SELECT avg(similarity) FROM unnest((array_agg(similarity ORDER BY similarity DESC))[1:%(best)s]) similarity)
FROM (SELECT person, -(embedding <#> %(probe)s::vector) AS similarity FROM photos WHERE person = ANY(%(people)s)) each
GROUP BY person ORDER BY person
"""  # noqa: E501


@contextmanager
def pgvector(vectors: Floats, photos: int, people: int, best: int) -> Iterator[Callable[[Floats], Floats]]:
    """A search among the first `people` of all `vectors` (`photos` a person), by the mean of the `best` of each."""
    with tempfile.TemporaryDirectory(prefix="fta-bench-") as folder:
        try:
            with open_database(None, Path(folder)) as database:
                connection = database.raw_connection()
                cursor = connection.cursor()
                cursor.execute("CREATE EXTENSION vector")
                cursor.execute(f"CREATE TABLE photos (person int, embedding vector({vectors.shape[1]}))")
                rows = "".join(f"{n // photos}\t{_literal(vector)}\n" for n, vector in enumerate(vectors))
                cursor.copy_expert("COPY photos FROM STDIN", io.StringIO(rows))
                cursor.execute("CREATE INDEX ON photos (person)")
                cursor.execute("ANALYZE photos")

                def search(probe: Floats) -> Floats:
                    asked = {"probe": _literal(probe[0]), "people": list(range(people)), "best": best}
                    cursor.execute(QUERY, asked)
                    return np.array([similarity for _, similarity in cursor.fetchall()], np.float32)

                yield search
                connection.close()
        finally:
            remove_server(Path(folder))


def _literal(vector: Floats) -> str:
    return f"[{','.join(map(repr, vector.tolist()))}]"
