from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.report import numbers

FINITE = st.floats(-1e14, 1e14, allow_nan=False)
UNITS = st.sampled_from(["", "share", "USD", "CNY", "JPY", "SEK", "min", "orders per user"])


def value_of(text: str, unit: str) -> float:
    plain = text.replace("−", "-").replace(",", "")
    exponent = re.search(r"(-?[\d.]+) × 10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)", plain)
    if exponent:
        power = int(exponent[2].translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")))
        value = (
            float(exponent[1]) * 10.0**power * (-1 if plain.startswith("-") and not exponent[1].startswith("-") else 1)
        )
    else:
        value = float(re.search(r"[\d.]+", plain)[0]) * (-1 if "-" in plain else 1)
    return value / 100 if unit == "share" else value


@given(FINITE, UNITS, st.none() | st.floats(1e-9, 1e9), st.booleans())
def test_zero_never_has_a_sign_and_minus_is_a_minus(value, unit, half_width, signed):
    text = numbers.number(value, unit, half_width=half_width, signed=signed)
    assert "-" not in text
    if not re.search(r"[1-9]", text.split("×")[0]):
        assert "−" not in text
        assert "+" not in text
    elif "−" in text.split("×")[0]:
        assert value < 0


@given(st.floats(-1e11, 1e11, allow_nan=False), UNITS, st.floats(1e-5, 1e9))
def test_rounding_costs_little_beside_the_interval(value, unit, half_width):
    text = numbers.number(value, unit, half_width=half_width)
    assert abs(value_of(text, unit) - value) <= 0.06 * half_width + 1e-12 * abs(value)


@given(FINITE.filter(lambda value: abs(value) > 1e-300), UNITS)
def test_about_three_digits_stay_without_an_interval(value, unit):
    text = numbers.number(value, unit)
    yen = 0.5 if unit == "JPY" else 0
    assert abs(value_of(text, unit) - value) <= 0.06 * abs(value) + yen


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_what_is_no_number_is_refused(value):
    with pytest.raises(ValueError, match="not a finite number"):
        numbers.number(value, "USD")


@pytest.mark.parametrize("p", [-0.1, 1.1, float("nan")])
def test_what_is_no_probability_is_refused(p):
    with pytest.raises(ValueError, match="not a probability"):
        numbers.p_value(p)


def test_both_ends_of_an_interval_have_the_same_digits():
    assert numbers.interval(0.07, 0.08323, "share", signed=True) == "+7.00 to +8.32 pts"
    assert numbers.interval(-0.5, 100, "") == "0 to 100"
    assert numbers.interval(-4, -2.2, "CNY", signed=True) == "−¥4.00 to −¥2.20"


def test_yen_have_decimals_only_where_an_average_needs_them():
    assert numbers.number(1234.4, "JPY") == "¥1,234"
    assert numbers.number(0.8, "JPY", half_width=0.3, signed=True) == "+¥0.80"
