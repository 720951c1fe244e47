/** The national clouds, which share neither accounts nor tokens: https://learn.microsoft.com/en-us/graph/deployments */

/** A cloud run by Microsoft or for it: the global one with GCC, GCC High (L4), DoD (L5), and that of 21Vianet. */
export type Cloud = 'global' | 'usGovL4' | 'usGovL5' | 'china';

export interface CloudOrigins {
  /** Microsoft Graph, without a version. */
  readonly graph: string;
  /** Entra ID, without a tenant. */
  readonly authority: string;
}

/** Each cloud's origins. */
export const CLOUDS: Readonly<Record<Cloud, CloudOrigins>> = {
  global: { graph: 'https://graph.microsoft.com', authority: 'https://login.microsoftonline.com' },
  usGovL4: { graph: 'https://graph.microsoft.us', authority: 'https://login.microsoftonline.us' },
  usGovL5: { graph: 'https://dod-graph.microsoft.us', authority: 'https://login.microsoftonline.us' },
  china: { graph: 'https://microsoftgraph.chinacloudapi.cn', authority: 'https://login.chinacloudapi.cn' },
};

/**
 * The scope of a token for Graph at an origin: everything that an administrator has granted the application.
 * https://learn.microsoft.com/en-us/entra/identity-platform/scopes-oidc#the-default-scope
 */
export function defaultScope(graphOrigin: string): string {
  return `${graphOrigin}/.default`;
}

/** Whether an authority is Entra ID itself, in one of its clouds, and not a stand-in for it. */
export function isCloudAuthority(authority: string): boolean {
  return Object.values(CLOUDS).some((cloud) => cloud.authority === authority);
}
