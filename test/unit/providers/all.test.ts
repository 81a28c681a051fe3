// One process for all of this folder: loading the lab and the client libraries costs more than the tests do.
import "./acceptedDomain.suite.ts";
import "./adoption.suite.ts";
import "./adoptionHalfMade.suite.ts";
import "./adoptionRefused.suite.ts";
import "./change.suite.ts";
import "./check.suite.ts";
import "./create.suite.ts";
import "./delete.suite.ts";
import "./drift.suite.ts";
import "./host.suite.ts";
import "./ownWay.suite.ts";
import "./tenants.suite.ts";
