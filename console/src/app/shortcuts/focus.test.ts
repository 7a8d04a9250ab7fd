import { beforeEach, expect, test } from 'vitest';

import { belongsToFocus } from './focus';

beforeEach(() => {
  document.body.replaceChildren(document.createRange().createContextualFragment(`
    <input id="text"><textarea id="area"></textarea><button id="button">b</button><a id="link" href="/">l</a>
    <div role="menu"><div id="item" role="menuitem" tabindex="-1">i</div></div>
    <div id="slider" role="slider" tabindex="0"></div><main id="page" tabindex="-1"></main>`));
});

test.each([
  ['j', 'text', true],
  ['/', 'area', true],
  ['j', 'item', true],
  ['j', 'button', false],
  [' ', 'button', true],
  [' ', 'link', true],
  [' ', 'page', false],
  ['ArrowLeft', 'slider', true],
  ['ArrowLeft', 'page', false],
  ['j', 'slider', false],
])('%j on %s belongs to it: %s', (key, id, expected) => {
  expect(belongsToFocus(key, document.getElementById(id))).toBe(expected);
});
