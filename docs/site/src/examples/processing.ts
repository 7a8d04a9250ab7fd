import type { Examples, Json } from './example.ts';

const schema: Json = {
  type: 'object',
  required: ['summary'],
  properties: { summary: { type: 'string' }, has_speech: { type: 'boolean' } },
};

const run = { prompt_id: '$prompt_id', target: { type: 'index', index_id: '$index_id' } };

export const processingExamples: Examples = {
  create_import_job: {
    client: 'import_jobs.create',
    body: {
      connector_id: '$connector_id',
      index_id: '$index_id',
      source_prefix: 'clips/',
      file_pattern: '*.mp4',
      recursive: true,
    },
  },
  cancel_import_job: { client: 'import_jobs.cancel' },
  retry_import_job: {
    client: 'import_jobs.retry',
    body: { files: [{ download_url: '$video_uri', file_id: 'city-walk' }] },
  },
  import_attachments: {
    body: {
      files: [{ download_url: '$video_uri', file_id: 'city-walk', file_name: 'City walk.mp4' }],
      index_id: '$index_id',
    },
  },
  list_import_jobs: { client: 'import_jobs.list' },
  get_import_job: { client: 'import_jobs.retrieve' },
  list_import_files: { client: 'import_jobs.files' },
  list_import_outputs: { client: 'import_jobs.outputs' },
  create_prompt: {
    client: 'prompts.create',
    body: { name: 'Scenes', prompt_text: 'Describe what is shown and said.', json_schema: schema },
  },
  list_prompts: { client: 'prompts.list' },
  get_prompt: { client: 'prompts.retrieve' },
  update_prompt: { client: 'prompts.update', body: { description: 'Scenes of the archive' } },
  delete_prompt: { client: 'prompts.delete' },
  prompt_usage: { client: 'prompts.get_usage' },
  generate_prompt: { body: { instruction: 'List every price and the product it belongs to.' } },
  test_schema: {
    client: 'prompts.test_schema',
    body: { json_schema: schema, sample_data: { summary: 'A street in the rain', has_speech: false } },
  },
  estimate: { client: 'prompt_runs.estimate', body: run },
  execute: { client: 'prompt_runs.execute', body: run },
  list_runs: { client: 'prompt_runs.list' },
  get_run: { client: 'prompt_runs.retrieve' },
  cancel_run: { client: 'prompt_runs.cancel' },
  list_failed_segments: { client: 'prompt_runs.get_failed_segments' },
  list_llm_calls: { client: 'prompt_runs.get_llm_calls' },
  list_results: { client: 'prompt_runs.list_results', query: { video_id: '$video_id' } },
  get_video_result: { client: 'prompt_runs.get_video_result' },
  retry_segment: { client: 'prompt_runs.retry_segment' },
  get_retry: { client: 'prompt_runs.get_segment_retry_status' },
  list_index_runs: { client: 'indexes.list_prompt_runs' },
  list_video_runs: { client: 'videos.list_prompt_runs' },
  process_video: { client: 'videos.process' },
  processing_activity: {
    body: { event_id: '$event_id', surface: 'api', reason: 'authentication' },
  },
  sign_in: { body: { ticket: '$ticket' } },
  define: { client: 'workflow.define', body: { instruction: 'Extract places, activities and visible text' } },
  process: { client: 'workflow.process', body: { prompt_id: '$prompt_id', video_ids: ['$video_id'] } },
  upload: { client: 'workflow.upload', form: { index_name: 'Reels', file: '@file_path' } },
};
