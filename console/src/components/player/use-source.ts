import { useState } from 'react';

interface Source {
  /** The link that the element plays. */
  url: string | undefined;
  /** What the element must be given, so that a link is not exchanged while it plays. */
  onPlay: () => void;
  onPause: () => void;
  onError: () => void;
  failed: boolean;
}

/** Keep the link of an element while it plays, although a newer one is there. A link that fails is exchanged. */
export function useSource(newest: string | undefined): Source {
  const [held, setHeld] = useState<string>();
  const [failed, setFailed] = useState<string>();
  const url = held ?? newest;
  return {
    url,
    onPlay: () => setHeld(url),
    onPause: () => setHeld(undefined),
    onError: () => {
      setFailed(url);
      setHeld(undefined);
    },
    failed: url !== undefined && failed === url,
  };
}
