"""Numbers as a manager reads them: few digits, a unit, a true minus sign.

Digits follow the uncertainty: with `half_width` (half the interval's width) a number keeps the digits
that are worth two significant digits of it.  Without it, about three significant digits stay.
"""

from __future__ import annotations

from math import floor, isfinite, log10

MINUS = "\N{MINUS SIGN}"
CURRENCIES = {"CNY": "¥", "USD": "$", "EUR": "€", "JPY": "¥", "GBP": "£"}
_WITHOUT_CENTS = frozenset({"JPY", "KRW", "VND"})
_MOST_DECIMALS = 6
_SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def number(value: float, unit: str, *, half_width: float | None = None, signed: bool = False) -> str:
    """Write `value` in `unit`.

    Args:
        value: In `unit`; a share or a difference of shares is a fraction.
        unit: "share" (levels in %, signed differences in points), a currency code, another unit in words, or "".
        half_width: Half the width of the value's interval, in the same unit; decides the digits.
        signed: Write the plus sign too: the value is a difference.

    >>> number(0.106167, "share"), number(0.0068, "share", half_width=0.0018, signed=True)
    ('10.6 %', '+0.68 pts')
    >>> number(0.769827, "USD", half_width=0.2847, signed=True), number(-3.1, "CNY"), number(1234567.8, "USD")
    ('+$0.77', '−¥3.10', '$1,234,568')
    >>> number(3.2, "min"), number(123456, "", half_width=2345), number(980.4, "JPY"), number(5, "SEK")
    ('3.2 min', '123,500', '¥980', 'SEK 5.00')
    >>> number(-0.0001, "USD", half_width=0.28, signed=True), number(0, "share", signed=True), number(-0.0, "")
    ('$0.00', '0 pts', '0')
    >>> number(1.2e-7, ""), number(-3.4e17, ""), number(0.0043, "USD"), number(0.999999, "share")
    ('1.2 × 10⁻⁷', '−3.4 × 10¹⁷', '$0.0043', '100 %')
    """
    return _number(value, unit, _decimals(value, unit, half_width), signed=signed)


def interval(low: float, high: float, unit: str, *, signed: bool = False) -> str:
    """Write an interval, both ends with the same digits and the unit once where it stands behind.

    >>> interval(0.4851, 1.0545, "USD", signed=True), interval(0.005, 0.0086, "share", signed=True)
    ('+$0.49 to +$1.05', '+0.50 to +0.86 pts')
    >>> interval(-0.004, 0.026, "share", signed=True), interval(3.11, 3.31, "min"), interval(0.5, 0.5, "")
    ('−0.4 to +2.6 pts', '3.11 to 3.31 min', '0.5 to 0.5')
    """
    decimals = _decimals(max(abs(low), abs(high)), unit, (high - low) / 2)
    texts = [_number(end, unit, decimals, signed=signed) for end in (low, high)]
    behind = _behind(unit, signed=signed)
    return f"{texts[0].removesuffix(behind)} to {texts[1]}"


def relative(value: float, *, half_width: float | None = None) -> str:
    """Write a relative change, a fraction, as a signed percentage.

    >>> relative(0.05), relative(-0.0321, half_width=0.004), relative(11.793, half_width=0.9), relative(0)
    ('+5 %', '−3.21 %', '+1,179 %', '0 %')
    """
    hundredfold = None if half_width is None else 100 * half_width
    return _signed(100 * value, _decimals(100 * value, "", hundredfold), "", " %", signed=True)


def relative_interval(low: float, high: float) -> str:
    """Write the interval of a relative change.

    >>> relative_interval(-0.0042, 0.0261)
    '−0.4 to +2.6 %'
    """
    half_width = (high - low) / 2
    decimals = _decimals(100 * max(abs(low), abs(high)), "", 100 * half_width)
    return (
        f"{_signed(100 * low, decimals, '', '', signed=True)} to {_signed(100 * high, decimals, '', ' %', signed=True)}"
    )


def share(value: float) -> str:
    """Write a share, a fraction, as a percentage.

    >>> share(1 / 3), share(0.005726), share(1), share(0)
    ('33.3 %', '0.57 %', '100 %', '0 %')
    """
    return number(value, "share")


def count(n: float) -> str:
    """Write a number of things.

    >>> count(64000), count(0), count(-1234)
    ('64,000', '0', '−1,234')
    """
    return _signed(n, 0, "", "", signed=False)


def p_value(p: float) -> str:
    """Write a p-value.

    >>> p_value(1e-9), p_value(0), p_value(0.0341), p_value(0.9037), p_value(0.9999)
    ('p < 0.001', 'p < 0.001', 'p = 0.034', 'p = 0.90', 'p > 0.99')
    """
    if not 0 <= p <= 1:
        raise ValueError(f"{p} is not a probability")
    if p < 0.001:
        return "p < 0.001"
    if p > 0.99:
        return "p > 0.99"
    return f"p = {p:.3f}" if p < 0.1 else f"p = {p:.2f}"


def _number(value: float, unit: str, decimals: int, *, signed: bool) -> str:
    behind = _behind(unit, signed=signed)
    if unit == "share":
        return _signed(100 * value, decimals, "", behind, signed=signed)
    return _signed(value, decimals, _before(unit), behind, signed=signed)


def _before(unit: str) -> str:
    if unit in CURRENCIES:
        return CURRENCIES[unit]
    return f"{unit} " if _is_currency(unit) else ""


def _behind(unit: str, *, signed: bool) -> str:
    if unit == "share":
        return " pts" if signed else " %"
    return "" if not unit or _is_currency(unit) else f" {unit}"


def _is_currency(unit: str) -> bool:
    return len(unit) == 3 and unit.isascii() and unit.isalpha() and unit.isupper()


def _decimals(value: float, unit: str, half_width: float | None) -> int:
    """Decimals to write, of the percentage for a share; negative: round to tens, hundreds, …."""
    if not isfinite(value):
        raise ValueError(f"{value} is not a finite number")
    if unit == "share":
        value, half_width = 100 * value, None if half_width is None else 100 * half_width
    if half_width and isfinite(half_width):
        decimals = 1 - _exponent(half_width, 2)
        if _is_currency(unit) and decimals == 1:
            return 2
        return decimals
    if _is_currency(unit) and (unit in _WITHOUT_CENTS or abs(value) >= 1000):
        return 0
    if value == 0:
        return 2 if _is_currency(unit) else 0
    by_size = 2 - _exponent(value, 3) if abs(value) >= 1 else 1 - _exponent(value, 2)
    if _is_currency(unit):
        return max(by_size, 2)
    written = f"{abs(value):.{max(by_size, 0)}f}"
    return len(written.partition(".")[2].rstrip("0"))


def _exponent(value: float, digits: int) -> int:
    """Power of ten of the leading digit, after rounding to `digits` significant digits (9.96 is 10.0)."""
    return floor(log10(float(f"{abs(value):.{digits - 1}e}")))


def _signed(value: float, decimals: int, before: str, behind: str, *, signed: bool) -> str:
    if decimals > _MOST_DECIMALS or abs(value) >= 1e15:
        digits = _scientific(value)
    else:
        digits = f"{round(abs(value), decimals):,.{max(decimals, 0)}f}"
    sign = ""
    if any(digit in digits for digit in "123456789"):
        sign = MINUS if value < 0 else "+" if signed else ""
    return f"{sign}{before}{digits}{behind}"


def _scientific(value: float) -> str:
    mantissa, exponent = f"{abs(value):.1e}".split("e")
    return "0" if value == 0 else f"{mantissa} × 10{str(int(exponent)).translate(_SUPERSCRIPT)}"
