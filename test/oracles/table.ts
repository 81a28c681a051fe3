import Table from "cli-table3";

/** A table without lines between its rows. */
export function tableOf(head: readonly string[], rows: readonly (readonly (string | number)[])[]) {
  const table = new Table({
    head: [...head],
    chars: { mid: "", "left-mid": "", "mid-mid": "", "right-mid": "" },
    style: { head: [], border: [] },
  });
  table.push(...rows.map((row) => [...row]));
  return table.toString();
}
