/**
 * The playback of one medium: what the player, the timeline and the transcript share.
 *
 * Times are seconds. While the medium plays, listeners are told once a frame. A picture has no element; its
 * playback stays at 0.
 */
export class Playback {
  private element: HTMLMediaElement | null = null;
  private readonly listeners = new Set<() => void>();
  /** The second to go to once the element knows its medium. */
  private target: number | null = null;

  /** Whether the next element goes on where the last one was exchanged while it played. */
  private resume = false;
  private sound = { rate: 1, volume: 1, muted: false };

  /** Use an element until the returned function is called. Second, speed and volume stay the same. */
  readonly attach = (element: HTMLMediaElement | null): (() => void) | undefined => {
    if (element === null) return undefined;
    const until = new AbortController();
    this.element = element;
    element.playbackRate = this.sound.rate;
    element.volume = this.sound.volume;
    element.muted = this.sound.muted;
    const notify = () => this.notify();
    for (const name of events) element.addEventListener(name, notify, { signal: until.signal });
    element.addEventListener('loadedmetadata', () => this.reachTarget(), { signal: until.signal });
    element.addEventListener('play', () => this.followFrames(), { signal: until.signal });
    if (element.readyState >= HTMLMediaElement.HAVE_METADATA) this.reachTarget();
    return () => {
      until.abort();
      this.target = this.time;
      this.resume = !element.paused;
      this.sound = { rate: element.playbackRate, volume: element.volume, muted: element.muted };
      this.element = null;
    };
  };

  get time(): number {
    return this.target ?? this.element?.currentTime ?? 0;
  }

  /** The length in seconds; 0 until it is known. */
  get duration(): number {
    const duration = this.element?.duration ?? 0;
    return Number.isFinite(duration) ? duration : 0;
  }

  get paused(): boolean {
    return this.element?.paused ?? true;
  }

  get rate(): number {
    return this.element?.playbackRate ?? 1;
  }

  setRate(rate: number): void {
    if (this.element !== null) this.element.playbackRate = rate;
  }

  get volume(): number {
    return this.element === null || this.element.muted ? 0 : this.element.volume;
  }

  setVolume(volume: number): void {
    if (this.element === null) return;
    this.element.muted = volume === 0;
    if (volume > 0) this.element.volume = volume;
  }

  toggleMuted(): void {
    if (this.element !== null) this.element.muted = !this.element.muted;
  }

  /** Start to play. A browser may refuse until the reader has used the page; it stays paused then. */
  play(): void {
    void this.element?.play().catch(() => this.notify());
  }

  pause(): void {
    this.element?.pause();
  }

  toggle(): void {
    if (this.paused) this.play();
    else this.pause();
  }

  seek(seconds: number): void {
    const last = this.duration > 0 ? this.duration : Number.POSITIVE_INFINITY;
    const second = Math.min(Math.max(0, seconds), last);
    if (this.element !== null && this.element.readyState >= HTMLMediaElement.HAVE_METADATA) {
      this.element.currentTime = second;
    } else {
      this.target = second;
    }
    this.notify();
  }

  /** Show the frame that begins at a second, which is known to a millisecond. */
  seekToStart(seconds: number): void {
    this.seek(seconds + intoFrame);
  }

  playFrom(seconds: number): void {
    this.seekToStart(seconds);
    this.play();
  }

  /** Pause, and move by `frames` of a medium with `frameRate` frames a second. */
  step(frames: number, frameRate: number): void {
    this.pause();
    // The middle of a frame is certain to show it.
    const frame = Math.floor(this.time * frameRate + 0.001) + frames;
    this.seek((frame + 0.5) / frameRate);
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  private reachTarget(): void {
    if (this.element !== null && this.target !== null) this.element.currentTime = this.target;
    this.target = null;
    if (this.resume) this.play();
    this.resume = false;
    this.notify();
  }

  private followFrames(): void {
    const tell = () => {
      this.notify();
      if (!this.paused) requestAnimationFrame(tell);
    };
    requestAnimationFrame(tell);
  }

  private notify(): void {
    for (const listener of this.listeners) listener();
  }
}

/**
 * How far into a frame a seek to its start goes, in seconds. The server rounds times to a millisecond, so that a time
 * may lie just before its frame. This is the middle of a frame at 240 frames a second.
 */
const intoFrame = 0.002;

const events = [
  'play',
  'pause',
  'seeking',
  'seeked',
  'timeupdate',
  'durationchange',
  'ratechange',
  'volumechange',
  'ended',
] as const;
