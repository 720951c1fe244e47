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
        fault(name, 'is required because another AZURE_ variable is set. Set it, or remove the others.');
    }
    if (!usesChain && !PROOFS.some(isGiven)) {
      fault(
        'AZURE_CLIENT_SECRET',
        `is required because another AZURE_ variable is set. Set it, or set ${PROOFS.slice(1).join(' or ')} instead.`,
      );
    }
    if (isGiven('GRAPH_TOKEN')) {
      fault('GRAPH_TOKEN', 'cannot be combined with the AZURE_ variables. Remove GRAPH_TOKEN or the AZURE_ variables.');
    }
    if (!isGiven('CALLER_AUDIENCES') && !values.DANGEROUSLY_ALLOW_UNAUTHENTICATED_CALLERS) {
      fault(
        'CALLER_AUDIENCES',
        "is required with real credentials: without it, anyone who reaches the gateway could read every recording that the application can read. Set it to the audiences of the callers' tokens, or set DANGEROUSLY_ALLOW_UNAUTHENTICATED_CALLERS=true if only trusted clients can reach the port.",
      );
    }
  } else if (isGiven('GRAPH_TOKEN')) {
    if (!faults.has('GRAPH_BASE_URL') && (origin === undefined || !isLoopback(new URL(origin).hostname))) {
      fault(
        'GRAPH_TOKEN',
        `requires GRAPH_BASE_URL to be a loopback address such as http://127.0.0.1:4001, but GRAPH_BASE_URL is ${origin ?? 'not set'}.`,
      );
    }
  } else if (isGiven('GRAPH_BASE_URL')) {
    fault(
      'GRAPH_BASE_URL',
      'requires credentials, but none are set. Set AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET, or GRAPH_TOKEN for a loopback address.',
    );
  }
  if (values.GRAPH_ON_BEHALF_OF && (!isGiven('CALLER_AUDIENCES') || usesChain || !usesEntra)) {
    fault(
      'GRAPH_ON_BEHALF_OF',
      'requires CALLER_AUDIENCES, AZURE_TENANT_ID, AZURE_CLIENT_ID and a client secret, certificate or workload identity, because the gateway exchanges the tokens of callers as this application. It does not work with AZURE_TOKEN_CREDENTIALS.',
    );
  }
  if (values.GRAPH_ON_BEHALF_OF && isGiven('AZURE_CLIENT_CERTIFICATE_PASSWORD')) {
    fault(
      'AZURE_CLIENT_CERTIFICATE_PASSWORD',
      'must not be set with GRAPH_ON_BEHALF_OF=true, because the Azure SDK cannot open a key with a password in the on-behalf-of flow. Use a file without a password, a client secret or a workload identity.',
    );
  }
  if (values.ON_BEHALF_OF_APPLICATION && !values.GRAPH_ON_BEHALF_OF) {
    fault(
      'ON_BEHALF_OF_APPLICATION',
      'requires GRAPH_ON_BEHALF_OF=true; otherwise the gateway makes every request to Microsoft Graph as the application anyway. Set GRAPH_ON_BEHALF_OF=true, or remove ON_BEHALF_OF_APPLICATION.',
    );
  }
  if (isGiven('TRUSTED_DOCUMENTS') && !isGiven('TRUSTED_DOCUMENTS_FILE')) {
    fault(
      'TRUSTED_DOCUMENTS',
      'requires TRUSTED_DOCUMENTS_FILE, which contains the documents. Set it, or remove TRUSTED_DOCUMENTS.',
    );
  }
  if (values.TRUSTED_DOCUMENTS === 'enforce' && values.TRUSTED_DOCUMENTS_FILE?.size === 0) {
    fault(
      'TRUSTED_DOCUMENTS_FILE',
      'contains no documents, but with TRUSTED_DOCUMENTS=enforce only its documents run. Generate the file again, or set TRUSTED_DOCUMENTS=accept.',
    );
  }
  if (values.WORKERS > 1 && !isGiven('REDIS_URL')) {
    fault(
      'REDIS_URL',
      `is required because WORKERS is ${values.WORKERS}: several workers use Redis to share the feed and to accept each other's links and tokens. Set REDIS_URL, or set WORKERS=1.`,
    );
  }
  if (usesEntra && isGiven('REDIS_URL') && !isGiven('SEALING_KEYS')) {
    fault(
      'SEALING_KEYS',
      `is required with REDIS_URL and real credentials: without it, anyone who can read Redis could create valid links and tokens. Use the same keys for every replica. ${variables.SEALING_KEYS.remedy}`,
    );
  }
  if (
    isGiven('NOTIFICATION_CERTIFICATE_FILES') &&
    !(isGiven('AZURE_CLIENT_ID') && isGiven('PUBLIC_URL') && !usesChain)
  ) {
    fault(
      'NOTIFICATION_CERTIFICATE_FILES',
      'requires PUBLIC_URL, where notifications arrive, and AZURE_TENANT_ID, AZURE_CLIENT_ID and a client secret, certificate or workload identity of the application for which Microsoft signs them. It does not work with AZURE_TOKEN_CREDENTIALS.',
    );
  }
  const isTenantId = z.guid().safeParse(values.AZURE_TENANT_ID).success;
  if (isGiven('NOTIFICATION_CERTIFICATE_FILES') && isGiven('AZURE_TENANT_ID') && !isTenantId) {
    fault(
      'NOTIFICATION_CERTIFICATE_FILES',
      'requires AZURE_TENANT_ID to be the id of the tenant (a GUID), because the tokens of notifications contain this id, but AZURE_TENANT_ID is a domain. Set AZURE_TENANT_ID to the id.',
    );
  }
  if (values.DELTA_INTERVAL_MS > values.DELTA_LONGEST_INTERVAL_MS) {
    fault(
      'DELTA_INTERVAL_MS',
      'exceeds DELTA_LONGEST_INTERVAL_MS. Lower DELTA_INTERVAL_MS, or raise DELTA_LONGEST_INTERVAL_MS.',
    );
  }
  const tenants = values.CALLER_TENANT_IDS ?? (faults.has('AZURE_TENANT_ID') ? [] : [values.AZURE_TENANT_ID]);
  // If audiences are missing too, both faults are reported at once.
  if (isGiven('CALLER_AUDIENCES') && !tenants.every((id) => z.guid().safeParse(id).success)) {
    fault(
      'CALLER_TENANT_IDS',
      `is required because AZURE_TENANT_ID is ${values.AZURE_TENANT_ID === undefined ? 'not set' : 'a domain'}. Set it to the ids (GUIDs) of the tenants whose callers are accepted.`,
    );
  }
}
