/**
 * SQL that makes an id (UUIDv7, RFC 9562 section 5.7) of a time, for rows that are made in the database by generate_series.
 * @param ms expression: milliseconds since 1970. @param seed expression: text that makes ids of the same time differ.
 */
export const idOf = (ms: string, seed: string) =>
  `(lpad(to_hex((${ms})::bigint), 12, '0') || '7' || substr(md5(${seed}), 1, 3) || '8' || substr(md5(${seed}), 4, 15))::uuid`;
