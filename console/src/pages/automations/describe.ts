import { words } from '@/words/en';

import type { Automation, AutomationResult } from './queries';

/** Return the connector that an automation uses. */
export function connectorOf(automation: Automation): string {
  return automation.kind === 'import' ? automation.connector_id : automation.destination_connector_id;
}

/** Say what an automation takes from its store, or where it writes. */
export function describePlace(automation: Automation, connector: string): string {
  if (automation.kind === 'import') return words.imports.selection(connector, automation.source_prefix, automation.file_pattern);
  const { destination_subpath: path } = automation;
  return path === null ? connector : `${connector}: ${path}`;
}

/** Say what an automation did, or why it did nothing. The server's sentence is more exact than a common one. */
export function describeResult({ action, message }: Pick<AutomationResult, 'action' | 'message'>): string {
  const text = words.automations.actions[action];
  return message === null ? text : action === 'nothing' ? message : `${text}: ${message}`;
}
