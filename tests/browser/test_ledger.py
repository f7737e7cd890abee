"""The ledger of problems in a browser: from a finding into the ledger, changed, overdue."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser import test_workbench as workbench

pytestmark = pytest.mark.browser

# The same service, browser and tab; a module has a service of its own.
service, chromium, tab = workbench.service, workbench.chromium, workbench.tab

LONG_MS = 60_000


def test_a_finding_becomes_a_problem_that_is_named_when_overdue(tab: Page) -> None:
    tab.goto("/ui/calls/night%2Fpromise.wav")
    tab.locator("#no-promise").get_by_role("link", name="立项").click(timeout=LONG_MS)
    form = tab.locator("#open form")
    expect(form.locator("[name=title]")).to_have_value("不承诺收益", timeout=LONG_MS)
    expect(form.locator("[name=rule_id]")).to_have_value("no-promise")
    form.locator("[name=owner]").fill("王芳")
    form.locator("[name=due]").fill("2026-01-10")
    tab.get_by_role("button", name="记入台账").click()
    expect(tab).to_have_url(re.compile("/ui/ledger/1"), timeout=LONG_MS)
    tab.locator("[name=state]").select_option("in_work")
    tab.get_by_role("button", name="保存").click()
    expect(tab.locator(".history > li")).to_have_count(2, timeout=LONG_MS)
    expect(tab.locator(".history > li").first).to_contain_text("整改中")
    tab.set_viewport_size({"width": workbench.NARROW[0], "height": workbench.NARROW[1]})
    tab.goto("/ui/ledger")
    expect(tab.locator(".overdue")).to_contain_text("不承诺收益", timeout=LONG_MS)
    assert tab.evaluate("document.scrollingElement.scrollWidth") <= workbench.NARROW[0]
