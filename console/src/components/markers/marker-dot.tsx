import { markerFill, type ShownMarker } from '@/components/markers/marker-colors';
import { markerLabel } from '@/components/markers/marker-label';

/** A marker as a small circle in its color. Its note is read on hover and by screen readers. */
export function MarkerDot({ marker, className = '' }: { marker: ShownMarker; className?: string }) {
  const label = markerLabel(marker);
  return <span role="img" aria-label={label} title={label} className={`inline-block size-3 shrink-0 rounded-full ${markerFill(marker.color)} ${className}`} />;
}
