import { expect, test } from 'vitest';

import { missingFields } from './missing-fields';

test.each([
  [{ name: ' ', url: 'example.com', events: [] }, ['name', 'url', 'events']],
  [{ name: 'Desk', url: 'https://example.com/hook', events: ['media.created'] }, []],
])('a webhook of %j lacks %j', (values, fields) => {
  expect(Object.keys(missingFields(values))).toEqual(fields);
});
