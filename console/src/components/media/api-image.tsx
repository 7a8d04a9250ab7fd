import { useQuery } from '@tanstack/react-query';

import { fetchFile } from '@/api/client';

interface ApiImageProps {
  /** The path of a picture of the API, such as `/api/v2/videos/segments/{segment_id}/thumbnail`. */
  path: string;
  alt: string;
  className?: string;
}

/** A picture that needs the key of the session. It keeps its place while it loads, and if there is none. */
export function ApiImage({ path, alt, className = '' }: ApiImageProps) {
  const { data: blob, isPending } = useQuery({
    queryKey: ['file', path],
    queryFn: ({ signal }) => fetchFile(path, signal),
    staleTime: Infinity,
    gcTime: 60_000,
    retry: false,
  });
  const state = isPending ? 'pending' : 'missing';
  if (blob === undefined)
    return <div data-picture={state} className={`bg-sunken ${className}`} {...(alt === '' ? { 'aria-hidden': true } : { role: 'img', 'aria-label': alt })} />;
  return <img ref={(image) => showBlob(image, blob)} alt={alt} className={className} draggable={false} />;
}

/** Show a file of this page in an element. Return what frees the file once the element is gone. */
export function showBlob(element: HTMLImageElement | HTMLMediaElement | null, blob: Blob): (() => void) | undefined {
  if (element === null) return undefined;
  const url = URL.createObjectURL(blob);
  element.src = url;
  return () => URL.revokeObjectURL(url);
}
