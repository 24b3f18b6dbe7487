"""Foreign text made fit for a page: HTML by a list of what is allowed, Markdown without raw HTML.

Whatever comes from a notebook's outputs or prose goes through here; what is left holds no script, no form, no frame and
no address that a browser would open or load by itself.
"""

from __future__ import annotations

import re
from functools import cache
from html import escape
from html.parser import HTMLParser
from typing import Any

import mistune
from markupsafe import Markup
from mistune.plugins.formatting import strikethrough
from mistune.plugins.table import table

_TEXT = (
    "a abbr b blockquote br caption code dd del details div dl dt em figcaption figure h1 h2 h3 h4 h5 h6 hr i kbd li "
    "mark ol p pre q s samp section small span strong sub summary sup table tbody td tfoot th thead tr u ul var"
)
_DRAWING = (
    "circle clippath defs desc ellipse g line lineargradient marker path pattern polygon polyline radialgradient rect "
    "stop svg symbol text title tspan use"
)
_SAYING = "alt aria-hidden aria-label class colspan id lang role rowspan scope style tabindex title"
_PLACING = (
    "clip-path clippathunits cx cy d dx dy fill fill-opacity fill-rule gradienttransform gradientunits height href "
    "markerheight markerunits markerwidth offset opacity orient patterntransform patternunits points "
    "preserveaspectratio r refx refy rx ry stop-color stroke stroke-dasharray stroke-linecap stroke-linejoin "
    "stroke-opacity stroke-width text-anchor transform vector-effect viewbox width x x1 x2 y y1 y2"
)
_TAGS = frozenset(f"{_TEXT} {_DRAWING}".split())
_ATTRIBUTES = frozenset(f"{_SAYING} {_PLACING}".split())
_EMPTY = frozenset(("br", "hr"))
_SWALLOWED = frozenset(("script", "style", "iframe", "object", "template", "noscript", "textarea", "select"))
_UNFIT = re.compile(r"url\s*\((?!\s*['\"]?#)|expression|@import|image-set|position|\\", re.IGNORECASE)
_PICTURE = re.compile(r"data:image/(?:png|jpeg|gif|svg\+xml|webp);base64,[A-Za-z0-9+/=\s]*$")


def clean_html(html: str) -> Markup:
    """HTML with what is not on the list left out; what a script or a style sheet holds goes with it.

    >>> clean_html('<b onclick="x()">a</b><script>x()</script><img src="http://x.y" alt="z"><a href="http://x.y">b</a>')
    Markup('<b>a</b>z<a>b</a>')
    """
    cleaner = _Cleaner()
    cleaner.feed(html)
    cleaner.close()
    return Markup(cleaner.result())  # noqa: S704 (this is what makes it fit)


def markdown(text: str) -> Markup:
    r"""Markdown as HTML: raw HTML shown as text, headings from the third level down, addresses as text.

    >>> markdown("# A <b> [there](https://x.y)")
    Markup('<h3>A &lt;b&gt; there (https://x.y)</h3>\n')
    """
    html = clean_html(str(_reader()(text)))
    return html.replace(Markup('<table class="wb-table">'), Markup('<table class="wb-table wb-words">'))


class _Cleaner(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._parts: list[str] = []
        self._open: list[str] = []
        self._swallowing = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self._swallowing or tag in _SWALLOWED:
            self._swallowing = self._swallowing or tag
        elif tag == "img":
            self._picture({name: value or "" for name, value in attrs})
        elif tag in _TAGS:
            self._element(tag, {name: value or "" for name, value in attrs if _allowed(name, value or "")})

    def handle_endtag(self, tag: str) -> None:
        if self._swallowing:
            self._swallowing = "" if tag == self._swallowing else self._swallowing
            return
        tag = "h3" if tag in ("h1", "h2") and tag not in self._open else tag
        if tag in self._open:
            while self._close() != tag:
                pass
        if tag == "table" and self._open and self._open[-1] == "scroll":
            self._close()

    def handle_data(self, data: str) -> None:
        if not self._swallowing:
            self._parts.append(escape(data, quote=False))

    def result(self) -> str:
        while self._open:
            self._close()
        return "".join(self._parts)

    def _picture(self, attributes: dict[str, str]) -> None:
        alt = escape(attributes.get("alt", ""))
        source = attributes.get("src", "")
        self._parts.append(f'<img src="{escape(source)}" alt="{alt}">' if _PICTURE.match(source) else alt)

    def _element(self, tag: str, attributes: dict[str, str]) -> None:
        ours = "wb-" in attributes.get("class", "")
        if tag in ("h1", "h2") and not ours:
            tag = "h3"
        if tag == "th":
            attributes.setdefault("scope", "col" if "thead" in self._open else "row")
        if tag == "table" and not ours:
            self._parts.append('<div class="wb-scroll" tabindex="0">')
            self._open.append("scroll")
            attributes = {"class": "wb-table"}
        written = "".join(f' {name}="{escape(value)}"' for name, value in attributes.items())
        self._parts.append(f"<{tag}{written}>")
        if tag not in _EMPTY:
            self._open.append(tag)

    def _close(self) -> str:
        tag = self._open.pop()
        self._parts.append("</div>" if tag == "scroll" else f"</{tag}>")
        return tag


def _allowed(name: str, value: str) -> bool:
    if name not in _ATTRIBUTES:
        return False
    return value.startswith("#") if name == "href" else not _UNFIT.search(value)


class _Renderer(mistune.HTMLRenderer):
    def heading(self, text: str, level: int, **_: Any) -> str:
        level = max(level, 3)
        return f"<h{level}>{text}</h{level}>\n"

    def link(self, text: str, url: str, title: str | None = None) -> str:  # noqa: ARG002 (mistune's signature)
        return text if url.startswith("#") or text == escape(url) else f"{text} ({escape(url)})"


@cache
def _reader() -> mistune.Markdown:
    return mistune.Markdown(_Renderer(escape=True), plugins=[table, strikethrough])
