"""Dashboards in a browser: what is drawn, chosen and opened."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser import test_workbench as workbench

pytestmark = pytest.mark.browser

# The same service, browser and tab; a module has a service of its own.
service, chromium, tab = workbench.service, workbench.chromium, workbench.tab

LONG_MS = 60_000


def test_a_figure_leads_to_its_calls(tab: Page) -> None:
    tab.goto("/ui/dashboards")
    expect(tab.locator("#course svg")).to_be_visible(timeout=LONG_MS)
    expect(tab.locator("#course .figures tbody tr")).to_have_count(3)
    expect(tab.locator(".cards")).to_contain_text("66.7")
    tab.locator(".failed .rules a").first.click()
    expect(tab).to_have_url(re.compile("rule=no-promise"))
    expect(tab.locator(".calls tbody tr")).to_have_count(1)


def test_nothing_chosen_says_so(tab: Page) -> None:
    tab.goto("/ui/dashboards?first=2030-01-01")
    expect(tab.locator("#main")).to_contain_text("没有通话", timeout=LONG_MS)


@pytest.mark.parametrize("size", [workbench.WIDE, workbench.NARROW])
def test_no_chart_runs_out_of_the_window(tab: Page, size: tuple[int, int]) -> None:
    tab.set_viewport_size({"width": size[0], "height": size[1]})
    tab.goto("/ui/dashboards")
    expect(tab.locator("#course svg")).to_be_visible(timeout=LONG_MS)
    assert tab.evaluate("document.scrollingElement.scrollWidth") <= size[0]
