"""The check of a page by axe, in the light and the dark theme."""

from pathlib import Path
from typing import Any, Final

from playwright.sync_api import Page, expect

_AXE: Final = Path(__file__).resolve().parents[2] / "console/node_modules/axe-core/axe.min.js"
_SET_THEME: Final = """theme => {
  const before = document.documentElement.dataset.theme ?? '';
  if (theme === '') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  return before;
}"""
_CONFIGURE: Final = """() => {
  const roles = ['dialog', 'alertdialog', 'menu', 'listbox', 'tooltip'].map(role => `[role=${role}]`);
  const regionMatcher = ['dialog', 'svg', ...roles].join(', ');
  axe.configure({ checks: [{ id: 'region', options: { regionMatcher } }] });
}"""
"""Menus and lists that float above the page stand outside its landmarks, as dialogs do."""
_RUN: Final = """async () => {
  const transitions = document.getAnimations().filter(each => each instanceof CSSTransition);
  await Promise.all(transitions.map(each => each.finished));
  const { violations } = await axe.run(document, { resultTypes: ['violations'] });
  return violations.flatMap(({ id, help, nodes }) => nodes.map(({ html, target, failureSummary }) => (
    { rule: id, help, target: target.join(' '), html, why: failureSummary })));
}"""


def check(page: Page) -> None:
    """Check the page as it is now. The theme is the old one afterwards.

    Raises:
        AssertionError: axe finds violations. The message names each rule with its element.
    """
    expect(page.locator("h1").first).to_be_attached()  # the code of a page may still be on its way
    if not page.evaluate("'axe' in window"):
        page.evaluate(_AXE.read_text("utf-8"))
        page.evaluate(_CONFIGURE)
    before = page.evaluate(_SET_THEME, "light")
    found = [f"light: {_sentence(each)}" for each in page.evaluate(_RUN)]
    page.evaluate(_SET_THEME, "dark")
    found += [f"dark: {_sentence(each)}" for each in page.evaluate(_RUN)]
    page.evaluate(_SET_THEME, before)
    assert not found, "\n".join([f"{page.url} has {len(found)} violations:", *found])


def _sentence(violation: dict[str, Any]) -> str:
    return (
        f"{violation['rule']} ({violation['help']}) at {violation['target']}\n"
        f"    {violation['html'][:300]}\n    {violation['why']}"
    )
