import { expect, it } from 'vitest';

import type { Models } from '@/api/client';
import { addressIn, crumbsOf, levelOf } from './folder-level';

const file = (path: string) => ({ path, name: path.split('/').at(-1) ?? '', size_bytes: 1 }) as Models['CloudFile'];

it('sorts a listing into folders and files of one level', () => {
  const level = levelOf([file('2024/a.mp4'), file('2024/may/b.mp4'), file('2024/may/day 1/c.mp4'), file('2024/june/d.mp4')], '2024/');
  expect(level.folders).toEqual([
    { name: 'may', prefix: '2024/may/', files: 2 },
    { name: 'june', prefix: '2024/june/', files: 1 },
  ]);
  expect(level.files.map(({ path }) => path)).toEqual(['2024/a.mp4']);
});

it('names the way to a folder', () => {
  expect(crumbsOf('2024/may/')).toEqual([
    { name: '2024', prefix: '2024/' },
    { name: 'may', prefix: '2024/may/' },
  ]);
  expect(crumbsOf('')).toEqual([]);
});

it('writes the address of an object without encoding it', () => {
  expect(addressIn({ provider: 's3', bucket: 'films', container: null }, '2024/Interview #3.mp4')).toBe('s3://films/2024/Interview #3.mp4');
  expect(addressIn({ provider: 'azure', bucket: null, container: 'films' }, 'a.mp4')).toBe('az://films/a.mp4');
});
