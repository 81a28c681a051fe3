import { z } from "zod";
import { CLOUDS } from "../mail/clouds.ts";
import { CREDENTIAL_NAME, credentialNameProblem } from "../mail/senders/credentialNames.ts";
import { type CredentialGeneration, generationProblem } from "../mail/senders/generation.ts";
import { claimProblem, issuerProblem } from "../mail/senders/issuer.ts";
import { signInCertificateProblem } from "../mail/senders/signInCertificate.ts";
import { ruled, ruledText } from "./ruled.ts";

const WHOLE_NUMBER = { type: "integer", minimum: 1 } as const;

/** A number or a list of numbers, which their rule judges as a whole. */
const generation = (
  z.unknown() as z.ZodType<CredentialGeneration, CredentialGeneration>
).superRefine((value, context) => {
  const problem = generationProblem("", value);
  if (problem !== undefined) context.addIssue({ code: "custom", params: { problem } });
});

const nameOfOne = (example: string) =>
  ruled(credentialNameProblem)
    .optional()
    .meta({
      pattern: CREDENTIAL_NAME.source,
      description:
        "Name that distinguishes it from the sender's other ones, and that stays. One of a list may have none",
      examples: [example],
    });

const GITHUB = "https://token.actions.githubusercontent.com";

const IDENTITY = { issuer: GITHUB, subject: "repo:contoso/billing:ref:refs/heads/main" };

const federatedIdentity = z
  .strictObject({
    issuer: ruled(issuerProblem).meta({
      description: "Value of iss in its tokens, a URL",
      examples: [GITHUB],
    }),
    subject: ruled(claimProblem).meta({
      description: "Value of sub in its tokens",
      examples: [IDENTITY.subject],
    }),
    audience: ruled(claimProblem)
      .optional()
      .meta({
        description:
          "Value of aud in its tokens. Default: the one that Microsoft has for the cloud",
        examples: [CLOUDS.global.federationAudience],
      }),
    name: nameOfOne("staging"),
  })
  .meta({ examples: [IDENTITY] });

const PEM = "-----BEGIN CERTIFICATE-----\n…\n-----END CERTIFICATE-----\n";

const certificate = ruledText(signInCertificateProblem);

const namedCertificate = z
  .strictObject({
    certificate: certificate.meta({
      description: "The certificate, as PEM, without the private key",
      examples: [PEM],
    }),
    name: nameOfOne("renewed"),
  })
  .meta({ examples: [{ certificate: PEM }] });

/** The keys of a sender that say what it signs in with. */
export const credentialKeys = {
  federatedIdentity: z
    .union([federatedIdentity, z.array(federatedIdentity).min(1)])
    .optional()
    .meta({
      description:
        "Identity at another provider, such as GitHub Actions, whose tokens it signs in with instead of a secret; or a list of up to 20",
      examples: [IDENTITY],
    }),
  signInCertificate: z
    .union([
      certificate,
      namedCertificate,
      z.array(z.union([certificate, namedCertificate])).min(1),
    ])
    .optional()
    .meta({
      description:
        "Certificate that it signs in to Entra with, as PEM, without the private key; or a list of two while one takes the place of the other",
      examples: [PEM],
    }),
  credentialGeneration: generation.default(1).meta({
    description:
      "Generation of its secret or password. 2 means that the secrets 2 and 1 are valid, [2] that 2 alone is. Raise it by one for a new secret beside the present one, and list the new one alone to remove the other. A new password takes the place of the present one at once",
    examples: [1, [2]],
    anyOf: [WHOLE_NUMBER, { type: "array", items: WHOLE_NUMBER, minItems: 1, maxItems: 2 }],
  }),
};
