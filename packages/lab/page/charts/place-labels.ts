/** A point of a chart, in pixels, with the text that belongs to it. */
export interface Labelled {
  readonly x: number;
  readonly y: number;
  readonly text: string;
}

/** Where a text goes: the offset of its nearest end from the point. */
export interface Placement {
  readonly dx: number;
  readonly dy: number;
  readonly anchor: 'start' | 'middle' | 'end';
  /** It is so far away that a line should lead to it. */
  readonly isFar: boolean;
}

interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

const RADIUS = 7;
const DISTANCES = [9, 16, 26, 38, 52, 70];
const ANGLES = [0, 180, -35, 35, -145, 145, -90, 90].map(degrees => (degrees * Math.PI) / 180);

/**
 * Places texts beside their points so that they cover neither each other nor a point, as far as there is room. The first ones
 * choose first.
 *
 * @param frame the area that the texts must stay in
 * @param fontSize in pixels
 */
export function placeLabels(points: readonly Labelled[], frame: Box, fontSize: number): Placement[] {
  const taken: Box[] = points.map(({ x, y }) => around(x, y, RADIUS, RADIUS));
  return points.map((point, own) => {
    let best: { placement: Placement; box: Box; cost: number } | null = null;
    for (const distance of DISTANCES) {
      for (const angle of ANGLES) {
        const candidate = placedAt(point, distance, angle, fontSize);
        const others = taken.reduce((sum, box, n) => sum + (n === own ? 0 : overlap(candidate.box, box)), 0);
        const cost = others + outside(candidate.box, frame) * 4 + distance / 1000;
        if (best === null || cost < best.cost) best = { ...candidate, cost };
      }
      if (best!.cost < 0.5) break;
    }
    taken.push(best!.box);
    return best!.placement;
  });
}

function placedAt({ x, y, text }: Labelled, distance: number, angle: number, fontSize: number) {
  const dx = Math.cos(angle) * distance;
  const dy = Math.sin(angle) * distance;
  const anchor = Math.abs(dx) < 1 ? 'middle' : dx > 0 ? 'start' : 'end';
  const width = widthOf(text, fontSize);
  const left = x + dx - (anchor === 'start' ? 0 : anchor === 'end' ? width : width / 2);
  const half = fontSize * 0.62;
  const box = { left: left - 2, right: left + width + 2, top: y + dy - half, bottom: y + dy + half };
  return { placement: { dx, dy, anchor, isFar: distance > DISTANCES[0]! } as const, box };
}

/** About: there are no font metrics outside of a browser. */
export function widthOf(text: string, fontSize: number): number {
  return text.length * fontSize * 0.6;
}

function around(x: number, y: number, width: number, height: number): Box {
  return { left: x - width, right: x + width, top: y - height, bottom: y + height };
}

function overlap(a: Box, b: Box): number {
  const width = Math.min(a.right, b.right) - Math.max(a.left, b.left);
  const height = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
  return width > 0 && height > 0 ? width * height : 0;
}

function outside(box: Box, frame: Box): number {
  const area = (box.right - box.left) * (box.bottom - box.top);
  return area - overlap(box, frame);
}
