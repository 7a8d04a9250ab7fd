/** A hidden tab gives its connection back after this time: a browser has six of them for all tabs of a server. */
const hiddenFor = 15_000;

/** Wait, at most until the network is back or the signal comes. */
export function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      window.removeEventListener('online', end);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, milliseconds);
    window.addEventListener('online', end);
    signal.addEventListener('abort', end);
  });
}

/** Wait until the tab is in sight or the signal comes. Call `onHidden` first if it is not. */
export async function tabInSight(signal: AbortSignal, onHidden: () => void): Promise<void> {
  if (document.visibilityState === 'visible') return;
  onHidden();
  await new Promise<void>((resolve) => {
    const end = () => {
      if (document.visibilityState !== 'visible' && !signal.aborted) return;
      document.removeEventListener('visibilitychange', end);
      signal.removeEventListener('abort', end);
      resolve();
    };
    document.addEventListener('visibilitychange', end);
    signal.addEventListener('abort', end);
  });
}

/** Its signal comes once the tab has been hidden for a while. */
export class HiddenTab {
  private readonly controller = new AbortController();
  private timer: ReturnType<typeof setTimeout> | undefined;
  readonly signal = this.controller.signal;

  constructor() {
    document.addEventListener('visibilitychange', this.change);
  }

  private readonly change = () => {
    clearTimeout(this.timer);
    if (document.visibilityState === 'hidden') this.timer = setTimeout(() => this.controller.abort(), hiddenFor);
  };

  stop(): void {
    clearTimeout(this.timer);
    document.removeEventListener('visibilitychange', this.change);
  }
}
