import type { Examples, Json } from './example.ts';

const conditions: Json = [{ field: 'summary', type: 'string', operator: 'contains', value: 'street' }];

export const searchExamples: Examples = {
  search_text: { client: 'search.text', body: { query: 'a motorcycle in a street', top_k: 5 } },
  search_image: { client: 'search.image', body: { image_data: '$image_data', top_k: 5 } },
  search_multimodal: {
    client: 'search.multimodal',
    body: { text_query: 'a motorcycle', image_data: '$image_data', text_weight: 0.6, image_weight: 0.4 },
  },
  search_playground: { client: 'search.playground', body: { query: 'a cat', top_k: 5 } },
  index_values: { query: { field: 'summary', type: 'string', prefix: 'a', limit: '10' } },
  playground_values: { query: { field: 'summary', type: 'string', prefix: 'a', limit: '10' } },
  filter_index: { client: 'search.filter', body: { conditions } },
  filter_playground: { client: 'search.filter_playground', body: { conditions } },
  create_saved_search: {
    body: {
      name: 'Streets at night',
      index_ids: ['$index_id'],
      query: 'a street at night',
      threshold: { space: 'text', min_score: 0.6 },
    },
  },
  update_saved_search: { body: { status: 'paused' } },
  search_runs: {
    client: 'search.multi_run',
    body: { query: 'rain', run_ids: ['$run_id'], aggregation: 'best' },
  },
  search: { client: 'workflow.search', body: { query: 'somebody rides a motorcycle', index_id: '$index_id' } },
  search_page: { client: 'workflow.search', query: { cursor: '$cursor' } },
};
