import type { Examples } from './example.ts';

/** How results go out: exports, markers, and what editing programs read. */
export const resultExamples: Examples = {
  export_index: { client: 'exports.create_index_export', body: { prompt_run_ids: ['$run_id'] } },
  export_prompt_run: { client: 'exports.create_prompt_run_export' },
  list_exports: { client: 'exports.list' },
  get_export: { client: 'exports.retrieve' },
  create_export_download_url: { client: 'exports.download_url' },
  list_run_results: { query: { view: 'unfiltered', limit: '10' } },
  grant_media: { body: { video_id: '$video_id', intent: 'download' } },
  put_marker: {
    body: { target: { type: 'video', id: '$video_id' }, color: 'green', note: 'For the trailer' },
  },
  get_transcript: { query: { format: 'json', words: 'true' } },
  create_cut_list: {
    body: {
      format: 'edl',
      title: 'Trailer',
      source: { type: 'segments', segments: [{ video_id: '$video_id', start_seconds: 1, end_seconds: 2 }] },
    },
  },
  create_clip: { body: { start_seconds: 1, end_seconds: 2 } },
};
