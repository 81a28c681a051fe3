export type Claims = Readonly<Record<string, unknown>>;

/** The claims of a JSON Web Token; none of any other text. */
export function claimsOf(token: string): Claims {
  try {
    const json = Buffer.from(token.split(".")[1] ?? "", "base64url").toString("utf8");
    return Object(JSON.parse(json)) as Claims;
  } catch {
    return {};
  }
}

/** The application permissions that an access token lists. */
export function permissionsIn(token: string): readonly string[] {
  const { roles } = claimsOf(token);
  return Array.isArray(roles) ? roles.map(String) : [];
}
