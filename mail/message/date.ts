const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/** Hours east of Greenwich of the names that RFC 5322 section 4.3 still knows. */
const ZONES: Readonly<Record<string, number>> = {
  ...{ UT: 0, UTC: 0, GMT: 0, EST: -5, EDT: -4, CST: -6, CDT: -5 },
  ...{ MST: -7, MDT: -6, PST: -8, PDT: -7 },
};

const DATE =
  /(?:^|\s|,)(\d{1,2}) ([a-z]{3})[a-z]* (\d{4}) (\d{1,2}):(\d\d)(?::(\d\d)(?:\.\d+)?)? (?:([+-])(\d\d)(\d\d)|([a-z]{1,4}))/i;

/**
 * The date in a text, in milliseconds since 1970; undefined without one that is a day of the calendar.
 *
 * @param text one space between its words
 * @see RFC 5322 section 3.3 (Date and Time Specification)
 */
export function dateIn(text: string): number | undefined {
  const found = DATE.exec(text.slice(0, 200));
  if (found === null) return undefined;
  const [, day, name = "", year, hours, minutes, seconds = "0", sign, east, past, zone = ""] =
    found;
  const month = MONTHS.indexOf(name.toLowerCase());
  const date = new Date(
    Date.UTC(Number(year), month, Number(day), Number(hours), Number(minutes), Number(seconds)),
  );
  const isReal = date.getUTCMonth() === month && date.getUTCDate() === Number(day);
  const offset =
    sign === undefined
      ? (ZONES[zone.toUpperCase()] ?? Number.NaN) * 60
      : Number(`${sign}1`) * (Number(east) * 60 + Number(past));
  const time = date.getTime() - offset * 60_000;
  return isReal && !Number.isNaN(time) ? time : undefined;
}
