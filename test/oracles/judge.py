"""Judges as pyspf, dkimpy, authheaders and OpenDMARC do. One JSON object a line comes in, one goes out.

    {"dns": PORT, "spf": {"ip", "from", "helo", "strict"?}}
        -> {"spf": RESULT, "why": TEXT}
    {"dns": PORT, "spf": {...}, "message": BASE64}
        -> {"spf": RESULT, "why": TEXT, "dkim": [RESULT, ...], "dmarc": RESULT, "policy": POLICY,
            "aligned": whether a signature that passes is of the organisation of From, "opendmarc": RESULT,
            "says": what authres reads in the topmost Authentication-Results field, or null}

Every name is looked up at 127.0.0.1:PORT and nowhere else.
"""

import base64
import json
import os
import sys
from email.utils import parseaddr
from functools import lru_cache

import authheaders
import authheaders.dmarc_lookup as dmarc_lookup
import dkim
import dns.resolver
import spf
from authres import AuthenticationResultsHeader, DKIMAuthenticationResult, SPFAuthenticationResult
from opendmarc import OpenDmarc
from publicsuffix2 import PublicSuffixList

LIST = "/usr/share/publicsuffix/public_suffix_list.dat"
if not os.path.exists(LIST):
    LIST = os.environ["ORACLE_ROOT"] + LIST
with open(LIST, encoding="utf-8") as lines:
    # Domains of the lab stand under a TLD that is not on the list (RFC 2606), which would make them all one organisation.
    LINES = [*lines, "example\n"]
SUFFIXES = PublicSuffixList(LINES)
authheaders.get_org_domain = dmarc_lookup.get_org_domain = SUFFIXES.get_public_suffix
# authheaders 0.15.2 cuts a domain off at its first hyphen.
authheaders.get_domain_part = lambda address: parseaddr(address)[1].rpartition("@")[2].lower()


def ask_only(port):
    """All three look names up with dnspython's default resolver."""
    resolver = dns.resolver.Resolver(configure=False)
    resolver.nameservers = ["127.0.0.1"]
    resolver.port = port
    resolver.search = []
    dns.resolver.default_resolver = resolver


def judge_spf(ip, sender, helo, strict=True):
    query = spf.query(i=ip, s=sender, h=helo, strict=strict)
    result, _, why = query.check()
    return result, why


def judge_dkim(message):
    """One result for each signature, from the top."""
    verifier = dkim.DKIM(message)
    count = sum(1 for name, _ in verifier.headers if name.lower() == b"dkim-signature")
    results = []
    for index in range(count):
        verifier = dkim.DKIM(message)
        try:
            result = "pass" if verifier.verify(idx=index) else "fail"
        except dkim.DKIMException as error:
            result = "%s: %s" % (type(error).__name__, error)
        domain, selector = (verifier.signature_fields.get(tag, b"").decode() for tag in (b"d", b"s"))
        results.append((result, domain, selector))
    return results


def author_of(message):
    headers, _ = dkim.rfc822_parse(message)
    froms = [value.decode().strip() for name, value in headers if name.lower() == b"from"]
    return authheaders.get_domain_part(froms[0])


def judge_dmarc(domain, sender, spf_result, dkim_results):
    """By RFC 9989's tree walk. authheaders takes one signature: any that passes and is aligned will do."""
    verdict = None
    for result, signer, _ in dkim_results or [("none", "", "")]:
        verdict = authheaders.dmarc_per_from(
            domain,
            SPFAuthenticationResult(result=spf_result, smtp_mailfrom=sender),
            DKIMAuthenticationResult(result=result, header_d=signer),
            dmarcbis=True,
        )
        if verdict[0] == "pass":
            break
    return verdict[0], verdict[3]


def read_results(message):
    headers, _ = dkim.rfc822_parse(message)
    fields = [value for name, value in headers if name.lower() == b"authentication-results"]
    if not fields:
        return None
    value = " ".join(fields[0].decode().split())
    results = AuthenticationResultsHeader.parse_value(value).results
    named = lambda method: [one.result for one in results if one.method == method]
    return {"spf": named("spf"), "dkim": named("dkim"), "dmarc": named("dmarc")}


@lru_cache(maxsize=None)
def opendmarc(port):
    return OpenDmarc(port, LINES)


def judge(task):
    ask_only(task["dns"])
    asked = task["spf"]
    result, why = judge_spf(asked["ip"], asked["from"], asked["helo"], asked.get("strict", True))
    answer = {"spf": result, "why": why}
    if "message" in task:
        message = base64.b64decode(task["message"])
        signatures = judge_dkim(message)
        author = author_of(message)
        sender = asked["from"] or "postmaster@" + asked["helo"]
        dmarc, policy = judge_dmarc(author, sender, result, signatures)
        answer["dkim"] = [verdict for verdict, _, _ in signatures]
        organisation = SUFFIXES.get_public_suffix(author)
        answer["aligned"] = any(
            verdict == "pass" and SUFFIXES.get_public_suffix(signer) == organisation for verdict, signer, _ in signatures
        )
        of_spf = (result, sender.rpartition("@")[2], asked["from"] == "")
        answer["opendmarc"], _ = opendmarc(task["dns"]).judge(author, asked["ip"], of_spf, signatures)
        answer["dmarc"], answer["policy"] = dmarc, policy
        answer["says"] = read_results(message)
    return answer


for line in sys.stdin:
    try:
        print(json.dumps(judge(json.loads(line))), flush=True)
    except Exception as error:
        print(json.dumps({"crashed": "%s: %s" % (type(error).__name__, error)}), flush=True)
