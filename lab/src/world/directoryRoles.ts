/**
 * Entra's built-in directory roles that the lab knows, by name: their template ids, which are the ids of their
 * definitions in every tenant ("Microsoft Entra built-in roles", Learn).
 */
export const DIRECTORY_ROLES = {
  "Application Administrator": "9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3",
  "Cloud Application Administrator": "158c047a-c907-4556-b7ef-446551a6b5f7",
  "Directory Readers": "88d8e3e3-8f55-4a1e-953a-9b9898b8876b",
  "Exchange Administrator": "29232cdf-9323-42fd-ade2-1d097af3e4de",
  "Exchange Recipient Administrator": "31392ffb-586c-42d1-9346-e59415a2cc4e",
  "Global Administrator": "62e90394-69f5-4237-9190-012177145e10",
  "Global Reader": "f2ef992c-3afb-46b9-b7cf-a126ee74c451",
  "License Administrator": "4d6ac14f-3453-41d0-bef9-a3e0c569773a",
  "Privileged Role Administrator": "e8611ab8-c189-46e8-94e1-60213ab1f814",
  "Security Reader": "5d6b6bb7-de71-4623-b4af-96380a352509",
  "User Administrator": "fe930be7-5e62-47db-91af-98c3a49a38b1",
} as const;

export type DirectoryRole = keyof typeof DIRECTORY_ROLES;

/** Whether one of these template ids is that of one of the named roles, or of Global Administrator, which may do it all. */
export const holdsDirectoryRole = (held: readonly string[], roles: readonly DirectoryRole[]) =>
  held.some((id) =>
    (["Global Administrator", ...roles] as const).some((role) => DIRECTORY_ROLES[role] === id),
  );
