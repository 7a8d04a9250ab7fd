import { expect, test } from 'vitest';

import { connectionsSearchOf } from './connections-search';

test('a link to a failed delivery opens its tab', () => {
  expect(connectionsSearchOf({ webhook: 'whk_1', status: 'failed', delivery: 'dlv_1' })).toEqual({
    tab: 'webhooks',
    webhook: 'whk_1',
    status: 'failed',
    delivery: 'dlv_1',
  });
});

test('what does not belong to the tab is left out', () => {
  expect(connectionsSearchOf({ tab: 'connectors', folder: 'a/', webhook: 'whk_1' })).toEqual({ tab: 'connectors' });
  expect(connectionsSearchOf({ connector: 'con_1', folder: 'a/' })).toEqual({ connector: 'con_1', folder: 'a/' });
  expect(connectionsSearchOf({ tab: 'webhooks', delivery: 'dlv_1' })).toEqual({ tab: 'webhooks' });
});

test('values that nobody writes are left out', () => {
  expect(connectionsSearchOf({ tab: 'other', connector: ['cn_1'], webhook: '' })).toEqual({});
  expect(connectionsSearchOf({ webhook: 'whk_1', status: 'lost' })).toEqual({ tab: 'webhooks', webhook: 'whk_1' });
});
