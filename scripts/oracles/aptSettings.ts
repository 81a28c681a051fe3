/**
 * Settings for an apt that keeps everything in a folder of its own. What the machine's settings say stays (a proxy,
 * say), but for the hooks, which touch the system, and the lists that are of no use here.
 *
 * @param at the path of something in that folder
 */
export function aptSettings(at: (name: string) => string): string {
  return `#clear APT::Update;
APT::Update::Error-Mode "any";
#clear DPkg;
#clear Acquire::IndexTargets;
${indexTarget("deb::Packages", "binary-$(ARCHITECTURE)/Packages", "Packages")}
${indexTarget("deb-src::Sources", "source/Sources", "Sources")}
Acquire::Languages "none";
Acquire::Retries "1";
Acquire::http::Timeout "20";
Acquire::https::Timeout "20";
APT::Sandbox::User "";
Debug::NoLocking "true";
Dir::Etc::sourcelist "/dev/null";
Dir::Etc::sourceparts "${at("sources")}";
Dir::State "${at("state")}";
Dir::State::lists "${at("lists")}";
Dir::State::status "${at("status")}";
Dir::Cache "${at("")}";
Dir::Cache::archives "${at("archives")}";
Dir::Cache::pkgcache "packages.bin";
Dir::Cache::srcpkgcache "";
Dir::Log "${at("log")}";
`;
}

function indexTarget(name: string, key: string, flat: string): string {
  return `Acquire::IndexTargets::${name} {
  MetaKey "$(COMPONENT)/${key}"; flatMetaKey "${flat}"; ShortDescription "${flat}";
  Description "$(RELEASE)/$(COMPONENT) ${flat}"; flatDescription "$(RELEASE) ${flat}"; Optional "0";
};`;
}
