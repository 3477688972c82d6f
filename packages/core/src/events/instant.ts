/** A point in time on the loop's clock, in milliseconds as a float: the `performance.now()` scale. */
export type Instant = number;

/** A length of time in milliseconds, as a float. */
export type Duration = number;
