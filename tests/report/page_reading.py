"""What a browser would make of a page."""

from __future__ import annotations

import re

from bs4 import BeautifulSoup

FETCHED = ("src", "srcset", "data", "action", "poster", "xlink:href", "background")


def read(html: str) -> BeautifulSoup:
    return BeautifulSoup(html, "html.parser")


def loads(html: str) -> list[str]:
    """Everything in a page that a browser would fetch or run."""
    page = read(html)
    found = [
        str(tag)
        for tag in page.find_all(
            ["script", "link", "iframe", "object", "embed", "base", "form", "video", "audio", "source"]
        )
    ]
    for tag in page.find_all(True):
        for name, value in tag.attrs.items():
            text = " ".join(value) if isinstance(value, list) else value
            fetched = name.startswith("on") or name in FETCHED
            if fetched and not text.startswith("data:image/"):
                found.append(f"{tag.name} {name}={text}")
            if name == "style" and re.search(r"url\((?!#)", text):
                found.append(f"{tag.name} {name}={text}")
            if name == "href" and re.match(r"\s*[a-z]+:|//", text, re.IGNORECASE):
                found.append(f"{tag.name} {name}={text}")
    found += re.findall(r"@import[^;]*|url\((?!['\"]?#)[^)]*", "".join(style.text for style in page.find_all("style")))
    return found
