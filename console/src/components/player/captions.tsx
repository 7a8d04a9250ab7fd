import { useCallback } from 'react';

interface CaptionsProps {
  /** A WebVTT file. */
  file: Blob;
  /** The language of the speech, such as "en". */
  language: string | null;
}

/** Captions that the browser draws over a video. */
export function Captions({ file, language }: CaptionsProps) {
  const show = useCallback(
    (element: HTMLTrackElement | null) => {
      if (element === null) return undefined;
      const url = URL.createObjectURL(file);
      element.src = url;
      element.track.mode = 'showing';
      return () => URL.revokeObjectURL(url);
    },
    [file],
  );
  return <track ref={show} kind="captions" srcLang={language ?? undefined} />;
}
