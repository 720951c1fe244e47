/** Variables of the environment that are valid only together with others. */

export type Variables = Readonly<Record<string, string>>;

export const TENANT = '9c1f6f0e-52a7-4c0b-9a55-0d6b7c2f4e11';
export const CLIENT = '3b7d2a90-8e44-4f1d-b0c6-6a1e5f9d7c22';
export const CREDENTIALS = { AZURE_TENANT_ID: TENANT, AZURE_CLIENT_ID: CLIENT, AZURE_CLIENT_SECRET: 'a-marked-secret' };
export const ALLOWED = { DANGEROUSLY_ALLOW_UNAUTHENTICATED_CALLERS: 'true' };
export const LOOPBACK = 'http://127.0.0.1:4001';
export const TOKEN = { GRAPH_TOKEN: 'a-marked-token' };
