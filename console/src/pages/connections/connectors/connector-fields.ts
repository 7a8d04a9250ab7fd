import { api, type Models, unwrap } from '@/api/client';
import type { Connector } from '@/pages/connections/connectors/queries';

export type Provider = Connector['provider'];
type ConnectorScope = Connector['scopes'][number];

export const connectorScopes: readonly ConnectorScope[] = ['import', 'export'];

/** The text fields of a form, by their names in the API. */
export type TextFieldName =
  | 'name'
  | 'bucket'
  | 'region'
  | 'endpoint_url'
  | 'aws_access_key_id'
  | 'aws_secret_access_key'
  | 'role_arn'
  | 'gcp_project_id'
  | 'storage_account'
  | 'container'
  | 'tenant_id'
  | 'client_id'
  | 'client_secret'
  | 'export_base_path';

/** What a person fills in about a connector. `keyFile` is the key file of a service account. */
export interface ConnectorForm {
  provider: Provider;
  texts: Readonly<Partial<Record<TextFieldName, string>>>;
  scopes: readonly ConnectorScope[];
  importMode: Connector['import_mode'];
  keyFile: File | null;
}

/** The fields of the address of a store, which never change. */
export const addressFields: Readonly<Record<Provider, readonly TextFieldName[]>> = {
  s3: ['bucket', 'region', 'endpoint_url'],
  gcs: ['bucket', 'gcp_project_id'],
  azure: ['storage_account', 'container'],
};

/** The fields of credentials, which are written and never shown. */
export const credentialFields: Readonly<Record<Provider, readonly TextFieldName[]>> = {
  s3: ['aws_access_key_id', 'aws_secret_access_key', 'role_arn'],
  gcs: [],
  azure: ['tenant_id', 'client_id', 'client_secret'],
};

export const secretFields: readonly TextFieldName[] = ['aws_secret_access_key', 'client_secret'];
export const optionalFields: readonly TextFieldName[] = ['endpoint_url', 'role_arn', 'export_base_path'];

export function emptyForm(): ConnectorForm {
  return { provider: 's3', texts: {}, scopes: ['import'], importMode: 'all', keyFile: null };
}

export function formOf(connector: Connector): ConnectorForm {
  return {
    provider: connector.provider,
    texts: { name: connector.name, export_base_path: connector.export_base_path ?? '' },
    scopes: connector.scopes,
    importMode: connector.import_mode,
    keyFile: null,
  };
}

/** Send a new connector. Throws `ApiProblem`. */
export function createConnector(form: ConnectorForm): Promise<Connector> {
  switch (form.provider) {
    case 's3':
      return unwrap(api.POST('/api/v2/connectors/s3', { body: s3Body(form) }));
    case 'gcs':
      return createGcsConnector(form);
    case 'azure':
      return unwrap(api.POST('/api/v2/connectors/azure', { body: azureBody(form) }));
  }
}

function s3Body(form: ConnectorForm): Models['CreateS3Connector'] {
  return { ...optionsOf(form), ...required(form, ['name', 'bucket', 'region']), ...given(form, ['endpoint_url', ...credentialFields.s3]) };
}

function azureBody(form: ConnectorForm): Models['CreateAzureConnector'] {
  return { ...optionsOf(form), ...required(form, ['name', 'storage_account', 'container', 'tenant_id', 'client_id', 'client_secret']) };
}

function createGcsConnector(form: ConnectorForm): Promise<Connector> {
  const content = new FormData();
  const options = optionsOf(form);
  for (const [name, value] of Object.entries(required(form, ['name', 'bucket', 'gcp_project_id']))) content.set(name, value);
  for (const scope of options.scopes) content.append('scopes', scope);
  content.set('import_mode', options.import_mode);
  if (options.export_base_path !== undefined) content.set('export_base_path', options.export_base_path);
  if (form.keyFile !== null) content.set('credentials_file', form.keyFile);
  const described = { ...required(form, ['name', 'bucket', 'gcp_project_id']), credentials_file: '' };
  return unwrap(api.POST('/api/v2/connectors/gcs', { body: described, bodySerializer: () => content }));
}

/** Return the body of a change: the options, and new credentials if any were given. Throws `SyntaxError`. */
export async function changeOf(form: ConnectorForm): Promise<Models['UpdateConnectorRequest']> {
  return {
    ...required(form, ['name']),
    scopes: [...form.scopes],
    import_mode: form.importMode,
    export_base_path: form.texts.export_base_path ?? '',
    ...given(form, credentialFields[form.provider]),
    ...(form.keyFile === null ? {} : { credentials: JSON.parse(await form.keyFile.text()) as Record<string, unknown> }),
  };
}

interface Options {
  scopes: ConnectorScope[];
  import_mode: Connector['import_mode'];
  export_base_path?: string;
}

function optionsOf(form: ConnectorForm): Options {
  return { scopes: [...form.scopes], import_mode: form.importMode, ...given(form, ['export_base_path']) };
}

function required<Name extends TextFieldName>(form: ConnectorForm, names: readonly Name[]): Record<Name, string> {
  return Object.fromEntries(names.map((name) => [name, form.texts[name] ?? ''])) as Record<Name, string>;
}

/** Return the fields that are filled in. */
function given<Name extends TextFieldName>(form: ConnectorForm, names: readonly Name[]): Partial<Record<Name, string>> {
  const filled = names.filter((name) => (form.texts[name] ?? '') !== '');
  return Object.fromEntries(filled.map((name) => [name, form.texts[name]])) as Partial<Record<Name, string>>;
}
