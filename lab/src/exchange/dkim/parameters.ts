import type { ParameterType } from "../parameterType.ts";

const text: ParameterType = { is: "text" };
const flag: ParameterType = { is: "flag" };
const identity: ParameterType = {
  is: "identity",
  type: "Microsoft.Exchange.Configuration.Tasks.DkimSigningConfigIdParameter",
};
const canonicalization: ParameterType = {
  is: "enum",
  type: "Microsoft.Exchange.Data.Directory.SystemConfiguration.CanonicalizationType",
  names: ["Simple", "Relaxed"],
};

/** What New- and Set-DkimSigningConfig share. */
const common: Record<string, ParameterType> = {
  Enabled: flag,
  HeaderCanonicalization: canonicalization,
  BodyCanonicalization: canonicalization,
  AdminDisplayName: text,
  Confirm: flag,
};

/** Parameters of New-DkimSigningConfig. */
export const newParameters: Record<string, ParameterType> = {
  ...common,
  DomainName: { is: "identity", type: "Microsoft.Exchange.Data.SmtpDomainWithSubdomains" },
  KeySize: { is: "uint16" },
};
/** Parameters of Set-DkimSigningConfig: none for the key. */
export const setParameters: Record<string, ParameterType> = {
  ...common,
  Identity: identity,
  PublishTxtRecords: flag,
};
/** Parameters of Get-DkimSigningConfig: its page has no ResultSize. */
export const getParameters: Record<string, ParameterType> = { Identity: identity };
/** Parameters of Rotate-DkimSigningConfig. */
export const rotateParameters: Record<string, ParameterType> = {
  Identity: identity,
  KeySize: { is: "uint16" },
  Confirm: flag,
};
/** Parameters of Remove-DkimSigningConfig. */
export const removeParameters: Record<string, ParameterType> = {
  Identity: identity,
  Force: flag,
  Confirm: flag,
};
