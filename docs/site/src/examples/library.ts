import type { Examples } from './example.ts';

export const libraryExamples: Examples = {
  create_index: { client: 'indexes.create', body: { name: 'Reels' } },
  list_indexes: { client: 'indexes.list' },
  get_index: { client: 'indexes.retrieve' },
  delete_index: { client: 'indexes.delete' },
  get_index_deletion: { client: 'indexes.get_deletion' },
  list_index_videos: { client: 'indexes.list_videos' },
  list_playground_videos: { client: 'videos.list_playground' },
  create_video: {
    client: 'videos.create',
    body: { title: 'City walk', video_uri: '$video_uri', index_id: '$index_id' },
  },
  upload_video: {
    client: 'videos.upload',
    form: { title: 'City walk', index_id: '$index_id', file: '@file_path' },
  },
  get_video: { client: 'videos.retrieve' },
  delete_video: { client: 'videos.delete' },
  get_video_deletion: { client: 'videos.get_deletion' },
  batch_videos: { client: 'videos.batch_retrieve', body: { video_ids: ['$video_id'] } },
  batch_status: { client: 'videos.batch_status', body: { video_ids: ['$video_id'] } },
  batch_segments: { client: 'videos.batch_segments', body: { video_ids: ['$video_id'] } },
  list_segments: { client: 'videos.list_segments' },
  sign_url: { client: 'videos.get_signed_url', body: { gcs_uri: '$gcs_uri' } },
  open_media_link: { link: 'media_link' },
  create_upload: {
    body: { file_name: 'city-walk.mp4', content_type: 'video/mp4', size_bytes: 1048576, index_id: '$index_id' },
  },
  put_upload_part: { link: 'part_link', file: 'part_path' },
};
