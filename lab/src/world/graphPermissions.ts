/** A permission of Microsoft Graph. */
interface GraphPermission {
  name: string;
  /** Id of the app role; none for a permission that only people can give. */
  application?: string;
  /** Id of the delegated permission; none for a permission that only apps can hold. */
  delegated?: string;
  /** Whether everybody may consent to the delegated permission. @default administrators alone */
  userConsent?: true;
}

/**
 * The permissions that the lab's routes ask for, with their ids in every tenant ("Microsoft Graph permissions
 * reference", Learn; microsoftgraph/microsoft-graph-devx-content, permissions-descriptions.json; of LicenseAssignment.Read.All the app
 * role alone is in public scripts).
 */
export const GRAPH_PERMISSIONS: readonly GraphPermission[] = [
  {
    name: "Mail.Send",
    application: "b633e1c5-b582-4048-a93e-9f11b44c7e96",
    delegated: "e383f46e-2787-4529-855e-0e479a3ffac0",
    userConsent: true,
  },
  {
    name: "Mail.Read",
    application: "810c84a8-4a9e-49e6-bf7d-12d183f40d01",
    delegated: "570282fd-fa5c-430d-a7fd-fc8dc98a9dca",
    userConsent: true,
  },
  {
    name: "Directory.Read.All",
    application: "7ab1d382-f21e-4acd-a863-ba3e13f7da61",
    delegated: "06da0dbc-49e2-44d2-8312-53f166ab848a",
  },
  {
    name: "User.Read.All",
    application: "df021288-bdef-4463-88db-98f22de89214",
    delegated: "a154be20-db9c-4678-8ab7-66f6cc099a59",
  },
  {
    name: "Application.Read.All",
    application: "9a5d68dd-52b0-4cc2-bd40-abcf44ac3a30",
    delegated: "c79f8feb-a9db-4090-85f9-90d820caa0eb",
  },
  {
    name: "Application.ReadWrite.All",
    application: "1bfefb4e-e0b5-418b-a88f-73c46d2cc8e9",
    delegated: "bdfbf15f-ee85-4955-8675-146e8e5296b5",
  },
  { name: "Application.ReadWrite.OwnedBy", application: "18a4783c-866b-4cc7-a460-3d5e5662c884" },
  {
    name: "AppRoleAssignment.ReadWrite.All",
    application: "06b708a9-e830-4db3-a914-8e69da51d44f",
    delegated: "84bccea3-f856-4a8a-967b-dbe0a3d53a64",
  },
  {
    name: "AuditLog.Read.All",
    application: "b0afded3-3588-46d8-8b3d-9842eff778da",
    delegated: "e4c9e354-4dc5-45b8-9e7c-e1393b0b1a20",
  },
  {
    name: "Directory.ReadWrite.All",
    application: "19dbc75e-c2e2-444c-a770-ec69d8559fc7",
    delegated: "c5366453-9fb0-48a5-a156-24f0c49a4b84",
  },
  {
    name: "Domain.Read.All",
    application: "dbb9058a-0e50-45d7-ae91-66909b5d4664",
    delegated: "2f9ee017-59c1-4f1d-9472-bd5529a7b311",
  },
  {
    name: "Domain.ReadWrite.All",
    application: "7e05723c-0bb0-42da-be95-ae9f08a6e53c",
    delegated: "0b5d694c-a244-4bde-86e6-eb5cd07730fe",
  },
  {
    name: "ExchangeMessageTrace.Read.All",
    application: "89b20d8a-76e2-4057-867b-9961f800b9a4",
    delegated: "b2e7d27e-14e7-41ad-bb15-a88ceb9c3e90",
  },
  {
    name: "Group.Read.All",
    application: "5b567255-7703-4780-807c-7be8301ae99b",
    delegated: "5f8c59db-677d-491f-a6b8-5f174b11ec1d",
  },
  {
    name: "Group.ReadWrite.All",
    application: "62a82d76-70ea-41e2-9197-370581804d09",
    delegated: "4e46008b-f24c-477d-8fff-7bb4ec7aafe0",
  },
  {
    name: "GroupMember.Read.All",
    application: "98830695-27a2-44f7-8c18-0c3ebc9698f6",
    delegated: "bc024368-1153-4739-b217-4326f2e966d0",
  },
  { name: "LicenseAssignment.Read.All", application: "e2f98668-2877-4f38-a2f4-8202e0717aa1" },
  {
    name: "LicenseAssignment.ReadWrite.All",
    application: "5facf0c1-8979-4e95-abcf-ff3d079771c0",
    delegated: "f55016cc-149c-447e-8f21-7cf3ec1d6350",
  },
  {
    name: "Mail.ReadBasic",
    delegated: "a4b8392a-d8d1-4954-a029-8e668a39a170",
    userConsent: true,
  },
  { name: "Mail.ReadBasic.All", application: "693c5e45-0940-467d-9b8a-1022fb9d42ef" },
  {
    name: "Mail.ReadWrite",
    application: "e2a3a72e-5f79-4c64-b1b1-878b674786c9",
    delegated: "024d486e-b451-40bb-833d-3e66d98c5c73",
    userConsent: true,
  },
  {
    name: "Organization.Read.All",
    application: "498476ce-e0fe-48b0-b801-37ba7e2685c6",
    delegated: "4908d5b9-3fb2-4b1e-9336-1888b7937185",
  },
  {
    name: "Organization.ReadWrite.All",
    application: "292d869f-3427-49a8-9dab-8c70152b74e9",
    delegated: "46ca0847-7e6b-426e-9775-ea810a948356",
  },
  {
    name: "Policy.Read.All",
    application: "246dd0d5-5bd0-4def-940b-0421030a5b68",
    delegated: "572fea84-0151-49b2-9301-11cb16974376",
  },
  {
    name: "RoleManagement.Read.Directory",
    application: "483bed4a-2ad3-4361-a73b-c83ccdbdc53c",
    delegated: "741c54c3-0c1e-44a1-818b-3f97ab4e8c83",
  },
  {
    name: "RoleManagement.ReadWrite.Directory",
    application: "9e3f62cf-ca93-4989-b6ce-bf83c28f9fe8",
    delegated: "d01b97e9-cbc0-49fe-810a-750afd5527a3",
  },
  {
    name: "User-PasswordProfile.ReadWrite.All",
    application: "cc117bb9-00cf-4eb8-b580-ea2a878fe8f7",
    delegated: "56760768-b641-451f-8906-e1b8ab31bca7",
  },
  {
    name: "User.DeleteRestore.All",
    application: "eccc023d-eccf-4e7b-9683-8813ab36cecc",
    delegated: "4bb440cd-2cf2-4f90-8004-aa2acd2537c5",
  },
  {
    name: "User.EnableDisableAccount.All",
    application: "3011c876-62b7-4ada-afa2-506cbbecc68c",
    delegated: "f92e74e7-2563-467f-9dd0-902688cb5863",
  },
  { name: "User.Read", delegated: "e1fe6dd8-ba31-4d61-89e7-88639da4683d", userConsent: true },
  {
    name: "User.ReadWrite.All",
    application: "741f803b-c850-494e-b5df-cde7c675a1ca",
    delegated: "204e0828-b5ca-4ad8-b9f3-f32a958e7cc4",
  },
  {
    name: "User.RevokeSessions.All",
    application: "77f3a031-c388-4f99-b373-dc68676a979e",
    delegated: "fc30e98b-8810-4501-81f5-c20a3196387b",
  },
];
