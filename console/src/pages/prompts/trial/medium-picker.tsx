import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';

import { api, unwrap } from '@/api/client';
import { indexesQuery } from '@/api/queries';
import { formatSeconds } from '@/components/time/format';
import { ProblemNotice } from '@/components/ui/feedback/problem-notice';
import { Select } from '@/components/ui/forms/select';
import { words } from '@/words/en';


const { trial } = words.prompts;
const playground = 'playground';

interface MediumPickerProps {
  value: string | null;
  onChange: (videoId: string) => void;
}

/** A choice of one medium: first its index, then one of the newest media there. */
export function MediumPicker({ value, onChange }: MediumPickerProps) {
  const indexes = useQuery(indexesQuery);
  const own = (indexes.data ?? []).filter((index) => !index.is_default);
  const [chosen, setChosen] = useState<string | null>(null);
  const place = chosen ?? own[0]?.index_id ?? playground;
  const media = useQuery({
    queryKey: ['videos', 'newest', place],
    queryFn: async ({ signal }) => (await newestMedia(place, signal)).data,
    enabled: indexes.isSuccess,
  });
  const options = (media.data ?? []).map((medium) => ({
    value: medium.video_id,
    label: medium.duration_seconds === null ? medium.title : `${medium.title} (${formatSeconds(medium.duration_seconds)})`,
  }));
  return (
    <div className="flex flex-col gap-3">
      <Select
        label={trial.place}
        value={place}
        onChange={setChosen}
        options={[...own.map((index) => ({ value: index.index_id, label: index.name })), { value: playground, label: trial.playground }]}
      />
      {media.isSuccess && options.length === 0 ? (
        <p className="text-ink-soft">{trial.noMedia}</p>
      ) : (
        <Select
          label={trial.medium}
          placeholder={trial.choose}
          value={options.some((option) => option.value === value) ? value : null}
          onChange={onChange}
          options={options}
        />
      )}
      {media.isError && <ProblemNotice error={media.error} onRetry={() => void media.refetch()} />}
    </div>
  );
}

function newestMedia(place: string, signal: AbortSignal) {
  const query = { limit: 100 };
  if (place === playground) return unwrap(api.GET('/api/v2/playground/videos', { params: { query }, signal }));
  return unwrap(api.GET('/api/v2/indexes/{index_id}/videos', { params: { path: { index_id: place }, query }, signal }));
}
