"""MovieLens in its three forms."""

from __future__ import annotations

from datetime import datetime

import pytest

from workbench.errors import DataError

FLAGS = "|".join("0" * 19)
FORMS = {
    "100k": {
        "u.data": "196\t242\t3\t881250949\n7\t242\t5\t881250950\n",
        "u.item": f"242|Amélie (1997)|24-Jan-1997||http://x|{FLAGS[:2]}1{FLAGS[3:10]}1{FLAGS[11:]}\n1|unknown||||1{FLAGS[1:]}\n",
        "u.user": "7|24|M|technician|85711\n196|49|M|writer|55105\n8|30|F|other|94043\n",
    },
    "1m": {
        "ratings.dat": "196::242::3::881250949\n7::242::5::881250950\n",
        "movies.dat": "242::Amélie (1997)::Action|Comedy\n1::Unknown: The Film (1995)::\n",
        "users.dat": "7::M::25::6::85711\n196::M::45::7::55105\n8::F::25::1::94043\n",
        "README": "",
    },
    "latest": {
        "ratings.csv": "userId,movieId,rating,timestamp\n196,242,3.0,881250949\n7,242,5.0,881250950\n",
        "movies.csv": 'movieId,title,genres\n242,Amélie (1997),Action|Comedy\n1,"One, Two",(no genres listed)\n',
        "tags.csv": "",
    },
}


@pytest.fixture
def written(tmp_path, imported):
    def _import(form):
        (tmp_path / "ml").mkdir()
        for name, text in FORMS[form].items():
            (tmp_path / "ml" / name).write_bytes(text.encode("utf-8" if form == "latest" else "latin-1"))
        return imported("movielens", tmp_path / "ml")

    return _import


@pytest.mark.parametrize("form", FORMS)
def test_ratings_films_and_genres(written, form):
    found = written(form)

    first, second = datetime(1997, 12, 4, 15, 55, 49), datetime(1997, 12, 4, 15, 55, 50)  # noqa: DTZ001
    assert found.rows("events", "event_id", "user_id", "event_at", "event_name", "product_id", "value") == [
        [1, "196", first, "view_item", "242", 3.0],
        [2, "7", second, "view_item", "242", 5.0],
    ]
    films = {row[0]: row[1:] for row in found.rows("products", "product_id", "title", "category_id", "genres")}
    assert films["242"] == ["Amélie (1997)", "Action", "Action|Comedy"]
    assert films["1"][1] == "unknown"
    assert sorted(row[0] for row in found.rows("categories", "category_id")) == ["Action", "Comedy", "unknown"]
    assert found.rows("users", "user_id", "first_seen_at") == [["196", first], ["7", second]]
    assert "films without a genre, whose category is 'unknown': 1" in found.account.notes
    assert found.failures() == []


def test_users_who_rated_nothing_leave(written):
    found = written("100k")

    assert found.fates() == [
        [(2, "events", "ratings, an event each")],
        [(2, "products", "films, a product each")],
        [(2, "users", "users who rated"), (1, "", "have rated nothing")],
    ]
    assert found.rows("users", "user_id", "gender", "age", "occupation", "zip_code") == [
        ["196", "M", 49, "writer", "55105"],
        ["7", "M", 24, "technician", "85711"],
    ]
    assert found.rows("products", "product_id", "launched_date") == [
        ["1", None],
        ["242", datetime(1997, 1, 24)],  # noqa: DTZ001
    ]
    assert found.account.notes[0] == "u.item is not UTF-8 text and was read as Latin-1 (Western European)"


