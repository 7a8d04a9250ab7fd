import { Field } from '@base-ui/react/field';

import { Checkbox } from '@/components/ui/forms/checkbox';
import { Select } from '@/components/ui/forms/select';
import { TextField } from '@/components/ui/forms/text-field';
import { words } from '@/words/en';

import {
  type ConnectorForm,
  connectorScopes,
  credentialFields,
  optionalFields,
  secretFields,
  type TextFieldName,
} from './connector-fields';

interface ConnectorFieldsProps {
  form: ConnectorForm;
  onChange: (form: ConnectorForm) => void;
  /** The words of the server about fields, by their names in the API. */
  errors: Readonly<Record<string, string>>;
}

/** Text fields of a connector, by their names in the API. Secrets are written and never shown. */
export function TextFields({ names, required, ...props }: ConnectorFieldsProps & { names: readonly TextFieldName[]; required: boolean }) {
  const { form, onChange, errors } = props;
  return names.map((name) => (
    <TextField
      key={name}
      label={words.connections.fields[name]}
      hint={words.connections.fieldHints[name]}
      value={form.texts[name] ?? ''}
      onValueChange={(value) => onChange({ ...form, texts: { ...form.texts, [name]: value } })}
      required={required && !optionalFields.includes(name) && !isKeyOfS3(form, name)}
      type={secretFields.includes(name) ? 'password' : 'text'}
      autoComplete={secretFields.includes(name) ? 'new-password' : 'off'}
      spellCheck={false}
      error={errors[name]}
    />
  ));
}

/** The keys of S3 are not required if a role is given. The server tells which of them is missing. */
function isKeyOfS3(form: ConnectorForm, name: TextFieldName): boolean {
  return form.provider === 's3' && credentialFields.s3.includes(name);
}

/** The key file of a service account of Google. */
export function KeyFileField({ form, onChange, errors, required }: ConnectorFieldsProps & { required: boolean }) {
  const error = errors.credentials_file ?? errors.credentials;
  return (
    <Field.Root invalid={error !== undefined} className="flex flex-col gap-1">
      <Field.Label className="text-sm font-medium">{words.connections.fields.credentials_file}</Field.Label>
      <Field.Control
        render={
          <input
            type="file"
            accept="application/json,.json"
            required={required}
            onChange={(event) => onChange({ ...form, keyFile: event.currentTarget.files?.[0] ?? null })}
          />
        }
        className="rounded-md border border-line-strong bg-surface p-1 text-sm data-invalid:border-warning"
      />
      {error !== undefined && (
        <Field.Error match className="text-xs text-warning">
          {error}
        </Field.Error>
      )}
    </Field.Root>
  );
}

/** What a connector may be used for, and what its imports take. */
export function OptionFields({ form, onChange, errors }: ConnectorFieldsProps) {
  const change = (part: Partial<ConnectorForm>) => onChange({ ...form, ...part });
  return (
    <>
      <fieldset className="flex flex-col gap-1">
        <legend className="mb-1 text-sm font-medium">{words.connections.permittedUse}</legend>
        {connectorScopes.map((scope) => (
          <Checkbox
            key={scope}
            label={words.connections.uses[scope]}
            checked={form.scopes.includes(scope)}
            onChange={(checked) =>
              change({ scopes: connectorScopes.filter((each) => (each === scope ? checked : form.scopes.includes(each))) })
            }
          />
        ))}
        {errors.scopes !== undefined && <p className="text-xs text-warning">{errors.scopes}</p>}
      </fieldset>
      {form.scopes.includes('import') && (
        <Select
          label={words.connections.importMode}
          value={form.importMode}
          onChange={(importMode) => change({ importMode })}
          options={[
            { value: 'all', label: words.connections.importAll },
            { value: 'new_only', label: words.connections.importNew },
          ]}
        />
      )}
      {form.scopes.includes('export') && (
        <TextFields form={form} onChange={onChange} errors={errors} names={['export_base_path']} required={false} />
      )}
    </>
  );
}
