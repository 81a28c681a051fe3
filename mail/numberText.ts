const NUMBER = new Intl.NumberFormat("en-US", { maximumFractionDigits: 1 });

/** A number as people read it, with one decimal at the most: `1,188`, `10.9`. */
export const number = (value: number): string => NUMBER.format(value);
