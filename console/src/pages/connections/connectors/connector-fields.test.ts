import { expect, test } from 'vitest';

import { changeOf, type ConnectorForm, emptyForm } from './connector-fields';

const s3: ConnectorForm = { ...emptyForm(), texts: { name: 'Archive', aws_secret_access_key: '' } };

test('a change without new credentials leaves the old ones', async () => {
  expect(await changeOf(s3)).toEqual({ name: 'Archive', scopes: ['import'], import_mode: 'all', export_base_path: '' });
});

test('a key file becomes the credentials of a change', async () => {
  const keyFile = new File(['{"type": "service_account"}'], 'key.json');
  expect(await changeOf({ ...s3, provider: 'gcs', keyFile })).toMatchObject({ credentials: { type: 'service_account' } });
  await expect(changeOf({ ...s3, provider: 'gcs', keyFile: new File(['no JSON'], 'key.json') })).rejects.toThrow(SyntaxError);
});
