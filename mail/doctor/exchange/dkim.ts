import { command } from "../../powershell.ts";
import type { Finding } from "../finding.ts";
import { REPAIR } from "./fixes.ts";

/** How Exchange signs the mail of a domain. */
export interface DkimState {
  readonly domain: string;
  readonly enabled: boolean;
  /** `Valid`, `CnameMissing`, `NoDKIMKeys`, … */
  readonly status: string;
  /** Bits of the shorter key; 0 until there is one. */
  readonly keySize: number;
  /** When the selector changes, ISO 8601, and to which; empty where Exchange does not say. */
  readonly rotateOn: string;
  readonly selectorAfter: string;
}

const UNALIGNED =
  "Exchange signs the domain's mail with the onmicrosoft.com domain, which is not aligned: DMARC rests on SPF alone, and fails where mail is forwarded";

/**
 * Judges how Exchange signs the mail of a domain.
 *
 * @param state undefined where Exchange has no configuration of the domain
 * @param isOurs whether the stack makes the configuration
 * @see https://learn.microsoft.com/defender-office-365/email-authentication-dkim-configure
 */
export function judgeDkim(
  domain: string,
  state: DkimState | undefined,
  isOurs: boolean,
  now: Date,
): Finding[] {
  const resource = `DKIM of ${domain}`;
  const repair = isOurs
    ? REPAIR
    : `publish the two CNAME records that Get-DkimSigningConfig shows, then run ${command("Set-DkimSigningConfig", { Identity: domain, Enabled: true })}; or remove dkim from unmanaged of the domain in the stack file, and run npm run pulumi -- up --stack NAME`;
  const error = (what: string, why: string, fix: string): Finding[] => [
    { severity: "error", what, why, fix, resource },
  ];
  if (state === undefined) {
    return error(`Exchange has no DKIM configuration of ${domain}`, UNALIGNED, repair);
  }
  const { enabled, status, keySize, rotateOn, selectorAfter } = state;
  if (!enabled) {
    return error(
      `Exchange does not sign for ${domain}: Enabled is false, and Status is ${status || "empty"}`,
      UNALIGNED,
      status === "CnameMissing"
        ? `check with npm run dns -- --stack NAME that the domain's two DKIM CNAME records are published, then ${repair}`
        : repair,
    );
  }
  const findings: Finding[] = [];
  if (status === "CnameMissing") {
    findings.push(
      ...error(
        `Exchange does not see the DKIM CNAME records of ${domain}: Status is CnameMissing`,
        "receivers that do not find the key count the signature as failed",
        "publish the two CNAME records that npm run dns -- --stack NAME lists, unproxied; Exchange looks again within days",
      ),
    );
  } else if (status !== "Valid") {
    findings.push({
      severity: "unknown",
      what: `Status of the DKIM configuration of ${domain} is ${status || "empty"}`,
      why: "Exchange does not say that it can sign for the domain",
      fix: "run npm run doctor -- --stack NAME again in an hour; npm run verify -- --stack NAME --to ADDRESS shows whether a message is signed",
      resource,
    });
  }
  if (keySize > 0 && keySize < 2048) {
    findings.push({
      severity: "warning",
      what: `a DKIM key of ${domain} has ${keySize} bits`,
      why: "RFC 8301 section 3.2 recommends at least 2048 bits, and some receivers ignore signatures with a shorter key",
      fix: `run ${command("Rotate-DkimSigningConfig", { Identity: domain, KeySize: 2048 })}, and run it once more after 4 days, when the rotation is over`,
      resource,
    });
  }
  if (findings.length > 0) return findings;
  const rotation =
    Date.parse(rotateOn) > now.getTime()
      ? `; from ${rotateOn.slice(0, 16).replace("T", " ")} UTC with ${selectorAfter}`
      : "";
  return [{ severity: "ok", what: `Exchange signs for ${domain}${rotation}` }];
}
