"""MovieLens: ratings of films by users, in the three forms that GroupLens publishes.

A rating becomes a `view_item` event whose value is the rating: who rates a film has seen it, and studies of taste read
events.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from workbench.errors import DataError
from workbench.tables.importers.account import Fate, Read
from workbench.tables.importers.desk import Column, Desk, Imported, Table, quoted

UNKNOWN = "unknown"
_RATINGS = (
    Column("user_id", "id", ("userId",)),
    Column("product_id", "id", ("movieId",)),
    Column("rating", "number"),
    Column("seconds", "integer", ("timestamp",)),
)
_FILMS = (Column("product_id", "id", ("movieId",)), Column("title", "text"), Column("genres", "text"))
_PEOPLE = (
    Column("user_id", "id"),
    Column("gender", "text"),
    Column("age", "integer"),
    Column("occupation", "text"),
    Column("zip_code", "text"),
)
_GENRES_100K = (
    "unknown", "Action", "Adventure", "Animation", "Children's", "Comedy", "Crime", "Documentary", "Drama", "Fantasy",
    "Film-Noir", "Horror", "Musical", "Mystery", "Romance", "Sci-Fi", "Thriller", "War", "Western",
)  # fmt: skip
# The films of 100k have a flag per genre; they are made into the list of names of the later forms.
_FLAGS = "".join(rf"\|(?P<g{i}>[01])" for i in range(len(_GENRES_100K)))
_FILM_100K = r"(?P<product_id>\d+)\|(?P<title>[^|]*)\|(?P<released>[^|]*)\|(?P<video>[^|]*)\|(?P<url>[^|]*)" + _FLAGS
_FILMS_100K = (
    Column("product_id", "id"),
    Column("title", "text"),
    Column("released", "date", formats=("%d-%b-%Y",)),
    *(Column(f"g{i}", "integer") for i in range(len(_GENRES_100K))),
)


@dataclass(frozen=True, slots=True)
class _Form:
    """File names of one form, and how their lines are read; an empty pattern is a CSV with a header.

    Attributes:
        people: "" where a form says nothing of its users.
    """

    ratings: str
    films: str
    people: str
    ratings_line: str = ""
    films_line: str = ""
    people_line: str = ""
    film_columns: Sequence[Column] = _FILMS


_FORMS = (
    _Form(
        "u.data",
        "u.item",
        "u.user",
        r"(?P<user_id>\d+)\t(?P<product_id>\d+)\t(?P<rating>\d+)\t(?P<seconds>\d+)",
        _FILM_100K,
        r"(?P<user_id>\d+)\|(?P<age>\d+)\|(?P<gender>\w+)\|(?P<occupation>[^|]*)\|(?P<zip_code>[^|]*)",
        _FILMS_100K,
    ),
    _Form(
        "ratings.dat",
        "movies.dat",
        "users.dat",
        r"(?P<user_id>\d+)::(?P<product_id>\d+)::(?P<rating>[\d.]+)::(?P<seconds>\d+)",
        r"(?P<product_id>\d+)::(?P<title>.*)::(?P<genres>[^:]*)",
        r"(?P<user_id>\d+)::(?P<gender>\w+)::(?P<age>\d+)::(?P<occupation>[^:]*)::(?P<zip_code>[^:]*)",
    ),
    _Form("ratings.csv", "movies.csv", ""),
)


def convert(desk: Desk, path: Path) -> Imported:
    """Ratings become events, films products; users without a file of their own come from the ratings."""
    form = _form(path)
    told = _lay_out(desk, path / form.ratings, "told", form.ratings_line, _RATINGS)
    place = "line" if form.ratings_line else "row"
    desk.refuse(form.ratings, "told", "seconds", _NO_TIME, _TIMES, said="timestamp", place=place)
    desk.run(_SORTED_RATINGS)
    films = _lay_out(desk, path / form.films, "films", form.films_line, form.film_columns)
    genres = _genres() if form.film_columns is _FILMS_100K else "genres"
    desk.run(f"CREATE VIEW sorted AS SELECT *, string_split({genres}, '|') AS names FROM films")  # noqa: S608
    reads = [
        Read(form.ratings, told, desk.fates("rating_fates")),
        Read(form.films, films, (Fate(films, "products", "films, a product each"),)),
    ]
    if form.people:
        people = _lay_out(desk, path / form.people, "people", form.people_line, _PEOPLE)
        desk.run(_FATED_PEOPLE)
        reads.append(Read(form.people, people, desk.fates("fated")))
    tables = {
        "events": Table(_EVENTS),
        "users": Table(_USERS_TOLD if form.people else _USERS_SEEN),
        "products": Table(_products("released" if form.film_columns is _FILMS_100K else "NULL::DATE")),
        "categories": Table(_CATEGORIES),
    }
    return Imported(tables, tuple(reads), _notes(desk, path, form))


def _form(path: Path) -> _Form:
    if not path.is_dir():
        raise DataError(f"{path.name} is no folder; wanted the folder with MovieLens' files, as it was unpacked")
    for form in _FORMS:
        if (path / form.ratings).is_file():
            return form
    wanted = ", ".join(form.ratings for form in _FORMS)
    found = ", ".join(sorted(file.name for file in path.iterdir())[:5]) or "nothing"
    raise DataError(f"{path.name} holds no ratings of MovieLens: wanted one of {wanted}; found {found}")


def _lay_out(desk: Desk, path: Path, name: str, line: str, columns: Sequence[Column]) -> int:
    if line:
        return desk.read_lines(path, name, line, columns, legacy="latin-1", is_ended=True)
    return desk.read(path, name, columns)


def _genres() -> str:
    """The names of the genres whose flag is 1, joined as the later forms have them."""
    return "concat_ws('|', " + ", ".join(f"if(g{i} = 1, {quoted(n)}, NULL)" for i, n in enumerate(_GENRES_100K)) + ")"


# A number that was cut off, or is in another unit, is a time that no rating has.
_NO_TIME = "seconds IS NULL OR seconds NOT BETWEEN 631152000 AND 4102444800"
_TIMES = "seconds since 1970 between the years 1990 and 2100"
_SORTED_RATINGS = """
CREATE TABLE rating_fates AS SELECT *, if(copy = 1, 'events', '') AS into_table,
    if(copy = 1, 'ratings, an event each', 'repeat a rating of the same user, film and time; the first stays') AS why
