"""Hostile texts in every place of the console: nothing runs, text stays text, and no page breaks."""

from collections.abc import Callable
from pathlib import Path
from typing import Final
from urllib.parse import quote, urlencode, urlsplit

from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import signed_in
from tests.browser.hostile_archive import MARKUP, HostileArchive, hostile_archive
from tests.browser.watch import PageWatch
from tests.hostile_texts import TEXTS

_FOUND: Final = """() => {
  const elements = document.querySelectorAll(
    '.planted, iframe, object, embed, base, marquee, main style, main script, [srcdoc], [onerror], [onload], [onfocus]');
  const links = [...document.querySelectorAll('[href], [src], [action], [formaction], [poster]')];
  const schemes = /^(https?:|blob:|data:image\\/)/;
  const addresses = links.flatMap(each => ['href', 'src', 'action', 'formAction', 'poster']
    .filter(name => each.hasAttribute(name.toLowerCase())).map(name => each[name].baseVal ?? each[name]))
    .filter(address => address !== '' && !schemes.test(new URL(address, location.href).href));
  const wide = [document.scrollingElement, document.querySelector('#page')]
    .filter(each => each !== null && each.scrollWidth > each.clientWidth)
    .map(each => `${each.tagName} is ${each.scrollWidth - each.clientWidth} pixels too wide`);
  return [...[...elements].map(each => each.outerHTML.slice(0, 200)), ...addresses, ...wide];
}"""
_SHOWN: Final = """() => [document.body.innerText,
  ...[...document.querySelectorAll('input, textarea')].map(each => each.value)].join('\\n')"""
