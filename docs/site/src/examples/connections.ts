import type { Examples } from './example.ts';

export const connectionExamples: Examples = {
  list_connectors: { client: 'connectors.list' },
  create_s3_connector: {
    client: 'connectors.create_s3',
    body: {
      name: 'Archive',
      bucket: 'my-archive',
      region: 'eu-central-1',
      aws_access_key_id: '$access_key_id',
      aws_secret_access_key: '$secret_access_key',
    },
  },
  create_gcs_connector: {
    client: 'connectors.create_gcs',
    form: {
      name: 'Archive',
      bucket: 'my-archive',
      gcp_project_id: 'my-project',
      credentials_file: '@key_file_path',
    },
  },
  create_azure_connector: {
    client: 'connectors.create_azure',
    body: {
      name: 'Archive',
      storage_account: 'myarchive',
      container: 'media',
      tenant_id: '$azure_tenant_id',
      client_id: '$azure_client_id',
      client_secret: '$azure_client_secret',
    },
  },
  get_connector: { client: 'connectors.retrieve' },
  update_connector: { body: { name: 'Archive of 2026' } },
  delete_connector: { client: 'connectors.delete' },
  browse_connector: { client: 'connectors.browse', body: { prefix: 'clips/', pattern: '*.mp4' } },
  test_connector: { client: 'connectors.test' },
  save_import_automation: {
    body: {
      connector_id: '$connector_id',
      source_prefix: 'clips/',
      file_pattern: '*.mp4',
      debounce_interval: '1h',
      prompt_preset: { prompt_id: '$prompt_id' },
    },
  },
  save_export_automation: {
    body: { destination_connector_id: '$export_connector_id', destination_subpath: 'films' },
  },
  list_webhooks: { client: 'webhooks.list' },
  list_webhook_events: { client: 'webhooks.list_events' },
  create_webhook: {
    client: 'webhooks.create',
    body: { name: 'Listener', url: '$webhook_url', events: ['media.created', 'prompt_run.completed'] },
  },
  get_webhook: { client: 'webhooks.retrieve' },
  update_webhook: { client: 'webhooks.update', body: { status: 'paused' } },
  delete_webhook: { client: 'webhooks.delete' },
  test_webhook: { client: 'webhooks.test' },
  rotate_secret: { client: 'webhooks.rotate_secret' },
  replay_webhook: { body: { from: '$since' } },
  list_deliveries: { client: 'webhooks.list_deliveries' },
  get_delivery: { client: 'webhooks.get_delivery' },
  retry_delivery: { client: 'webhooks.retry_delivery' },
};