FROM (SELECT *, row_number() OVER (PARTITION BY user_id, product_id, seconds ORDER BY row) AS copy FROM told);
CREATE VIEW ratings AS FROM rating_fates WHERE copy = 1"""
_EVENTS = """
SELECT row AS event_id, user_id, make_timestamp(seconds * 1000000) AS event_at, 'view_item' AS event_name, product_id,
    rating AS value
FROM ratings"""
_FIRST = "SELECT user_id, make_timestamp(min(seconds) * 1000000) AS first_seen_at FROM ratings GROUP BY user_id"
_USERS_SEEN = _FIRST
_USERS_TOLD = f"""
SELECT user_id, first_seen_at, gender, age, occupation, zip_code FROM people JOIN ({_FIRST}) USING (user_id)"""  # noqa: S608
_FATED_PEOPLE = """
CREATE VIEW fated AS
SELECT row, if(rated, 'users', '') AS into_table, if(rated, 'users who rated', 'have rated nothing') AS why
FROM (SELECT row, user_id IN (SELECT user_id FROM ratings) AS rated FROM people)"""
_CATEGORY = (
    f"CASE WHEN names[1] IN ('', '(no genres listed)') THEN '{UNKNOWN}' ELSE coalesce(names[1], '{UNKNOWN}') END"
)
_CATEGORIES = f"""
SELECT DISTINCT name AS category_id, name FROM (
    SELECT unnest(names) AS name FROM sorted UNION ALL SELECT {_CATEGORY} FROM sorted
) WHERE name NOT IN ('', '(no genres listed)')"""  # noqa: S608


def _products(released: str) -> str:
    return f"""
SELECT product_id, {_CATEGORY} AS category_id, title, {released} AS launched_date, array_to_string(names, '|') AS genres
FROM sorted"""  # noqa: S608


def _notes(desk: Desk, path: Path, form: _Form) -> tuple[str, ...]:
    several = desk.value("SELECT count(*) FROM sorted WHERE len(names) > 1")
    without = desk.value(f"SELECT count(*) FROM sorted WHERE {_CATEGORY} = '{UNKNOWN}'")  # noqa: S608
    titles = desk.value("SELECT count(*) - count(DISTINCT title) FROM films WHERE title IS NOT NULL")
    again = desk.value("SELECT sum(n - 1) FROM (SELECT count(*) AS n FROM ratings GROUP BY user_id, product_id)")
    lost = desk.value("SELECT count(*) FROM ratings ANTI JOIN films USING (product_id)")
    others = sorted({file.name for file in path.iterdir()} - {form.ratings, form.films, form.people})
    said: Mapping[str, int] = {
        "films with several genres, of which the first is their category; `genres` keeps all": several,
        f"films without a genre, whose category is {UNKNOWN!r}": without,
        "films with the title of another film, which stay products of their own": titles,
        "ratings of a film that the same user has rated at another time, all of which stay": again,
        "ratings of films that are not in the file of films": lost,
    }
    return (
        "times are seconds since 1970 in UTC; a rating is told as a view_item event whose value is the rating",
        *(f"{words}: {count:,}" for words, count in said.items() if count),
        *([f"not read: {', '.join(others)}"] if others else []),
    )
