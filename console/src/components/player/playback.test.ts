import { beforeEach, expect, test, vi } from 'vitest';

import { Playback } from './playback';

/** A medium of 60 seconds. `load` tells that its length is known. */
class FakeMedium extends EventTarget {
  readyState = 0;
  currentTime = 0;
  duration = Number.NaN;
  paused = true;
  playbackRate = 1;
  muted = false;
  volume = 1;

  load(): void {
    this.readyState = 1;
    this.duration = 60;
    this.dispatchEvent(new Event('loadedmetadata'));
  }
  play(): Promise<void> {
    this.paused = false;
    return Promise.resolve();
  }
  pause(): void {
    this.paused = true;
  }
}

let medium: FakeMedium;
let playback: Playback;

beforeEach(() => {
  medium = new FakeMedium();
  playback = new Playback();
});

const attach = (element: FakeMedium) => playback.attach(element as unknown as HTMLMediaElement);

test('a seek before the medium is known takes effect when it is', () => {
  playback.seek(12);
  attach(medium);
  expect(playback.time).toBe(12);
  expect(medium.currentTime).toBe(0);
  medium.load();
  expect(medium.currentTime).toBe(12);
  expect(playback.time).toBe(12);
});

test('a seek stays within the medium', () => {
  attach(medium);
  medium.load();
  playback.seek(100);
  expect(playback.time).toBe(60);
  playback.seek(-3);
  expect(playback.time).toBe(0);
});

test('another element goes on at the same second, speed and volume', () => {
  const detach = attach(medium);
  medium.load();
  playback.playFrom(30);
  playback.setRate(2);
  playback.setVolume(0.3);
  detach?.();
  const next = new FakeMedium();
  attach(next);
  next.load();
  expect([next.currentTime, next.playbackRate, next.volume, next.paused]).toEqual([30.002, 2, 0.3, false]);
});

test.each([24, 23.976, 30, 60, 240])('a start rounded to a millisecond shows its own frame at %s frames a second', (frameRate) => {
  attach(medium);
  medium.load();
  for (let frame = 0; frame < 59 * frameRate; frame += 1) {
    playback.seekToStart(Math.round((frame / frameRate) * 1000) / 1000);
    expect(Math.floor(playback.time * frameRate)).toBe(frame);
  }
});

test.each([
  [1, 0, 1.5 / 25],
  [1, 1.5 / 25, 2.5 / 25],
  [-1, 10, 249.5 / 25],
])('a step of %s frames from %s goes to the middle of the frame', (frames, from, to) => {
  attach(medium);
  medium.load();
  playback.seek(from);
  playback.step(frames, 25);
  expect(playback.time).toBeCloseTo(to);
});

test('volume 0 is silence and keeps the volume for later', () => {
  attach(medium);
  playback.setVolume(0.4);
  playback.setVolume(0);
  expect([medium.muted, medium.volume]).toEqual([true, 0.4]);
  playback.toggleMuted();
  expect(playback.volume).toBe(0.4);
});

test('listeners are told of seeks and of the element', () => {
  const listener = vi.fn();
  const stop = playback.subscribe(listener);
  attach(medium);
  medium.load();
  medium.dispatchEvent(new Event('timeupdate'));
  expect(listener).toHaveBeenCalledTimes(2);
  stop();
  playback.seek(3);
  expect(listener).toHaveBeenCalledTimes(2);
});
