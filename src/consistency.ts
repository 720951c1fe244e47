/** Checks the variables of the environment against each other. */
import { z } from 'zod';
import type { Environment } from './environment.ts';
import { isLoopback } from './loopback.ts';
import { variables } from './variables/variables.ts';
import type { Name } from './variables/variables.ts';

/** The variables that prove the application to Entra ID. One is needed in addition to tenant and application. */
const PROOFS = ['AZURE_CLIENT_SECRET', 'AZURE_CLIENT_CERTIFICATE_PATH', 'AZURE_FEDERATED_TOKEN_FILE'] as const;

/** Adds the faults of variables that are valid alone but not together. */
export function checkTogether({ values, given, faults }: Environment): void {
  const isGiven = (name: Name): boolean => given.has(name) || faults.has(name);
  const fault = (name: Name, sentence: string): void => {
    // A variable that is invalid by itself gets no second fault.
    if (!faults.has(name)) faults.set(name, sentence);
  };
  const origin = values.GRAPH_BASE_URL;
  const usesChain = isGiven('AZURE_TOKEN_CREDENTIALS');
  const usesEntra = usesChain || [...PROOFS, 'AZURE_TENANT_ID' as const, 'AZURE_CLIENT_ID' as const].some(isGiven);

  if (usesEntra) {
    for (const name of ['AZURE_TENANT_ID', 'AZURE_CLIENT_ID'] as const) {
      if (!usesChain && !isGiven(name))
        fault(name, 'expected a value, because another of the AZURE_ variables is set, but none came.');
    }
    if (!usesChain && !PROOFS.some(isGiven)) {
      fault(
        'AZURE_CLIENT_SECRET',
        `expected a value, because another of the AZURE_ variables is set, but none came; ${PROOFS.slice(1).join(' or ')} would do too.`,
      );
    }
    if (isGiven('GRAPH_TOKEN')) {
      fault('GRAPH_TOKEN', 'expected not to be set beside the AZURE_ variables; remove the one or the others.');
    }
    if (!isGiven('CALLER_AUDIENCES') && !values.DANGEROUSLY_ALLOW_UNAUTHENTICATED_CALLERS) {
      fault(
        'CALLER_AUDIENCES',
        'expected the audiences of the tokens that callers bring, because with real credentials whoever reaches the gateway would else read every recording that the application can. Set it, or DANGEROUSLY_ALLOW_UNAUTHENTICATED_CALLERS=true where nobody else reaches the port.',
      );
    }
  } else if (isGiven('GRAPH_TOKEN')) {
    if (!faults.has('GRAPH_BASE_URL') && (origin === undefined || !isLoopback(new URL(origin).hostname))) {
      fault(
        'GRAPH_TOKEN',
        `expected only where GRAPH_BASE_URL is a loopback address such as http://127.0.0.1:4001, but GRAPH_BASE_URL is ${origin ?? 'not set'}.`,
      );
    }
  } else if (isGiven('GRAPH_BASE_URL')) {
    fault(
      'GRAPH_BASE_URL',
      'expected credentials with it, but none came: set AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET, or GRAPH_TOKEN for a loopback address.',
    );
  }
  if (values.GRAPH_ON_BEHALF_OF && (!isGiven('CALLER_AUDIENCES') || usesChain || !usesEntra)) {
    fault(
      'GRAPH_ON_BEHALF_OF',
      'expected only with CALLER_AUDIENCES, whose tokens are exchanged, and with AZURE_TENANT_ID, AZURE_CLIENT_ID and a proof of the application, which exchanges them.',
    );
  }
  if (values.GRAPH_ON_BEHALF_OF && isGiven('AZURE_CLIENT_CERTIFICATE_PASSWORD')) {
    fault(
      'AZURE_CLIENT_CERTIFICATE_PASSWORD',
      'expected not to be set with GRAPH_ON_BEHALF_OF=true, because the Azure SDK opens no key with a password for that; use a file without one, a client secret or a workload identity.',
    );
  }
  if (values.ON_BEHALF_OF_APPLICATION && !values.GRAPH_ON_BEHALF_OF) {
    fault(
      'ON_BEHALF_OF_APPLICATION',
      'expected only with GRAPH_ON_BEHALF_OF=true; without it everything is asked as the application.',
    );
  }
  if (isGiven('TRUSTED_DOCUMENTS') && !isGiven('TRUSTED_DOCUMENTS_FILE')) {
    fault('TRUSTED_DOCUMENTS', 'expected only with TRUSTED_DOCUMENTS_FILE, which has the documents, but none came.');
  }
  if (values.TRUSTED_DOCUMENTS === 'enforce' && values.TRUSTED_DOCUMENTS_FILE?.size === 0) {
    fault(
      'TRUSTED_DOCUMENTS_FILE',
      'expected documents with TRUSTED_DOCUMENTS=enforce, because nothing else runs then, but there are none in it. Have the file written anew, or set TRUSTED_DOCUMENTS=accept.',
    );
  }
  if (values.WORKERS > 1 && !isGiven('REDIS_URL')) {
    fault(
      'REDIS_URL',
      `expected a Redis with more than one of WORKERS, because that is where they share the feed and know each other's links and tokens, but WORKERS is ${values.WORKERS} and none came. Set it, or WORKERS=1.`,
    );
  }
  if (usesEntra && isGiven('REDIS_URL') && !isGiven('SEALING_KEYS')) {
    fault(
      'SEALING_KEYS',
      `expected keys with REDIS_URL and real credentials, the same for every replica, because whoever can read the Redis could else make links and tokens, but none came. ${variables.SEALING_KEYS.remedy}`,
    );
  }
  if (
    isGiven('NOTIFICATION_CERTIFICATE_FILES') &&
    !(isGiven('AZURE_CLIENT_ID') && isGiven('PUBLIC_URL') && !usesChain)
  ) {
    fault(
      'NOTIFICATION_CERTIFICATE_FILES',
      'expected only with PUBLIC_URL, where notifications arrive, and with AZURE_TENANT_ID, AZURE_CLIENT_ID and a proof of the application, for which Microsoft signs them.',
    );
  }
  const isTenantId = z.guid().safeParse(values.AZURE_TENANT_ID).success;
  if (isGiven('NOTIFICATION_CERTIFICATE_FILES') && isGiven('AZURE_TENANT_ID') && !isTenantId) {
    fault(
      'NOTIFICATION_CERTIFICATE_FILES',
      'expected only where AZURE_TENANT_ID is the id of the tenant, a GUID, which the tokens of notifications have, but it is a domain. Set the id.',
    );
  }
  if (values.DELTA_INTERVAL_MS > values.DELTA_LONGEST_INTERVAL_MS) {
    fault(
      'DELTA_INTERVAL_MS',
      'expected at most DELTA_LONGEST_INTERVAL_MS, but it is more. Lower the one or raise the other.',
    );
  }
  const tenants = values.CALLER_TENANT_IDS ?? (faults.has('AZURE_TENANT_ID') ? [] : [values.AZURE_TENANT_ID]);
  // If audiences are missing too, both faults are reported at once.
  if (isGiven('CALLER_AUDIENCES') && !tenants.every((id) => z.guid().safeParse(id).success)) {
    fault(
      'CALLER_TENANT_IDS',
      `expected the ids of tenants, which are GUIDs, because AZURE_TENANT_ID is ${values.AZURE_TENANT_ID === undefined ? 'not set' : 'a domain'}, but none came.`,
    );
  }
}
