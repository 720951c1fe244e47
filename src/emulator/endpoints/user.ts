/** The endpoint of user. */
import { requirePermission, signedInUserId } from '../authorization.ts';
import type { Requirement } from '../authorization.ts';
import { GraphError } from '../graph-error.ts';
import { json } from '../http/exchange.ts';
import type { GraphAnswer, GraphCall } from '../http/exchange.ts';
import type { Settings } from '../settings.ts';
import type { Tenant, User } from '../tenant/tenant.ts';
import { versionRoot } from './page.ts';
import { selected, selectedNames } from './select.ts';

const everyone = ['User.ReadBasic.All', 'User.Read.All', 'User.ReadWrite.All', 'Directory.Read.All'];

/** The permissions to read a user: https://learn.microsoft.com/en-us/graph/api/user-get */
const readEveryone: Requirement = { delegated: everyone, application: everyone };
const readOneself: Requirement = { delegated: ['User.Read', 'User.ReadWrite', ...everyone], application: [] };

/** Serves the profile of one user of a tenant: by object id, by principal name, or the signed-in user. */
export function createUsers(tenant: Tenant, settings: Settings): { get(call: GraphCall): GraphAnswer } {
  return {
    get(call) {
      const { caller, path } = call;
      const key = path.shape === 'me' ? signedInUserId(caller) : (path.keys[0] ?? '');
      const user = tenant.user(key) ?? tenant.userByPrincipalName(key);
      const isOneself = caller.kind === 'delegated' && user?.id.toLowerCase() === caller.userId.toLowerCase();
      requirePermission(caller, isOneself ? readOneself : readEveryone);
      if (user === undefined) {
        throw new GraphError(
          404,
          'Request_ResourceNotFound',
          `Resource '${key}' does not exist or one of its queried reference-property objects are not present.`,
        );
      }
      if (settings.forbiddenUsers.some((id) => id.toLowerCase() === user.id.toLowerCase())) {
        throw new GraphError(403, 'Authorization_RequestDenied', 'Insufficient privileges to complete the operation.');
      }
      const names = selectedNames(call);
      return json({
        '@odata.context': `${versionRoot(call)}/$metadata#users${names === undefined ? '' : `(${names.join(',')})`}/$entity`,
        ...selected(call, print(user)),
      });
    },
  };
}

function print(user: User): Readonly<Record<string, unknown>> {
  const { id, displayName, givenName, jobTitle, surname, userPrincipalName } = user;
  return {
    businessPhones: [],
    displayName,
    givenName,
    jobTitle,
    mail: userPrincipalName,
    mobilePhone: null,
    officeLocation: null,
    preferredLanguage: null,
    surname,
    userPrincipalName,
    id,
  };
}
