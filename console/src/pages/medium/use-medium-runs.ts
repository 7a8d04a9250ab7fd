import {
  chosenRun,
  type Medium,
  type Run,
  type RunState,
  type Segment,
  useRunSchema,
  useRunsOfMedium,
  useSegments,
} from './medium-data';

const none: readonly Segment[] = [];

/** The runs over a medium, the one that is shown with its segments, and the one that it is compared with. */
export interface MediumRuns {
  runs: readonly Run[] | undefined;
  run: Run | undefined;
  state: RunState | undefined;
  compare: Run | undefined;
  segments: readonly Segment[];
  others: readonly Segment[];
  schema: ReturnType<typeof useRunSchema>['data'];
  /** Whether the segments are still on their way. */
  loading: boolean;
  error: Error | null;
  retry: () => void;
}

/** Read the runs over a medium, and the segments of the requested ones. */
export function useMediumRuns(medium: Medium, requested: string | undefined, compared: string | undefined): MediumRuns {
  const states = medium.processing_status;
  const stateOf = (run: Run | undefined) => states.find(({ run_id }) => run_id === run?.run_id);
  const runs = useRunsOfMedium(medium.video_id);
  const run = runs.data && chosenRun(runs.data, states, requested);
  const compare = runs.data?.find(({ run_id }) => run_id === compared && run_id !== run?.run_id);
  const segments = useSegments(medium.video_id, run?.run_id, stateOf(run));
  const others = useSegments(medium.video_id, compare?.run_id, stateOf(compare));
  const results = (segments.data ?? none).filter(({ processed }) => processed).length;
  const schema = useRunSchema(medium.video_id, run?.run_id, results);
  return {
    runs: runs.data,
    run,
    state: stateOf(run),
    compare,
    segments: segments.data ?? none,
    others: others.data ?? none,
    schema: schema.data,
    loading: segments.isPending || (compare !== undefined && others.isPending),
    error: segments.error ?? others.error ?? runs.error,
    retry: () => void Promise.all([runs.refetch(), segments.refetch(), others.refetch()]),
  };
}
