import type { Problem } from "../problem.ts";
import { signsIn, usesHighVolume } from "./choose.ts";
import { identitiesProblems } from "./federatedIdentities.ts";
import { twoPasswordsProblem, validGenerations } from "./generation.ts";
import { chooseMethod, doesNotFit, orRelay } from "./method.ts";
import { isMade, nameOfWay } from "./methods.ts";
import type { Sender } from "./sender.ts";
import { certificatesProblems } from "./signInCertificate.ts";
import { givenKeys, TAKES, type TakenKey, takes } from "./takes.ts";

/**
 * What a sender says of signing in has to agree with what it says it can do.
 *
 * @param key where the sender stands, e.g. `senders[0]`
 */
export function submissionProblems(key: string, sender: Sender): Problem[] {
  const problems = [...forNothing(key, sender), ...(signsIn(sender) ? signingIn(key, sender) : [])];
  return sender.authentication.includes("oauth") ? [...problems, ...ofApp(key, sender)] : problems;
}

/** What is given and has no effect, as the sender does not sign in, or not by that. */
function forNothing(key: string, sender: Sender): Problem[] {
  const { method, by, alsoFits, passedOver } = chooseMethod(sender);
  return givenKeys(sender)
    .filter((name) => name !== "adoptMailbox" || method !== "smtpAuth" || by !== "password")
    .filter((name) => !takes(name, { method, ...(by && { by }) }))
    .map((name) => {
      // A number of the sender's may have taken the way from it that the key is for.
      const isTaken = passedOver !== undefined && isMade(method) && takes(name, passedOver.way);
      const better = isTaken ? passedOver : undefined;
      const fixes = better?.refusals.map(({ fix }) => fix) ?? [];
      if (sender.license !== undefined && better?.way.method === "highVolumeEmail") {
        fixes.push("remove license");
      }
      const isForOauth = TAKES[name].some((one) => one === "oauth");
      const canDo = TAKES[name].some((one) => sender.authentication.some((can) => can === one));
      const because =
        canDo || !isForOauth
          ? `the sender uses ${nameOfWay({ method, ...(by && { by }) })}${better ? `, as ${doesNotFit(better)}` : ""}`
          : "authentication does not include oauth";
      const isKept =
        name === "license" &&
        sender.method === undefined &&
        alsoFits.some((way) => way.method === "smtpAuth");
      const mayGetOauth =
        isForOauth && !usesHighVolume(sender) && wouldTake(name, withOauth(sender));
      return {
        key: `${key}.${name}`,
        value: undefined,
        rule: `has no effect, because ${because}`,
        fix: `${mayGetOauth ? "add oauth to authentication, or " : ""}${isKept ? "set method to smtpAuth, or " : ""}remove ${name}${fixes.length > 0 ? `; or ${fixes.join(", and ")}` : ""}`,
      };
    });
}

/** Whether a sender's method takes a key. */
function wouldTake(name: TakenKey, sender: Sender): boolean {
  const choice = chooseMethod(sender);
  return choice.fits && takes(name, choice);
}

/** The same sender, where it can do OAuth too. */
const withOauth = ({ authentication, ...sender }: Sender): Sender => ({
  ...sender,
  authentication: [...authentication, "oauth"],
});

