import { Link } from '@tanstack/react-router';

import type { Models } from '@/api/client';
import { formatDateTime } from '@/components/time/format';
import { CodeBlock } from '@/components/ui/copying/code-block';
import { Dialog } from '@/components/ui/overlays/dialog';
import { words } from '@/words/en';

const { calls: text } = words.runs;

/** One call to a model: what was sent and what came back. */
export function CallDialog({ call, onClose }: { call: Models['LlmCall']; onClose: () => void }) {
  const { video_id: videoId, segment_id: segment, segment_start_time: start, prompt_run_id: runId } = call;
  return (
    <Dialog
      open
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      size="large"
      title={text.dialogTitle}
      description={`${call.model}, ${formatDateTime(call.invoked_at)}, ${text.statuses[call.status] ?? call.status}`}
    >
      {call.error_message !== null && <p className="text-warning wrap-anywhere">{call.error_message}</p>}
      <h3 className="font-medium">{text.prompt}</h3>
      <CodeBlock label={text.prompt} code={call.prompt_text ?? text.noText} />
      <h3 className="font-medium">{text.response}</h3>
      <CodeBlock label={text.response} code={call.response_text ?? text.noText} />
      {videoId !== null && (
        <Link
          to="/media/$videoId"
          params={{ videoId }}
          search={{ run: runId ?? undefined, segment: segment ?? undefined, t: start ?? undefined }}
          className="self-start underline"
        >
          {text.segment}
        </Link>
      )}
    </Dialog>
  );
}
