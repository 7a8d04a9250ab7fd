import { SkeletonRows } from '@/components/ui/feedback/skeleton';

/** What stands at the place of a page whose code is still on its way. */
export function PagePending() {
  return <SkeletonRows />;
}