def test_a_rating_that_stands_twice_counts_once(tmp_path, imported):
    (tmp_path / "ml").mkdir()
    for name, text in FORMS["latest"].items():
        (tmp_path / "ml" / name).write_text(text)
    text = FORMS["latest"]["ratings.csv"]
    again = "7,242,5.0,881250950\n7,242,4.0,881250950\n7,242,4.0,881250951\n"
    (tmp_path / "ml" / "ratings.csv").write_text(text + again)

    found = imported("movielens", tmp_path / "ml")

    assert found.rows("events", "event_id", "user_id", "value") == [[1, "196", 3.0], [2, "7", 5.0], [5, "7", 4.0]]
    assert found.fates()[0] == [
        (3, "events", "ratings, an event each"),
        (2, "", "repeat a rating of the same user, film and time; the first stays"),
    ]
    assert "ratings of a film that the same user has rated at another time, all of which stay: 1" in found.account.notes


@pytest.mark.parametrize(
    ("form", "file", "line", "said"),
    [
        ("100k", "u.data", "8\t242\t5\t88125\n", "88125 in line 3; correct the source"),
        ("1m", "ratings.dat", "8::242::5::881250951000\n", "881250951000 in line 3; correct the source"),
        (
            "latest",
            "ratings.csv",
            "8,242,5.0,88125\n",
            "88125 in row 3; correct the source (row 1 is the first below the header)",
        ),
    ],
)
def test_times_that_no_rating_has_are_refused(tmp_path, imported, form, file, line, said):
    (tmp_path / "ml").mkdir()
    for name, text in FORMS[form].items():
        (tmp_path / "ml" / name).write_text(text + (line if name == file else ""))

    with pytest.raises(DataError) as caught:
        imported("movielens", tmp_path / "ml")

    assert str(caught.value) == (
        f"{file}: column 'timestamp': 1 value is not seconds since 1970 between the years 1990 and 2100: {said}"
    )


@pytest.mark.parametrize(
    ("form", "file"), [(form, file) for form in ("100k", "1m") for file in FORMS[form] if file != "README"]
)
def test_a_file_that_ends_within_a_line_is_refused(tmp_path, imported, form, file):
    (tmp_path / "ml").mkdir()
    for name, text in FORMS[form].items():
        (tmp_path / "ml" / name).write_text(text.rstrip("\n") if name == file else text)

    with pytest.raises(DataError) as caught:
        imported("movielens", tmp_path / "ml")

    assert str(caught.value) == f"{file} is cut off: its last line has no end; copy or download it again"


def test_what_was_not_read_is_said(written):
    assert written("latest").account.notes[-1] == "not read: tags.csv"


def test_another_folder_is_refused(tmp_path, imported):
    (tmp_path / "ml").mkdir()
    (tmp_path / "ml" / "rating.csv").write_text("")

    with pytest.raises(DataError) as caught:
        imported("movielens", tmp_path / "ml")

    assert str(caught.value) == (
        "ml holds no ratings of MovieLens: wanted one of u.data, ratings.dat, ratings.csv; found rating.csv"
    )


def test_a_missing_file_is_named(tmp_path, imported):
    (tmp_path / "ml").mkdir()
    (tmp_path / "ml" / "u.data").write_text(FORMS["100k"]["u.data"])

    with pytest.raises(DataError, match=r"there is no file u\.item in ml; is this the right folder\?"):
        imported("movielens", tmp_path / "ml")


def test_the_real_100k(shared, imported):
    """As its README says: 100,000 ratings of 1,682 films by 943 users; 18 titles stand twice."""
    folder = shared / "data" / "ml-100k"
    if not folder.is_dir():
        pytest.skip(f"no data: {folder} is missing")

    found = imported("movielens", folder)

    assert found.account.tables == {"events": 100_000, "users": 943, "products": 1_682, "categories": 19}
    assert "films with the title of another film, which stay products of their own: 18" in found.account.notes
    events = found.frame("events")
    assert (events["event_at"].min(), events["event_at"].max()) == (
        datetime(1997, 9, 20, 3, 5, 10),  # noqa: DTZ001
        datetime(1998, 4, 22, 23, 10, 38),  # noqa: DTZ001
    )
    # The mean of the published ratings.
    assert events["value"].mean() == pytest.approx(3.52986, abs=1e-9)
    assert found.failures() == []