function signingIn(key: string, sender: Sender): Problem[] {
  const { egress, authentication, adoptConnector, license } = sender;
  const { restrictToDomains } = sender;
  const isHighVolume = usesHighVolume(sender);
  const byPassword = isHighVolume || !authentication.includes("oauth");
  const without = (name: string, value: unknown, rule: string, fix: string): Problem => ({
    key: `${key}.${name}`,
    value,
    rule,
    fix,
  });
  const problems: Problem[] = [];
  if (egress.length > 0 && !authentication.includes("staticIp")) {
    const rule = "has no effect, because a sender that signs in sends from Exchange";
    problems.push(without("egress", egress, rule, orRelay(sender, "remove egress")));
  }
  if (adoptConnector !== undefined) {
    const rule = "has no effect, because a sender that signs in has no connector";
    const fix = "remove it, or have the sender use a connector";
    problems.push(without("adoptConnector", adoptConnector, rule, fix));
  }
  if (!sender.requireTls) {
    const rule = "has no effect, because a sender that signs in always uses TLS";
    problems.push(without("requireTls", false, rule, orRelay(sender, "remove it")));
  }
  if (restrictToDomains) {
    const rule =
      "has no effect, because a sender that signs in may send as its own addresses alone";
    problems.push(without("restrictToDomains", true, rule, orRelay(sender, "remove it")));
  }
  if (sender.adoptMailbox && byPassword && !isHighVolume) {
    const rule =
      "is given for a sender that signs in with a password, and the stack knows the password of no mailbox that it did not create";
    const andMore = license === undefined ? "" : " and remove license";
    const fix = `add oauth to authentication${andMore}, or remove adoptMailbox`;
    problems.push(without("adoptMailbox", true, rule, fix));
  }
  if (byPassword && !isHighVolume && license === undefined && chooseMethod(sender).fits) {
    const rule =
      "lists only password, but license is missing: a user without a licence has no mailbox";
    const fix = 'add license, e.g. "EXCHANGESTANDARD", or a stronger way to authenticate';
    problems.push(without("authentication", authentication, rule, fix));
  }
  if (byPassword) {
    const generation = `${key}.credentialGeneration`;
    problems.push(...[twoPasswordsProblem(generation, sender.credentialGeneration) ?? []].flat());
  }
  return problems;
}

function ofApp(key: string, sender: Sender): Problem[] {
  const { federatedIdentity, signInCertificate, credentialGeneration, license } = sender;
  const problems: Problem[] = [
    ...identitiesProblems(`${key}.federatedIdentity`, federatedIdentity ?? []),
    ...certificatesProblems(`${key}.signInCertificate`, signInCertificate ?? []),
    ...(sender.adoptApplication === undefined ? [] : ofAdoptedApp(key, sender)),
  ];
  if (sender.adoptMailbox && license !== undefined && signsIn(sender)) {
    problems.push({
      key: `${key}.license`,
      value: license,
      rule: "is given together with adoptMailbox, and the licences of an adopted mailbox stay as they are",
      fix: "remove license",
    });
  }
  if (sender.adoptApplication !== undefined) return problems;
  if (federatedIdentity !== undefined && signInCertificate !== undefined) {
    problems.push({
      key: `${key}.signInCertificate`,
      value: undefined,
      rule: "is given together with federatedIdentity, which is the safer one",
      fix: "remove one of the two",
    });
  }
  if (
    validGenerations(credentialGeneration)[0] > 1 &&
    (federatedIdentity ?? signInCertificate) !== undefined
  ) {
    problems.push({
      key: `${key}.credentialGeneration`,
      value: credentialGeneration,
      rule: "has no effect, because the sender has no secret",
      fix: "remove it",
    });
  }
  return problems;
}

/** An app that exists keeps its mailbox and its credentials. */
function ofAdoptedApp(key: string, sender: Sender): Problem[] {
  const { adoptMailbox, credentialGeneration } = sender;
  const given = [
    ...(["federatedIdentity", "signInCertificate"] as const).filter((name) => sender[name]),
    ...(validGenerations(credentialGeneration)[0] > 1 ? (["credentialGeneration"] as const) : []),
  ];
  return [
    ...(adoptMailbox
      ? []
      : [
          {
            key: `${key}.adoptApplication`,
            value: undefined,
            rule: "is given without adoptMailbox, and an app that exists sends from a mailbox that exists",
            fix: "add adoptMailbox: true, or remove adoptApplication to let the stack create an app",
          },
        ]),
    ...given.map((name) => ({
      key: `${key}.${name}`,
      value: undefined,
      rule: "is given together with adoptApplication, and the credentials of an adopted app stay with its owner",
      fix: `remove ${name}`,
    })),
  ];
}
