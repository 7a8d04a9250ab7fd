import { expect, test } from 'vitest';

import { defaultModelName, hasLanguageModel } from './processing-models';

const rules = { name: 'builtin', is_default: false };
const endpoint = { name: 'endpoint:qwen3-vl', is_default: true };

test.each([
  ['no models', [], false, undefined],
  ['rules alone', [{ name: 'builtin', is_default: true }], false, 'builtin'],
  ['rules and an endpoint', [rules, endpoint], true, 'endpoint:qwen3-vl'],
])('%s: language model and default', (_, models, has, name) => {
  const found = hasLanguageModel(models);
  expect(found).toBe(has);
  const defaultName = defaultModelName(models);
  expect(defaultName).toBe(name);
});
