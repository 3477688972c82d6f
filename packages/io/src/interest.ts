/** What a descriptor is watched for, or is ready for: a set of bits. */
export type Interest = number;
export const Interest = { none: 0, read: 1, write: 2, both: 3 } as const;
