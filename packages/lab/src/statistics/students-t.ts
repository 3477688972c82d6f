/**
 * The probability that Student's t lies farther from 0 than `t`, on either side.
 *
 * @param freedom degrees of freedom, above 0; Welch's are no whole number
 */
export function studentsTail(t: number, freedom: number): number {
  return incompleteBeta(freedom / (freedom + t * t), freedom / 2, 0.5);
}

/**
 * The `t` that Student's t exceeds on neither side with this confidence: `studentsT(0.95, 4)` is 2.776.
 *
 * @param confidence above 0 and below 1
 * @param freedom degrees of freedom, above 0
 */
export function studentsT(confidence: number, freedom: number): number {
  const tail = 1 - confidence;
  const share = whereItReaches(tail, share => incompleteBeta(share, freedom / 2, 0.5));
  return Math.sqrt((freedom * (1 - share)) / share);
}

/** The probability that a normal variable lies farther from its mean than `z` standard deviations, on either side. */
export function normalTail(z: number): number {
  // With so many degrees of freedom the two agree in five digits.
  return studentsTail(z, 1e6);
}

/** Where between 0 and 1 a function that grows from 0 to 1 reaches `target`. */
function whereItReaches(target: number, grows: (x: number) => number): number {
  let [low, high] = [0, 1];
  for (let middle = 0.5; low < middle && middle < high; middle = (low + high) / 2) {
    if (grows(middle) < target) low = middle;
    else high = middle;
  }
  return high;
}

/** The regularized incomplete beta function. */
function incompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  // The fraction converges fast below the mean only.
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta(1 - x, b, a);
  const front = Math.exp(a * Math.log(x) + b * Math.log1p(-x) + logGamma(a + b) - logGamma(a) - logGamma(b));
  return front / (a * betaFraction(x, a, b));
}

/** The continued fraction of the incomplete beta function (DLMF 8.17.22), by the method of Lentz. */
function betaFraction(x: number, a: number, b: number): number {
  let value = 1;
  let numerator = 1;
  let denominator = 0;
  for (let n = 1; n <= 1000; n++) {
    const m = n >> 1;
    const top = n % 2 === 0 ? m * (b - m) * x : -(a + m) * (a + b + m) * x;
    const term = top / ((a + n - 1) * (a + n));
    denominator = 1 / (1 + term * denominator);
    numerator = 1 + term / numerator;
    value *= numerator * denominator;
    if (Math.abs(numerator * denominator - 1) < 1e-15) break;
  }
  return value;
}

/** The logarithm of the gamma function: Stirling's series, which is exact to 1e-14 from 10 on. */
function logGamma(x: number): number {
  if (x < 10) return logGamma(x + 1) - Math.log(x);
  const inverse = 1 / x;
  const square = inverse * inverse;
  const series = inverse * (1 / 12 - square * (1 / 360 - square * (1 / 1260 - square * (1 / 1680 - square / 1188))));
  return (x - 0.5) * Math.log(x) - x + 0.5 * Math.log(2 * Math.PI) + series;
}
