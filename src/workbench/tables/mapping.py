"""The catalogue file: where each canonical table lives and how its columns map."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from workbench.configuration import read_yaml, shown, validate
from workbench.errors import StudyError, unknown
from workbench.tables.schema import TABLES

Name = Annotated[str, Field(min_length=1)]
Constant = str | int | float | bool


class TableMapping(BaseModel):
    """How one source becomes a canonical table."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    source: Name
    columns: dict[Name, Name] = {}
    constants: dict[Name, Constant] = {}
    row_id: Name | None = None
    utc_offset_hours: Annotated[float, Field(ge=-14, le=14, multiple_of=0.25)] | None = None
    fresh_within_hours: Annotated[float, Field(gt=0)] | None = None


class _CatalogFile(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    connection: str
    tables: dict[Name, TableMapping]


@dataclass(frozen=True, slots=True, repr=False)
class Connection:
    """Where the tables live.

    Attributes:
        kind: "files" (Parquet and CSV, read by an engine in memory), "duckdb" (one database file), "server".
        stated: The text of the catalogue, which may be shown; secrets in it are names only.
        target: Path of the database file, or a server's URL: never shown, never written.
    """

    kind: Literal["files", "duckdb", "server"]
    stated: str
    target: str


@dataclass(frozen=True, slots=True)
class CatalogFile:
    """A catalogue as it was written.

    Attributes:
        path: The file.
        stated: Its `connection`, unresolved.
        tables: Canonical name → mapping.
    """

    path: Path
    stated: str
    tables: Mapping[str, TableMapping]

    def mapping(self, name: str) -> TableMapping:
        """The mapping of one table.

        Raises:
            StudyError: The catalogue lists no such table; names the nearest.
        """
        if name not in self.tables:
            raise StudyError(f"{shown(self.path)}: {unknown('table', name, self.tables)}")
        return self.tables[name]

    def connection(self) -> Connection:
        """Resolve `connection`, reading the environment.

        Raises:
            StudyError: It is none of the known forms, or names a variable that is not set.
        """
        target = _VARIABLE.sub(self._from_environment, self.stated)
        if target == "duckdb":
            return Connection("files", self.stated, "")
        if target.startswith("duckdb://"):
            return Connection("duckdb", self.stated, str(self.path.parent / target.removeprefix("duckdb://")))
        if _VARIABLE.search(self.stated):
            return Connection("server", self.stated, target)
        # What was found is not repeated: it may hold a password.
        raise StudyError(
            f"{shown(self.path)}: connection: wanted duckdb (files), duckdb://file.duckdb, or the name of an "
            "environment variable that holds the server's URL, like ${WAREHOUSE_URL}; the URL itself never stands in a "
            "file"
        )

    def _from_environment(self, match: re.Match[str]) -> str:
        value = os.environ.get(match[1], "")
        if not value:
            raise StudyError(
                f"{shown(self.path)}: the environment variable {match[1]} is not set; set it to the URL of the server"
            )
        return value


_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")


def read_catalog(path: Path) -> CatalogFile:
    """Read and check a catalogue file; opens no engine and needs no environment variable.

    Raises:
        StudyError: The file is missing, broken, or names a table or key that does not exist.
    """
    document = validate(_CatalogFile, read_yaml(path), shown(path))
    for name, mapping in document.tables.items():
        where = f"{shown(path)}: tables.{name}"
        if name not in TABLES:
            raise StudyError(f"{shown(path)}: {unknown('canonical table', name, TABLES)}")
        given = [*mapping.columns, *mapping.constants, *([mapping.row_id] if mapping.row_id else [])]
        twice = sorted({column for column in given if given.count(column) > 1})
        if twice:
            raise StudyError(
                f"{where}: {twice[0]!r} is given by more than one of columns, constants and row_id; keep one"
            )
        if mapping.fresh_within_hours and not TABLES[name].clock:
            raise StudyError(
                f"{where}: fresh_within_hours: the rows of {name} have no time, so nobody can tell how old they are; "
                "remove the key"
            )
    return CatalogFile(path, document.connection, document.tables)
