import { expect, test } from 'vitest';

import type { Models } from '@/api/client';

import { SegmentEvidence } from './evidence';
import { spokenText } from '../transcript/spoken-words';

const sentence = 'And Mr. John Dashwood had then leisure to consider the matter'.split(' ');
const timeline: Models['VideoTimeline'] = {
  video_id: 'vid_1',
  analysed: true,
  frame_rate: 25,
  language: 'en',
  truncated: false,
  shots: [],
  speech: [],
  frames: [],
  utterances: [
    { start: 5, end: 11, text: sentence.join(' '), words: sentence.map((word, n) => [word, 5 + n / 2, 5.4 + n / 2, 1]) },
  ],
  text_lines: [
    { start: 6, end: 9, text: 'FLIGHT TK417', confidence: 1, box: [0, 0, 1, 1] },
    { start: 20, end: 22, text: 'Gate 5', confidence: 1, box: [0, 0, 1, 1] },
  ],
  tags: [{ start: 4, end: 12, label: 'Egyptian cat', kind: 'scene', confidence: 0.8 }],
};
const { words } = spokenText(timeline.utterances);
const evidence = new SegmentEvidence(words, timeline, 5, 12);

test('a value that is said has the time of its words', () => {
  expect(evidence.of('john dashwood')).toEqual([
    { kind: 'said', start: 6, end: 6.9, text: 'John Dashwood', words: { first: 2, last: 3 } },
  ]);
});

test('a longer text has the longest parts that are said', () => {
  const found = evidence.of('Shows a cat; somebody says: “Mr. John Dashwood had then leisure”.');
  expect(found.map(({ text }) => text)).toEqual(['Mr. John Dashwood had then leisure']);
});

test('a value that is read has the time of its line', () => {
  expect(evidence.of('Flight TK417')).toEqual([{ kind: 'read', start: 6, end: 9, text: 'FLIGHT TK417', line: 0 }]);
  expect(evidence.of('tk417')).toHaveLength(1);
});

test('a label that is seen before the segment begins with the segment', () => {
  expect(evidence.of('egyptian cat')).toEqual([{ kind: 'seen', start: 5, end: 12, text: 'Egyptian cat' }]);
});

test.each(['Gate 5', 'horse', 'a', '', 'Dash', 'the cat'])('%j has no evidence in the segment', (value) => {
  expect(evidence.of(value)).toEqual([]);
});

test('a picture has no times and all its text', () => {
  const picture = new SegmentEvidence([], timeline, 0, 0);
  expect(picture.of('gate 5').map(({ line }) => line)).toEqual([1]);
});
