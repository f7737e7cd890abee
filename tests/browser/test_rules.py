"""The pages of the rules, from a fault typed to a version that another person put in force."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser import test_workbench as workbench

pytestmark = pytest.mark.browser

# The same service, browser and tab; a module has a service of its own.
service, chromium, tab = workbench.service, workbench.chromium, workbench.tab

LONG_MS = 60_000
"""Processes that score start with the first question."""
NAME = ".ruleform input[data-path$='\"name\"]']"
CHANGED = "/ui/rules?file=rules.yaml&at=rules:greeting"


def open_rules(tab: Page, address: str = CHANGED, mode: str = "表单") -> None:
    tab.goto(address)
    expect(tab.locator(".faultcount")).to_be_visible(timeout=LONG_MS)
    tab.get_by_role("button", name=mode, exact=True).click()


def proposed(tab: Page, reason: str, author: str = "王芳") -> None:
    tab.goto("/ui/rules/propose")
    expect(tab.locator(".changes")).to_be_visible(timeout=LONG_MS)
    tab.get_by_label("您的姓名").fill(author)
    tab.get_by_label("理由").fill(reason)
    tab.get_by_role("button", name="提交", exact=True).click()
    expect(tab.locator("h1", has_text=reason)).to_be_visible()


def approve(tab: Page, name: str) -> None:
    tab.get_by_label("您的姓名").fill(name)
    tab.get_by_role("button", name="批准并生效").click()


def test_a_fault_is_told_at_its_line_and_gone_when_it_is_mended(tab: Page) -> None:
    open_rules(tab, mode="文本")
    line = "passes_if: {says: greeting"
    tab.locator(".cm-line", has_text=line).first.click()
    tab.keyboard.press("Home")
    tab.keyboard.type("x")
    told = tab.locator(".cm-fault.error").first
    expect(told).to_contain_text("passes_if", timeout=LONG_MS)
    above = told.locator("xpath=preceding-sibling::*[1]")
    expect(above).to_contain_text("xpasses_if")
    expect(tab.locator(".faultcount")).to_contain_text("错误")
    expect(tab.locator(".ruleside")).to_contain_text("错误改好后")
    tab.reload()
    expect(tab.locator(".faultcount.failed")).to_be_visible(timeout=LONG_MS)
    tab.locator(".cm-line", has_text="xpasses_if").first.click()
    tab.keyboard.press("Home")
    tab.keyboard.press("Delete")
    expect(tab.locator(".cm-fault.error")).to_have_count(0, timeout=LONG_MS)
    expect(tab.locator(".tried li.right")).to_have_count(2, timeout=LONG_MS)
    expect(tab.locator(".saved")).to_contain_text("与现行规则相同")


def test_the_editor_completes_keys_and_names(tab: Page) -> None:
    open_rules(tab, mode="文本")
    tab.locator(".cm-line", has_text="{says: greeting").first.click()
    tab.keyboard.press("End")
    tab.keyboard.press("ArrowLeft")
    tab.keyboard.type(", with", delay=30)
    expect(tab.locator(".cm-tooltip-autocomplete")).to_contain_text("within_first")
    tab.keyboard.press("Escape")
    for _ in ", with":
        tab.keyboard.press("Backspace")
    expect(tab.locator(".saved")).to_contain_text("与现行规则相同")


def test_proposed_by_one_and_approved_by_another_a_change_is_in_force(tab: Page) -> None:
    open_rules(tab)
    phrases = "/ui/rules?file=rules.yaml&at=phrases:greeting"
    open_rules(tab, phrases)
    lines = tab.locator("textarea.lines")
    lines.fill("请多关照")
    lines.blur()
    expect(tab.locator(".tried li.wrong")).to_be_visible(timeout=LONG_MS)
    lines.fill("很高兴为您服务\n很乐意为您效劳")
    lines.blur()
    expect(tab.locator(".sum.passed")).to_be_visible(timeout=LONG_MS)
    tab.reload()
    expect(tab.locator("textarea.lines")).to_have_value("很高兴为您服务\n很乐意为您效劳")
    open_rules(tab)
    tab.get_by_role("button", name="在已有通话上试").click()
    tried = tab.locator(".calltries li", has_text="polite.wav").first
    expect(tried).to_contain_text("很高兴为您服务", timeout=LONG_MS)
    proposed(tab, "多一种问候")
    expect(tab.locator(".textdiff .add").first).to_contain_text("很乐意为您效劳")
    approve(tab, "王 芳")
    refused = tab.locator(".q-notification", has_text="另一个人")
    expect(refused).to_be_visible(timeout=LONG_MS)
    approve(tab, "李强")
    expect(tab.locator(".badge.passed", has_text="已批准并生效")).to_be_visible(timeout=LONG_MS)
    tab.goto("/ui/rules/proposals")
    expect(tab.locator("tr", has_text="多一种问候").last).to_contain_text("李强")
    open_rules(tab, phrases)
    expect(tab.locator("textarea.lines")).to_have_value("很高兴为您服务\n很乐意为您效劳")
    expect(tab.locator(".saved")).to_contain_text("与现行规则相同")


def test_returned_with_a_remark_a_proposal_is_taken_up_again(tab: Page) -> None:
    open_rules(tab)
    name = tab.locator(NAME)
    name.fill("先问候")
    name.blur()
    expect(tab.locator(".rulehead h1")).to_contain_text("先问候")
    proposed(tab, "改名")
    tab.get_by_label("您的姓名").fill("李强")
    tab.get_by_role("button", name="退回").click()
    tab.get_by_label("如果退回，要改什么").fill("名字太短")
    tab.get_by_role("button", name="退回").click()
    expect(tab.locator(".notice.failed")).to_contain_text("名字太短")
    tab.get_by_role("button", name="取回为我的草稿").click()
    tab.wait_for_url("**/rules/propose")
    expect(tab.locator(".textdiff .add")).to_contain_text("先问候")
    open_rules(tab)
    expect(tab.locator(NAME)).to_have_value("先问候")


def test_the_form_fits_a_narrow_window(tab: Page) -> None:
    tab.set_viewport_size({"width": 420, "height": 860})
    for address in (
        CHANGED,
        *(f"/ui/rules/{one}" for one in ("propose", "proposals", "questions")),
    ):
        tab.goto(address)
        expect(tab.locator(".ruletabs")).to_be_visible()
        assert tab.evaluate("document.documentElement.scrollWidth") <= 420, address


def test_what_customers_ask_is_listed_for_whoever_writes_the_knowledge(tab: Page) -> None:
    tab.goto("/ui/rules/questions?days=90")
    row = tab.locator(".questions tbody tr").first
    expect(row).to_be_visible(timeout=LONG_MS)
    expect(tab.locator(".review")).to_contain_text("知识库里有的问题 0 次")
    row.locator("a").last.click()
    expect(tab.locator("#talk, .talk").first).to_be_visible(timeout=LONG_MS)
