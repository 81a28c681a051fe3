/** One sign-in of an app by itself, as Entra's sign-in log keeps it. */
export interface AppSignIn {
  id: string;
  /** Virtual time, ISO 8601. */
  at: string;
  /** Client id of the app. */
  appId: string;
  appDisplayName: string;
  /** Object id of its service principal. */
  servicePrincipalId: string;
  /** The secret or certificate that it signed in with; empty for a federated identity. */
  credentialKeyId: string;
}
