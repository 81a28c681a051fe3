const NUMBER = new Intl.NumberFormat("en-US", { maximumFractionDigits: 1 });

/** A number as people read it, with one decimal at the most: `1,188`, `10.9`. */
export const number = (value: number): string => NUMBER.format(value);

/** So many of something: `1 row`, `1,188 rows`; with both forms where the plural is not made with an s. */
export const counted = (count: number, one: string, many = `${one}s`): string =>
  `${number(count)} ${count === 1 ? one : many}`;
