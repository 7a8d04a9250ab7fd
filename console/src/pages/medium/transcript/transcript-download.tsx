import { useMutation } from '@tanstack/react-query';
import { Download } from 'lucide-react';

import { api, type Models } from '@/api/client';
import { namedFile } from '@/api/named-file';
import { saveFile } from '@/components/files/save-file';
import { ProblemNotice } from '@/components/ui/feedback/problem-notice';
import { IconButton } from '@/components/ui/icon-button';
import { Menu } from '@/components/ui/overlays/menu';
import { words } from '@/words/en';

const text = words.medium.transcript;
type Format = Models['TranscriptFormat'];
const formats: readonly Format[] = ['srt', 'vtt', 'txt', 'json'];

/** The menu that downloads a transcript as subtitles, text or JSON. */
export function TranscriptDownload({ videoId }: { videoId: string }) {
  const saving = useMutation({
    mutationFn: (format: Format) => {
      const params = { path: { video_id: videoId }, query: { format } };
      return namedFile(api.GET('/api/v2/videos/{video_id}/transcript', { params, parseAs: 'blob' }));
    },
    onSuccess: saveFile,
  });
  return (
    <>
      <Menu
        trigger={<IconButton icon={Download} label={text.download} disabled={saving.isPending} />}
        entries={formats.map((format) => ({ label: text.formats[format], onSelect: () => saving.mutate(format) }))}
      />
      {saving.error !== null && <ProblemNotice error={saving.error} />}
    </>
  );
}
