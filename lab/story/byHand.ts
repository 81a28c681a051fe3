import type { RecordByHand } from "../src/lab.ts";
import type { Scene } from "../stack/scene.ts";

/** Changes a connector as an administrator would. */
export function changeConnector(
  { lab }: Scene,
  identity: string,
  parameters: Record<string, unknown>,
): void {
  lab.admin("Set-InboundConnector", { Identity: identity, ...parameters });
}

export const domainOf = ({ lab }: Scene): string => lab.world.tenant.domain;

/** Changes records of the domain's zone as its owner would; what comes back puts them back. */
export function editRecords(
  scene: Scene,
  edit: (record: RecordByHand) => RecordByHand,
): () => void {
  return editZone(scene, (records) => records.map(edit));
}

export function addRecord(scene: Scene, record: RecordByHand): () => void {
  return editZone(scene, (records) => [...records, record]);
}

function editZone(scene: Scene, edit: (records: RecordByHand[]) => RecordByHand[]): () => void {
  let before: RecordByHand[] = [];
  scene.lab.editZone(domainOf(scene), (records) => {
    before = structuredClone(records);
    return edit(records);
  });
  return () => scene.lab.editZone(domainOf(scene), () => before);
}
