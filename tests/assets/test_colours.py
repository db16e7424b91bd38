import pytest

from portal.assets.colours import contrast, parse, plain

# KERN itself writes these hex values beside the same tokens, for browsers that know no custom properties.
KERN_SAYS_SO = {
    "oklch(42.84% 0.1689 265.02)": "#2044aa",
    "oklch(100% 0 0)": "#ffffff",
    "oklch(0% 0 0)": "#000000",
}


@pytest.mark.parametrize(("oklch", "hexadecimal"), KERN_SAYS_SO.items())
def test_oklch_becomes_the_hex_that_kern_names_itself(oklch, hexadecimal):
    assert parse(oklch).css() == hexadecimal


def test_a_share_of_nothing_lets_the_ground_shine_through():
    mixed = plain("color-mix(in oklch, oklch(42.84% 0.1689 265.02), transparent 92%)")
    assert mixed == "rgba(32,68,170,0.08)"


def test_a_share_of_white_is_lighter_and_a_share_of_black_darker():
    blue = "oklch(42.84% 0.1689 265.02)"
    lighter = plain(f"color-mix(in oklch, {blue}, white calc(100% - 92%))")
    darker = plain(f"color-mix(in oklch, {blue}, black 8%)")
    assert (
        contrast(darker, "#ffffff") > contrast("#2044aa", "#ffffff") > contrast(lighter, "#ffffff")
    )


def test_opacity_is_kept():
    assert plain("0 1px oklch(0% 0 0 / 0.1)") == "0 1px rgba(0,0,0,0.1)"


@pytest.mark.parametrize("strange", ["oklch(from red l c h)", "color-mix(in srgb, red, blue)"])
def test_a_colour_that_cannot_be_worked_out_stops_the_build(strange):
    with pytest.raises(ValueError, match="cannot work out"):
        plain(strange)


def test_contrast_runs_from_one_to_twenty_one():
    assert contrast("#ffffff", "#ffffff") == 1
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)
