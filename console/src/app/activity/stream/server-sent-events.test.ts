import { expect, test } from 'vitest';

import { BlockReader } from './server-sent-events';

const stream = 'retry: 3000\n\nid: evt_1.\n\nevent: media.created\nid: evt_2\ndata: {"a":1}\n\n: heartbeat\n\ndata: one\ndata: two\n\n';
const blocks = [
  { retry: 3000 },
  { id: 'evt_1.' },
  { event: 'media.created', id: 'evt_2', data: '{"a":1}' },
  { data: 'one\ntwo' },
];

test.each([1, 2, 3, 7, 1000])('pieces of %s characters give the same blocks', (size) => {
  const reader = new BlockReader();
  const found = [];
  for (let start = 0; start < stream.length; start += size) found.push(...reader.add(stream.slice(start, start + size)));
  expect(found).toEqual(blocks);
});

test.each([1, 2, 5, 1000])('line ends of Windows in pieces of %s characters are the same', (size) => {
  const reader = new BlockReader();
  const text = stream.replaceAll('\n', '\r\n');
  const found = [];
  for (let start = 0; start < text.length; start += size) found.push(...reader.add(text.slice(start, start + size)));
  found.push(...reader.add('id'));
  expect(found).toEqual(blocks);
});

test('an incomplete block waits', () => {
  const reader = new BlockReader();
  expect(reader.add('id: a\ndata: x')).toEqual([]);
  expect(reader.add('\n\n')).toEqual([{ id: 'a', data: 'x' }]);
});

test('values keep colons and lose one space', () => {
  expect(new BlockReader().add('data:  a: b\n\n')).toEqual([{ data: ' a: b' }]);
});
