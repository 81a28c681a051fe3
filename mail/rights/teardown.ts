import { GRAPH_PERMISSIONS } from "./graph.ts";

/**
 * Application permissions on Microsoft Graph that `npm run teardown` uses: to look for what is left, and with `--purge` to delete
 * for good what Entra keeps. The app that deploys apps and users has all of them but the last one.
 *
 * @see https://learn.microsoft.com/graph/api/directory-deleteditems-list (Application.Read.All, User.Read.All)
 * @see https://learn.microsoft.com/graph/api/directory-deleteditems-delete (Application.ReadWrite.OwnedBy, User.DeleteRestore.All)
 */
export const TEARDOWN_PERMISSIONS = {
  readApps: GRAPH_PERMISSIONS.readApps,
  readUsers: GRAPH_PERMISSIONS.readUsers,
  purgeApps: GRAPH_PERMISSIONS.apps,
  purgeUsers: "User.DeleteRestore.All",
} as const;
