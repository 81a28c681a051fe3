import { makeRandom, type Random } from "../../lab/src/random.ts";
import { DEFAULTS, type DrawnWorld, RELAY } from "./worlds.ts";

const SPF: readonly (readonly string[])[] = [
  DEFAULTS.spf,
  [],
  ["v=spf1 mx -all"],
  [RELAY, "v=spf1 mx ~all"],
  ["v=spf1 ~all"],
  ["v=spf1 ?all"],
  ["v=spf1 +all"],
  ["v=spf1 ipv4:192.0.2.1 -all"],
  [RELAY.toUpperCase()],
];

/** None asks to refuse mail: what is refused is not delivered. */
const DMARC: readonly (readonly string[])[] = [
  DEFAULTS.dmarc,
  [],
  ["v=DMARC1; p=quarantine"],
  ["v=DMARC1;p=quarantine;sp=none;"],
  ["v=DMARC1 ; p = quarantine"],
  ["v=DMARC1; p=none; sp=quarantine; aspf=s; adkim=s"],
  ["v=DMARC1; p=none; aspf=s"],
  ["v=DMARC1; p=none; adkim=s; fo=1; ri=86400"],
  ["v=DMARC1; p=quarantine; pct=0"],
  ["v=DMARC1; p=quarantine", "other text"],
  ["v=DMARC1; p=quarantine", "v=DMARC1; p=none"],
  ["v=DMARC1"],
  ["v=DMARC1; rua=mailto:dmarc@outside.example"],
  ["v=DMARC1; p=refuse"],
  ["p=quarantine; v=DMARC1"],
];

/** Ways to send that `seed` decides; each can be right in one part and wrong in another. */
export function drawWorlds(seed: string, count: number): DrawnWorld[] {
  const random = makeRandom(`${seed} delivered`);
  return Array.from({ length: count }, () => drawWorld(random));
}

function drawWorld(random: Random): DrawnWorld {
  const seldom = () => random.integer(1, 4) === 1;
  const world = {
    spf: random.pick(SPF),
    dmarc: random.pick(DMARC),
    dmarcBelow: seldom(),
    cnames: random.pick(["plain", "plain", "proxied"] as const),
    signs: !seldom(),
    author: random.pick(["own", "own", "below", "deep", "foreign"] as const),
    foreignDmarc: random.pick(["v=DMARC1; p=none", "v=DMARC1; p=quarantine"]),
    ...(seldom() ? { handedOnBy: random.pick(["exchange", "stranger"] as const) } : {}),
    nullSender: seldom(),
    altered: seldom(),
  };
  return { name: JSON.stringify(world), ...world };
}
